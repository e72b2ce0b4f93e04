import { createHash, type Hash } from 'node:crypto';
import { decryptValue } from './cipher.ts';
import type { Metadata } from './metadata.ts';
import { isBranch, SopsError, type Leaf, type SopsFile, type Tree } from './tree.ts';

/** A value of a verified file. `verified`: it is encrypted, or the MAC covers it. */
export interface Value {
  readonly text: string;
  readonly verified: boolean;
}

/** The values of the first document that are not in lists, by `pathKey`. */
export type Values = ReadonlyMap<string, Value>;

export const pathKey = (path: readonly string[]): string => JSON.stringify(path);

/** What a value is read and checked with. */
interface Walk {
  readonly key: Buffer;
  readonly metadata: Metadata;
  readonly isEncrypted: (path: readonly string[]) => boolean;
  readonly hash: Hash;
  readonly found: (path: readonly string[], value: Value) => void;
}

/**
 * Decrypts all values of a file, and verifies its MAC: the SHA-512 of all values in the order of the file. Throws a
 * `SopsError` if a value or the MAC does not fit.
 */
export function decryptVerified(
  { branches }: Pick<SopsFile, 'branches'>,
  metadata: Metadata,
  key: Buffer,
  isEncrypted: Walk['isEncrypted'],
): Values {
  const values = new Map<string, Value>();
  const hash = createHash('sha512');
  if (metadata.macOnlyEncrypted) hash.update(macOnlyEncryptedStart);
  for (const [index, branch] of branches.entries()) {
    const found = (path: readonly string[], value: Value): void => {
      // Of keys that a dotenv file repeats, sops takes the first.
      if (index === 0 && !values.has(pathKey(path))) values.set(pathKey(path), value);
    };
    walk(branch, [], { key, metadata, isEncrypted, hash, found });
  }
  verifyMac(metadata, key, hash.digest('hex').toUpperCase());
  return values;
}

/** The SHA-256 of `sops`: begins the hash if the MAC covers encrypted values only. */
const macOnlyEncryptedStart = createHash('sha256').update('sops').digest();

function verifyMac({ mac, lastModified }: Metadata, key: Buffer, computed: string): void {
  const changed = 'was changed after it was encrypted: its MAC does not match; encrypt it again';
  let written: string;
  try {
    written = decryptValue(mac, key, lastModified).text;
  } catch {
    throw new SopsError(changed);
  }
  if (written !== computed) throw new SopsError(changed);
}

/** Items of a list share the list's path. */
function walk(tree: Tree, path: readonly string[], context: Walk): void {
  if (typeof tree !== 'object' || tree === null) visit(tree, path, context);
  else if (isBranch(tree))
    for (const [key, value] of tree.entries) walk(value, [...path, key], context);
  else for (const item of tree) walk(item, path, { ...context, found: () => undefined });
}

function visit(leaf: Leaf, path: readonly string[], context: Walk): void {
  const { metadata, isEncrypted, hash, found } = context;
  if (leaf === null) return;
  const encrypted = isEncrypted(path);
  const value = encrypted ? decrypted(leaf, path, context) : plain(leaf);
  const verified = encrypted || !metadata.macOnlyEncrypted;
  if (verified) hash.update(value.bytes);
  found(path, { text: value.text, verified });
}

function decrypted(leaf: Exclude<Leaf, null>, path: readonly string[], { key }: Walk) {
  // Sops leaves empty texts as they are.
  if (leaf === '') return { bytes: Buffer.alloc(0), text: '' };
  const where = `the value at ${path.join('.').slice(0, 100)}`;
  if (typeof leaf !== 'string') throw new SopsError(`has changed: ${where} is not encrypted`);
  try {
    return decryptValue(leaf, key, `${path.join(':')}:`);
  } catch (error) {
    throw new SopsError(`has changed: ${where} ${error instanceof Error ? error.message : ''}`);
  }
}

function plain(leaf: Exclude<Leaf, null>): { readonly bytes: Buffer; readonly text: string } {
  const text = typeof leaf === 'number' ? decimal(leaf) : String(leaf);
  if (typeof leaf !== 'boolean') return { bytes: Buffer.from(text), text };
  return { bytes: Buffer.from(leaf ? 'True' : 'False'), text };
}

/** A number without an exponent, as Go formats it: `1e21` becomes `1000000000000000000000`. */
function decimal(number: number): string {
  if (Object.is(number, -0)) return '-0';
  if (!Number.isFinite(number))
    return String(number).replace(/^(-?)Infinity$/, (_, sign) => `${sign || '+'}Inf`);
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(number)) ?? [];
  if (exponent === undefined) return String(number);
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  return point <= 0
    ? `${sign}0.${'0'.repeat(-point)}${digits}`
    : `${sign}${digits.padEnd(point, '0')}`;
}
