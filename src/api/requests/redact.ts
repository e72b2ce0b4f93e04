/** Removes secrets, in whatever form they occur, from the beginning of a text, and cuts the rest. */
export type Redact = (text: string) => string;

/** Names of fields whose values must not be shown if the API repeats them in an error. */
const secretField = /secret|password|token|credential|key$|^value$|^script$/i;

/** The least length of a form that is redacted: shorter ones would occur in ordinary words. */
const minFormLength = 4;

/** The number of characters of a text that are searched and kept. A longer secret cannot occur in it completely. */
const maxTextLength = 20_000;

/**
 * Returns a function that replaces every secret by `[secret]`: as plain text, URL-encoded, JSON-escaped, in
 * hexadecimal, and in base64 at any offset of the encoded text. Case is ignored.
 */
export function redactor(secrets: readonly string[]): Redact {
  const forms = secrets
    .filter((secret) => secret.length <= maxTextLength)
    .flatMap(formsOf)
    .filter((form) => form.length >= minFormLength)
    .toSorted((a, b) => b.length - a.length)
    .map(lowerCased);
  return (text) => forms.reduce(replaceForm, text.slice(0, maxTextLength));
}

/** Finds the strings in fields with a secret's name, at any depth. */
export function secretsIn(json: unknown, secret = false): readonly string[] {
  if (typeof json === 'string') return secret ? [json] : [];
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([field, value]) =>
    secretsIn(value, secret || (!Array.isArray(json) && secretField.test(field))),
  );
}

const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret.toWellFormed()),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('hex'),
  ...[0, 1, 2].flatMap((offset) => base64At(secret, offset)),
];

/**
 * The characters of a base64 text that depend on the secret alone, if it begins `offset` bytes after a group of three.
 */
function base64At(secret: string, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor((bytes.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((form) => bytes.toString(form).slice(start, end));
}

/** Converts a text to lower case without changing its length: `İ` is the only character that would become two. */
const lowerCased = (text: string): string => text.replaceAll('İ', 'i').toLowerCase();

/**
 * Replaces a form in a text. It uses no regular expression, since a secret may be a whole script, and a pattern of that
 * size is refused.
 */
function replaceForm(text: string, form: string): string {
  const searchText = lowerCased(text);
  const parts: string[] = [];
  let end = 0;
  for (let start = searchText.indexOf(form); start >= 0; start = searchText.indexOf(form, end)) {
    parts.push(text.slice(end, start), '[secret]');
    end = start + form.length;
  }
  return parts.join('') + text.slice(end);
}
