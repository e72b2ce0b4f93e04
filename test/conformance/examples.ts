import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ResourceKind } from '../../src/model/kind/kind.ts';
import type { Desired, Spec } from '../../src/model/resource.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { catalog } from '../support/team.ts';

export function isObject(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const kinds: readonly ResourceKind[] = [...catalog.kinds.values()];

/** The name of the spare resource that is declared beside the examples of each kind. */
export const spare = 'spare';

/** Whether resources of a kind may have any name. */
const namesAreFree = ({ names, adopt }: ResourceKind): boolean => !names?.fixed && !adopt;

/** Whether the API can rename resources of a kind. */
export const isRenamed = (kind: ResourceKind): boolean =>
  namesAreFree(kind) && kind.update !== undefined;

/** Returns the last example without relations, which may be exclusive, and with secrets of its own. */
function spareOf({ examples, schema }: ResourceKind): Spec {
  const spec = examples.at(-1)?.spec ?? {};
  const fields = Object.entries(spec).filter(([name]) => !schema.properties[name]?.relation);
  return withOwnSecrets(Object.fromEntries(fields)) as Spec;
}

function withOwnSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOwnSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'env' && typeof inner === 'string' ? `SPARE_${inner}` : withOwnSecrets(inner),
    ]),
  );
}

/** The labels of all examples. No other text is like the value. */
export const labels = { owner: 'team-q7w3-x9' };

/**
 * The examples of all kinds as one document, each kind with a spare resource, so that references have another target.
 * All have labels.
 */
export const document = Object.fromEntries(
  kinds.map((kind) => [
    kind.name,
    Object.fromEntries([
      ...kind.examples.map((example) => [example.name, { ...example.spec, labels }]),
      ...(namesAreFree(kind) ? [[spare, { ...spareOf(kind), labels }]] : []),
    ]),
  ]),
);

/** A unique value for every environment variable that the examples name. No other text is like them. */
export const env: Readonly<Record<string, string>> = Object.fromEntries(
  variablesIn(document).map((name) => [name, `hush-${name.toLowerCase()}-q7w3`]),
);

function variablesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === 'env' && typeof only[1] === 'string') return [only[1]];
  return entries.flatMap(([, inner]) => variablesIn(inner));
}

/** Loads the examples. Throws with all problems of the loader. */
export async function loadExamples(): Promise<readonly Desired[]> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-examples-'));
  try {
    await writeFile(join(directory, 'team.yaml'), stringify(document));
    const loaded = await loadDesired(directory, catalog);
    if (loaded.ok) return loaded.state.resources;
    throw new Error(
      loaded.problems.map(({ line, message }) => `team.yaml:${line}: ${message}`).join('\n'),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Returns the value at a path of a spec. */
export const valueAt = (spec: Spec, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), spec);

/** Returns the resources with one value of one of them replaced. */
export const edited = (
  resources: readonly Desired[],
  { kind, name }: { readonly kind: string; readonly name: string },
  path: readonly string[],
  value: unknown,
): readonly Desired[] =>
  resources.map((one) =>
    one.kind === kind && one.name === name
      ? {
          ...one,
          spec: replaced(one.spec, path, value) as Spec,
          lifecycle: { ...one.lifecycle, allowStop: true },
        }
      : one,
  );

function replaced(spec: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const old = spec as Spec;
  return { ...old, [key]: replaced(old[key], rest, value) };
}
