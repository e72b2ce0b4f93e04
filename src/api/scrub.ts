/** A text without the secrets that it was made for, in whatever form they stood there. */
export type Scrub = (text: string) => string;

/** Names of fields whose values must not come back in an error, should the API repeat what it was sent. */
const secretField = /secret|password|token|credential|key$|^value$|^script$/i;

/** Forms shorter than this would make holes in ordinary words. */
const shortestForm = 4;

/**
 * Replaces every secret by `[secret]`: as it is, URL-encoded, JSON-escaped, in hexadecimal, and in base64 wherever in the
 * encoded text it begins. Upper and lower case count as the same.
 */
export function scrubber(secrets: readonly string[]): Scrub {
  const forms = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= shortestForm)
    .toSorted((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.map(escaped).join('|'), 'gi');
  return (text) => text.replaceAll(pattern, '[secret]');
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

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
