import type { Api } from '../../src/model/api.ts';
import type { Job } from '../../src/model/kind/jobs.ts';
import type { Relation } from '../../src/model/kind/capabilities.ts';
import type { Listed, Lookup, ResourceKind, Started } from '../../src/model/kind/kind.ts';
import type { FieldSchema } from '../../src/model/kind/schema.ts';
import { teamId } from '../../src/kinds/lib/team.ts';
import { catalog } from './team.ts';

/** The ids that a call uses. */
export interface Ids {
  readonly id: string;
  /** The id or the name of a member of a relation. */
  readonly member: string;
}

/** One call of the API by the program. */
export interface KindCall {
  readonly title: string;
  /** Whether its last request is a write. */
  readonly isWrite: boolean;
  readonly run: (api: Api, ids: Ids) => Promise<unknown>;
  /** Returns where the result violates its type, as text. */
  readonly misfits: (result: unknown) => readonly string[];
}

/** All calls of all kinds, of all lookups, of the jobs, and of the team; a new kind is included automatically. */
export const kindCalls: readonly KindCall[] = [
  ...[...catalog.kinds.values()].flatMap(callsOf),
  ...[...catalog.lookups.values()].map(listOf),
  read('jobs tail', (api) => flat(catalog.jobs.tail(api)), many(jobMisfits)),
  read('jobs get', (api, { id }) => catalog.jobs.get(api, id), maybe(jobMisfits)),
  read('the id of the team', (api) => teamId(api), idMisfits),
];

function callsOf(kind: ResourceKind): readonly KindCall[] {
  const { name, get, create, update, remove, power, capacity, explainFailure } = kind;
  const example = { name: 'a', spec: {}, ...kind.examples[0] };
  const { spec } = example;
  const sides = { name: example.name, desired: spec, live: spec };
  const of = (title: string): string => `${name} ${title}`;
  return [
    listOf(kind),
    get && read(of('get'), (api, { id }) => get(api, id), maybe(listedMisfits(kind))),
    create && write(of('create'), (api) => create(api, example.name, spec), createdMisfits),
    update && write(of('update'), (api, { id }) => update(api, id, spec, sides), startedMisfits),
    remove && write(of('remove'), (api, { id }) => remove(api, id), startedMisfits),
    power && write(of('start'), (api, { id }) => power.start(api, id), startedMisfits),
    power && write(of('stop'), (api, { id }) => power.stop(api, id), startedMisfits),
    capacity && read(of('stock'), (api) => capacity.isAvailable(api, spec), only('boolean')),
    explainFailure &&
      read(of('failure'), (api, { id }) => explainFailure(api, id), maybe(only('string'))),
    ...Object.entries(kind.details ?? {}).map(([title, companion]) =>
      read(of(title), (api, { id }) => companion(api, { id, spec }), plainMisfits),
    ),
    ...Object.entries(kind.relations ?? {}).flatMap(([title, relation]) =>
      relationCalls(of(title), relation, Object.values(spec[title] ?? {})[0]),
    ),
  ].filter((call) => call !== undefined);
}

function relationCalls(
  title: string,
  { members, assign, update, unassign }: Relation,
  value: unknown,
): readonly (KindCall | undefined)[] {
  return [
    members &&
      read(`${title} members`, (api, { id }) => flat(members(api, id)), many(listedMisfits())),
    write(`${title} assign`, (api, { id, member }) => assign(api, id, member, value), nothing),
    update &&
      write(`${title} update`, (api, { id, member }) => update(api, id, member, value), nothing),
    unassign &&
      write(`${title} unassign`, (api, { id, member }) => unassign(api, id, member), nothing),
  ];
}

function listOf(lookup: Lookup): KindCall {
  return read(`${lookup.name} list`, (api) => flat(lookup.list(api)), many(listedMisfits(lookup)));
}

async function flat<Item>(pages: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> {
  return (await Array.fromAsync(pages)).flat();
}

function read(title: string, run: KindCall['run'], misfits: KindCall['misfits']): KindCall {
  return { title, isWrite: false, run, misfits };
}

function write(title: string, run: KindCall['run'], misfits: KindCall['misfits']): KindCall {
  return { title, isWrite: true, run, misfits };
}

type Misfits = (value: unknown) => readonly string[];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function only(...types: readonly string[]): Misfits {
  return (value) =>
    types.includes(typeof value) ? [] : [`${String(value)} is not ${types.join()}`];
}

function maybe(misfits: Misfits): Misfits {
  return (value) => (value === undefined ? [] : misfits(value));
}

function many(misfits: Misfits): Misfits {
  return (value) => (Array.isArray(value) ? value.flatMap(misfits) : ['no list']);
}

function nothing(value: unknown): readonly string[] {
  return value === undefined ? [] : ['something where there is nothing'];
}

function idMisfits(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' && value.length <= 1000 ? [] : ['no id'];
}

/** Checks each field; unknown fields are violations. */
function fieldMisfits(fields: Readonly<Record<string, Misfits>>): Misfits {
  return (value) =>
    isObject(value)
      ? [
          ...Object.keys(value).filter((name) => !Object.hasOwn(fields, name)),
          ...Object.entries(fields).flatMap(([name, misfits]) =>
            misfits(value[name]).map((misfit) => `${name}: ${misfit}`),
          ),
        ]
      : ['no object'];
}

function startedMisfits(value: unknown): readonly string[] {
  const fields = {
    event: maybe(idMisfits),
    follow: maybe(only('boolean')),
    note: maybe(only('string')),
  };
  return fieldMisfits(fields satisfies Record<keyof Started, Misfits>)(value);
}

function createdMisfits(value: unknown): readonly string[] {
  const { id, ...others } = isObject(value) ? value : {};
  return [...idMisfits(id), ...startedMisfits(others)];
}

function jobMisfits(value: unknown): readonly string[] {
  const instant: Misfits = (at) => (Number.isNaN(Date.parse(String(at))) ? ['no instant'] : []);
  return fieldMisfits({
    id: idMisfits,
    verb: only('string'),
    machine: maybe(idMisfits),
    state: (state) => (['running', 'done', 'failed'].includes(String(state)) ? [] : ['no state']),
    error: maybe(only('string')),
    at: instant,
    endedAt: maybe(instant),
  } satisfies Record<keyof Job, Misfits>)(value);
}

function listedMisfits(lookup?: Lookup): Misfits {
  const schema = lookup && 'schema' in lookup ? (lookup as ResourceKind).schema : undefined;
  return fieldMisfits({
    id: idMisfits,
    name: only('string'),
    spec: schema ? specMisfits(schema.properties) : plainMisfits,
    ready: maybe(only('boolean')),
    transition: maybe(only('string')),
    failure: maybe(only('string')),
    readOnlyReason: maybe(only('string')),
    changedAt: maybe(only('number')),
    attributes: maybe(plainMisfits),
  } satisfies Record<keyof Listed, Misfits>);
}

/** Checks that all fields can be declared with values of their types, at every depth. */
function specMisfits(properties: Readonly<Record<string, FieldSchema>>): Misfits {
  return (spec) =>
    isObject(spec)
      ? Object.entries(spec).flatMap(([name, value]) =>
          valueMisfits(properties[name] ?? {}, value).map((misfit) => `${name}: ${misfit}`),
        )
      : ['no object'];
}

function valueMisfits(schema: FieldSchema, value: unknown): readonly string[] {
  const types = typesOf(schema);
  const type = Array.isArray(value) ? 'array' : typeof value;
  if (!types.has(type)) return [`it is ${type}, not ${[...types].join()}`];
  return schema.properties && !schema.partial
    ? specMisfits(schema.properties)(value)
    : plainMisfits(value);
}

function typesOf({ type, enum: values = [], anyOf = [] }: FieldSchema): ReadonlySet<string> {
  const named = type === 'integer' ? 'number' : type;
  return new Set([
    ...(named === undefined ? [] : [named].flat()),
    ...values.map((value) => typeof value),
    ...anyOf.flatMap((branch) => [...typesOf(branch)]),
  ]);
}

/** Finds values that JSON cannot represent, or that are unreadable for people. */
function plainMisfits(value: unknown): readonly string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : ['no number'];
  if (typeof value === 'object' && value !== null)
    return Object.values(value).flatMap(plainMisfits);
  return value === undefined ? ['undefined'] : [];
}
