import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { isObject } from '../compare/spec.ts';
import {
  snapshotSchema,
  type Path,
  type SavedItem,
  type SavedList,
  type TeamSnapshot,
} from './document.ts';

/** The result of reading a snapshot: the document, or what is wrong with it: a predicate for the file's name. */
export type ReadSnapshot =
  | { readonly ok: true; readonly snapshot: TeamSnapshot }
  | { readonly ok: false; readonly problem: string };

/** No value of a team is nested this deep. */
const maxDepth = 64;

/** Reads the text of a snapshot. Whatever the text, it throws nothing. */
export function readSnapshot(text: string): ReadSnapshot {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const problem =
    versionProblem(parsed.value) ??
    (isDeeperThan(maxDepth, parsed.value) ? 'is nested too deeply for a snapshot' : undefined) ??
    schemaProblem(parsed.value) ??
    contentProblem(parsed.value as TeamSnapshot);
  return problem === undefined
    ? { ok: true, snapshot: parsed.value as TeamSnapshot }
    : { ok: false, problem };
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [, offset] = /position (\d+)/.exec(reason) ?? [];
    return {
      ok: false,
      problem: `is not JSON${offset === undefined ? '' : ` at ${positionOf(text, Number(offset))}`}`,
    };
  }
}

/** Line and column of an offset, counted from 1. */
function positionOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function versionProblem(value: unknown): string | undefined {
  const schema = isObject(value) ? value['schema'] : undefined;
  if (schema === snapshotSchema.properties.schema.const) return undefined;
  return typeof schema === 'string' && /^holdfast\/snapshot\/v\d+$/.test(schema)
    ? `has the format ${schema}, and this version of Holdfast reads holdfast/snapshot/v1; make another one with: holdfast snapshot --out FILE`
    : 'is not a snapshot; make one with: holdfast snapshot --out FILE';
}

const isDeeperThan = (depth: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeperThan(depth - 1, inner)));

function schemaProblem(value: unknown): string | undefined {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(snapshotSchema);
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return error ? `is not a valid snapshot: ${errorText(error)}` : undefined;
}

const errorText = ({ instancePath, message, params }: ErrorObject): string => {
  const { additionalProperty } = params as { readonly additionalProperty?: string };
  const property = additionalProperty === undefined ? '' : `: ${additionalProperty}`;
  return `${instancePath || 'it'} ${message ?? ''}${property}`;
};

/** What the schema cannot say: lists and items are unique, and each hidden path leads to a null. */
function contentProblem({ lists, bindings }: TeamSnapshot): string | undefined {
  const problem =
    repeated(lists.map(keyOf), 'the list') ??
    repeated(
      bindings.map(({ kind, name }) => `${kind}/${name}`),
      'the binding',
    );
  if (problem !== undefined) return `is not a valid snapshot: ${problem}`;
  for (const list of lists) {
    const inList =
      repeated(
        list.items.map(({ id }) => id),
        'the id',
      ) ?? hiddenProblem(list.items);
    if (inList !== undefined) return `is not a valid snapshot: ${keyOf(list)}: ${inList}`;
  }
  return undefined;
}

/** The key of a list: `machines`, `machines/ID.accessors`. */
export const keyOf = ({ kind, of }: Pick<SavedList, 'kind' | 'of'>): string =>
  of === undefined ? kind : `${kind}/${of.id}.${of.relation}`;

function repeated(names: readonly string[], noun: string): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return `${noun} ${name} is there twice`;
    seen.add(name);
  }
  return undefined;
}

function hiddenProblem(items: readonly SavedItem[]): string | undefined {
  for (const { id, spec, hidden = [] } of items) {
    const path = hidden.find((one) => valueAt(spec, one) !== null);
    if (path) return `${id}: the hidden value ${path.join('.')} is not null`;
  }
  return undefined;
}

const valueAt = (spec: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    spec,
  );
