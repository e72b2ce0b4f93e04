import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { FieldSchema, ResourceKind } from '../../src/model/kind.ts';
import type { Desired, Spec } from '../../src/model/resource.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { catalog } from '../support/team.ts';

export const kinds: readonly ResourceKind[] = [...catalog.kinds.values()];

/** The examples of all kinds as one document of the desired state. */
export const document = Object.fromEntries(
  kinds.map(({ name, examples }) => [
    name,
    Object.fromEntries(examples.map((example) => [example.name, example.spec])),
  ]),
);

/** A value for every environment variable that the examples name: no two are alike, and nothing else looks like them. */
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

/** The examples as the loader understands them. Throws with every problem that it finds. */
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

/** A field that some example sets. */
export interface Field {
  readonly title: string;
  readonly kind: string;
  /** The example. */
  readonly name: string;
  /** Where it stands in the spec. */
  readonly path: readonly string[];
  readonly schema: FieldSchema;
  /** The path of the change as people are told it. */
  readonly told: string;
}

/** The fields of the examples that are no relations, those inside of objects one by one; each once in a kind. */
export function fieldsOf(resources: readonly Desired[]): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const { kind, name, spec } of resources)
    for (const field of within(kind, name, catalog.kinds.get(kind)?.schema ?? {}, spec, []))
      if (!fields.has(field.title)) fields.set(field.title, field);
  return [...fields.values()];
}

function within(
  kind: string,
  name: string,
  schema: FieldSchema,
  spec: Spec,
  path: readonly string[],
): readonly Field[] {
  return Object.entries(spec).flatMap(([key, value]) => {
    const field = schema.properties?.[key];
    if (field === undefined || field.relation) return [];
    const here = [...path, key];
    const told = here.join('.');
    if (field.properties && !field.references && isObject(value))
      return within(kind, name, field, value, here);
    return [
      {
        title: `${kind}.${told}`,
        kind,
        name,
        path: here,
        schema: field,
        told,
      },
    ];
  });
}

export const isObject = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Another value that a field may have; undefined where there is none. */
export function otherValue(schema: FieldSchema, value: unknown): unknown {
  if (schema.references) return undefined;
  if (isObject(value) && value['from'] === 'value') {
    const text = otherValue(schema, value['value']);
    return text === undefined ? undefined : { from: 'value', value: text };
  }
  const choices = schema.enum ?? schema.examples;
  if (choices) {
    const at = choices.findIndex((one) => isDeepStrictEqual(one, value));
    return choices[at + 1] ?? (schema.growOnly ? undefined : choices.slice(0, at)[0]);
  }
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number')
    return value < (schema.maximum ?? Infinity) ? value + 1 : value - 1;
  if (typeof value === 'string') return `${value}2`;
  if (Array.isArray(value)) return [otherValue(schema.items ?? {}, value[0]), ...value.slice(1)];
  if (isObject(value)) {
    const [key, inner] = Object.entries(value).find(([, one]) => typeof one !== 'object') ?? [];
    return key === undefined
      ? { ...value, edited: true }
      : { ...value, [key]: otherValue(schema.properties?.[key] ?? {}, inner) };
  }
  return undefined;
}

/** The value at a path of a spec. */
export const valueAt = (spec: Spec, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), spec);

/** The resources with one value of one of them replaced. */
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
