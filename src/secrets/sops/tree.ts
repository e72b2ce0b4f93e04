/** Why a SOPS file does not give a value. The message follows the name of the file, and never quotes a value. */
export class SopsError extends Error {
  override readonly name = 'SopsError';
}

/** A value that stands in the file: encrypted (`ENC[…]`) or not. */
export type Leaf = string | number | bigint | boolean | null;

/** The content of a SOPS file. The order of a map's entries counts, so they are a list. */
export type Tree = Leaf | readonly Tree[] | Branch;

export interface Branch {
  readonly entries: readonly (readonly [key: string, value: Tree])[];
}

/** A parsed SOPS file: its documents without the metadata, and the metadata (`sops`) as plain JSON. */
export interface SopsFile {
  readonly branches: readonly Branch[];
  readonly metadata: unknown;
}

export const isBranch = (tree: Tree): tree is Branch =>
  typeof tree === 'object' && tree !== null && 'entries' in tree && !Array.isArray(tree);

/** Whether the value is a JSON object, not null and not an array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
