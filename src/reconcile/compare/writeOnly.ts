import type { Kinds } from '../../model/kind/kind.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Address, Desired, Spec, WriteOnly } from '../../model/resource.ts';
import type { Memory } from '../../model/memory.ts';
import { kindOf } from '../kindOf.ts';
import type { PassCache } from '../passCache.ts';
import { eachField, isWriteOnly, valueSchemaOf } from './spec.ts';

/**
 * A write-only value that was read: its text for the API and its keyed digest for the store. Or why it could not be
 * read.
 */
export type ReadValue =
  | { readonly ok: true; readonly text: string; readonly digest: string }
  | { readonly ok: false; readonly because: string };

/** The write-only values of a desired state, by address and path. Never print them. */
export type Values = ReadonlyMap<Address, ReadonlyMap<string, ReadValue>>;

/**
 * Reads a secret from its source. Rejects with an `Error` whose message says why the secret cannot be read, and never
 * contains it.
 */
export type ReadSecret = (
  source: Exclude<WriteOnly, { from: 'value' | 'keep' }>,
) => Promise<string>;

/** How write-only values are read and digested. */
export interface ValueSource {
  readonly readSecret: ReadSecret;
  /** The keyed digest of the store. */
  readonly digest: (text: string) => string;
  readonly cache: PassCache;
}

/** Reads every write-only value of the desired state. An unreadable one is a value too. */
export async function readValues(
  kinds: Kinds,
  resources: readonly Desired[],
  { readSecret, digest, cache }: ValueSource,
): Promise<Values> {
  const declared = cache.of('declared write-only values', [kinds, resources], () =>
    writeOnlyOf(kinds, resources),
  );
  const readAll = (): Promise<Values> => readDeclared(declared, readSecret, digest);
  // Texts in the state itself need not be read again; secrets are read in every pass.
  const isInline = declared.values().every((own) => own.every(({ text }) => isText(text)));
  return isInline ? cache.of('write-only values', [declared, digest], readAll) : readAll();
}

const isText = (text: Declared['text']): text is string => typeof text === 'string';

async function readDeclared(
  declared: ReadonlyMap<Address, readonly Declared[]>,
  readSecret: ReadSecret,
  digest: (text: string) => string,
): Promise<Values> {
  const known = new Map<readonly Declared[], ReadonlyMap<string, ReadValue>>();
  const values = new Map<Address, ReadonlyMap<string, ReadValue>>();
  for (const [address, own] of declared) {
    const texts = known.get(own) ?? (await readEach(own, readSecret, digest));
    known.set(own, texts);
    values.set(address, texts);
  }
  return values;
}

async function readEach(
  own: readonly Declared[],
  readSecret: ReadSecret,
  digest: (text: string) => string,
): Promise<ReadonlyMap<string, ReadValue>> {
  const values = new Map<string, ReadValue>();
  for (const { path, schema, text } of own)
    values.set(
      path,
      typeof text === 'string'
        ? { ok: true, text, digest: digest(text) }
        : await read(text, schema, readSecret, digest),
    );
  return values;
}

/** A declared write-only value: its text, or the source of its text. */
interface Declared {
  readonly path: string;
  readonly schema: FieldSchema;
  readonly text: string | SecretSource;
}

/** Lists the write-only values of a desired state. Resources of a kind with equal values share them. */
function writeOnlyOf(
  kinds: Kinds,
  resources: readonly Desired[],
): ReadonlyMap<Address, readonly Declared[]> {
  const same = new Map<string, readonly Declared[]>();
  const declared = new Map<Address, readonly Declared[]>();
  for (const { address, kind, spec } of resources) {
    const own = declaredIn(kindOf(kinds, kind).schema, spec);
    if (own.length === 0) continue;
    const key = JSON.stringify([kind, own.map(({ path, text }) => [path, text])]);
    const shared = same.get(key) ?? own;
    same.set(key, shared);
    declared.set(address, shared);
  }
  return declared;
}

function declaredIn(schema: FieldSchema, spec: Spec): readonly Declared[] {
  const declared: Declared[] = [];
  eachField(schema, spec, (path, fieldSchema, value) => {
    for (const [at, field, one] of writeOnlyWithin(path, fieldSchema, value))
      if (!(isWriteOnly(one) && one.from === 'keep'))
        declared.push({ path: at, schema: field, text: textOf(field, one) });
  });
  return declared;
}

/** The field itself if it is write-only, or the members of a map with write-only values: `secrets/TOKEN`. */
function writeOnlyWithin(
  path: string,
  schema: FieldSchema,
  value: unknown,
): readonly (readonly [path: string, schema: FieldSchema, value: unknown])[] {
  if (schema.writeOnly) return [[path, schema, value]];
  const values = valueSchemaOf(schema);
  if (schema.relation !== 'map' || !values?.writeOnly) return [];
  return Object.entries(value as Spec).map(([key, one]) => [`${path}/${key}`, values, one]);
}

type SecretSource = Parameters<ReadSecret>[0];

/** The text if the state holds it, otherwise its source. A reference counts as it is written. */
function textOf(schema: FieldSchema, value: unknown): string | SecretSource {
  if (schema.references || !isWriteOnly(value) || value.from === 'keep')
    return JSON.stringify(value);
  return value.from === 'value' ? value.value : value;
}

async function read(
  source: SecretSource,
  schema: FieldSchema,
  readSecret: ReadSecret,
  digest: (text: string) => string,
): Promise<ReadValue> {
  try {
    const text = await readSecret(source);
    const because = lengthProblem(text, schema);
    return because === undefined
      ? { ok: true, text, digest: digest(text) }
      : { ok: false, because };
  } catch (error) {
    return { ok: false, because: error instanceof Error ? error.message : String(error) };
  }
}

/** Why a text from a source is too short or too long. Texts in YAML are checked by validation. */
export function lengthProblem(
  text: string,
  { minLength = 0, maxLength = Infinity }: FieldSchema,
): string | undefined {
  const { length } = Array.from(text);
  if (length < minLength) return length === 0 ? 'it is empty' : `it is shorter than ${minLength}`;
  return length > maxLength ? `it is longer than ${maxLength} characters` : undefined;
}

/** The knowledge of write-only values that planning gets: never their text. */
export interface Written {
  /** Whether the value equals the one written last; undefined: unknown. */
  is(address: Address, path: string): boolean | undefined;
  unreadable(address: Address, path: string): string | undefined;
}

/** Compares the values with the digests of those written last. Pure. */
export const compareValues = (values: Values, digests: Memory['digests']): Written => ({
  is(address, path) {
    const last = digests.get(address)?.[path];
    const value = values.get(address)?.get(path);
    return last === undefined || !value?.ok ? undefined : last === value.digest;
  },
  unreadable(address, path) {
    const value = values.get(address)?.get(path);
    return value && !value.ok ? `${path}: ${value.because}` : undefined;
  },
});
