import type { Step } from '../yaml/parsed.ts';
import { branchFor, fieldOf } from '../../desired/validate/fieldForms.ts';
import type { FieldSchema, SpecSchema } from '../../model/kind/schema.ts';
import type { Spec } from '../../model/resource.ts';
import { isObject } from '../../reconcile/compare/spec.ts';

/** A declared value that differs from the live one. */
export interface Field {
  /** Its path in reports: `diskSize`, `config.env[0].value`, `versions/v1.message`. */
  readonly path: string;
  /** The keys and indexes that lead to it in the spec. */
  readonly steps: readonly [string, ...Step[]];
  readonly schema: FieldSchema;
  readonly declared: unknown;
  /** Whether the value may be left out where it stands. */
  readonly isOptional: boolean;
}

/** A value on the way to a field. */
interface Part {
  readonly steps: readonly Step[];
  readonly schema: FieldSchema;
  readonly value: unknown;
  readonly isOptional: boolean;
}

/**
 * Finds the declared value at the path of a reported change. A path is ambiguous where keys contain dots, so it is
 * followed along the declared keys. Returns undefined if the spec does not declare it.
 */
export function fieldAt(schema: SpecSchema, spec: Spec, path: string): Field | undefined {
  const found = partAt({ steps: [], schema, value: spec, isOptional: true }, path);
  const [first, ...rest] = found?.steps ?? [];
  if (!found || typeof first !== 'string') return undefined;
  const { value: declared, ...part } = found;
  return { ...part, path, steps: [first, ...rest], declared };
}

function partAt(part: Part, rest: string): Part | undefined {
  if (rest === '') return part;
  const index = Array.isArray(part.value) ? /^\[(\d+)\]\.?/.exec(rest) : null;
  if (index) return partAt(itemOf(part, Number(index[1])), rest.slice(index[0].length));
  if (!isObject(part.value)) return undefined;
  for (const key of keysFor(part.value, rest)) {
    const following = rest.slice(key.length).replace(/^[./]/, '');
    const found = partAt(memberOf(part, key), following);
    if (found) return found;
  }
  return undefined;
}

/** The declared keys with which a path may begin, the longest first. */
const keysFor = (value: Spec, path: string): readonly string[] =>
  Object.keys(value)
    .filter((key) => path === key || (path.startsWith(key) && /[./[]/.test(path[key.length] ?? '')))
    .toSorted((a, b) => b.length - a.length);

const itemOf = ({ steps, schema, value }: Part, index: number): Part => ({
  steps: [...steps, index],
  schema: inheriting(schema, branchFor(schema, 'array').items ?? {}),
  value: (value as readonly unknown[])[index],
  isOptional: false,
});

function memberOf({ steps, schema, value }: Part, key: string): Part {
  const branch = branchFor(schema, 'object');
  return {
    steps: [...steps, key],
    schema: inheriting(schema, fieldOf(branch, key) ?? {}),
    value: (value as Spec)[key],
    isOptional: !(branch.required?.includes(key) ?? false),
  };
}

/** Everything inside a partial object is compared in its declared parts only. */
const inheriting = ({ partial }: FieldSchema, inner: FieldSchema): FieldSchema =>
  partial ? { ...inner, partial } : inner;

/** The value at steps of a live spec; undefined if there is none. */
export const valueAtSteps = (spec: unknown, steps: readonly Step[]): unknown =>
  steps.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return (value as readonly unknown[])[Number(step)];
    return isObject(value) ? value[String(step)] : undefined;
  }, spec);

/** Whether a `--field` names the path: the path itself, or something around it. */
export const isNamed = (path: string, name: string): boolean =>
  path === name || (path.startsWith(name) && /[./[]/.test(path[name.length] ?? ''));
