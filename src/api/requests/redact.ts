/** The beginning of a text, without the secrets that it was made for, in whatever form they stood there. */
export type Scrub = (text: string) => string;

/** Names of fields whose values must not come back in an error, should the API repeat what it was sent. */
const secretField = /secret|password|token|credential|key$|^value$|^script$/i;

/** Forms shorter than this would make holes in ordinary words. */
const shortestForm = 4;

/** How many characters of a text are looked at, and kept; a secret that is longer cannot stand in it whole. */
const longestText = 20_000;

/**
 * Replaces every secret by `[secret]`: as it is, URL-encoded, JSON-escaped, in hexadecimal, and in base64 wherever in the
 * encoded text it begins. Upper and lower case count as the same.
 */
export function scrubber(secrets: readonly string[]): Scrub {
  const forms = secrets
    .filter((secret) => secret.length <= longestText)
    .flatMap(formsOf)
    .filter((form) => form.length >= shortestForm)
    .toSorted((a, b) => b.length - a.length)
    .map(folded);
  return (text) => forms.reduce(without, text.slice(0, longestText));
}

/** The strings below fields with a secret's name, at any depth. */
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

/** The characters of a base64 text that stem from the secret alone, when it begins `offset` bytes after a group of three. */
function base64At(secret: string, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor((bytes.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((form) => bytes.toString(form).slice(start, end));
}

/** In lower case, character by character: `İ` is the one that would become two. */
const folded = (text: string): string => text.replaceAll('İ', 'i').toLowerCase();

/** Not by a regular expression: a secret may be a whole script, and a pattern of that size is refused. */
function without(text: string, form: string): string {
  const where = folded(text);
  const parts: string[] = [];
  let from = 0;
  for (let at = where.indexOf(form); at >= 0; at = where.indexOf(form, from)) {
    parts.push(text.slice(from, at), '[secret]');
    from = at + form.length;
  }
  return parts.join('') + text.slice(from);
}
