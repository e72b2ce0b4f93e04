import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { liveKey } from '../../src/import/entries/selectResources.ts';
import { entriesOf } from '../../src/import/entries/entries.ts';
import { teamMemberRequests } from '../../src/import/entries/memberRequests.ts';
import type { ResourceKind } from '../../src/model/kind/kind.ts';
import type { SpecSchema } from '../../src/model/kind/schema.ts';
import { listKey } from '../../src/model/pass/plan.ts';
import type { Desired, Observed, Spec } from '../../src/model/resource.ts';
import type { Listing } from '../../src/model/pass/snapshot.ts';
import { ownersIn } from '../../src/import/entries/exclusiveConflicts.ts';
import { isReference } from '../../src/reconcile/compare/spec.ts';
import { have, want, type Live } from '../support/team.ts';

const nothing = async function* () {};
const base = { singular: 'thing', examples: [], list: nothing };
const noAssign = { assign: async () => {} };
const text = Type.String({ minLength: 1 });

const pipes: ResourceKind = {
  ...base,
  name: 'pipes',
  schema: Type.Object({ region: text }, { additionalProperties: false }),
};

const optional = Type.Partial(
  Type.Object({
    pipe: Type.String({ references: 'pipes' }),
    image: Type.String({ references: 'pipes', referencesBy: { by: 'people' } }),
    isOn: Type.Boolean({ default: false }),
    note: Type.String(),
    first: Type.String({ createOnly: true }),
    hint: Type.String({ writeOnly: true }),
    state: Type.String({ timetable: true }),
    config: Type.Object(
      {
        size: Type.Integer(),
        name: Type.Unsafe<never>({ not: {} }),
        env: Type.Array(Type.Object({ value: Type.String({ sensitive: true }) })),
        key: Type.String({ writeOnly: true, secret: true }),
      },
      { partial: true, additionalProperties: true },
    ),
    users: Type.Array(text, { references: 'people', relation: 'set' }),
    tags: Type.Array(text, { relation: 'set' }),
    sole: Type.Array(text, { references: 'pipes', relation: 'set', exclusive: true }),
    tap: Type.Union([text, Type.Null()], { references: 'pipes', relation: 'one' }),
    keys: Type.Unsafe<Spec>({
      type: 'object',
      relation: 'map',
      additionalProperties: Type.String({ writeOnly: true, secret: true }),
    }),
    tests: Type.Unsafe<Spec>({
      type: 'object',
      relation: 'map',
      additionalProperties: Type.Partial(Type.Object({ message: text, isFinal: Type.Boolean() })),
    }),
  }),
).properties;

const tanks: ResourceKind = {
  ...base,
  name: 'tanks',
  schema: Type.Object(
    { code: Type.String({ writeOnly: true, immutable: true }), ...optional },
    { additionalProperties: false },
  ) as SpecSchema,
  relations: {
    users: noAssign,
    sole: noAssign,
    tap: noAssign,
    tags: { ...noAssign, members: nothing },
    keys: { ...noAssign, members: nothing },
    tests: { ...noAssign, members: nothing },
  },
};

const wells: ResourceKind = {
  ...base,
  name: 'deepWells',
  schema: Type.Object({ ip: Type.Optional(text) }, { additionalProperties: false }),
  adopt: () => undefined,
};

const people = { ...base, name: 'people' };

const listing = (kind: string, items: readonly Observed[], error?: string): Listing => {
  const all = { kind, items, byId: new Map(items.map((item) => [item.id, item])) };
  return error === undefined
    ? { ...all, complete: true, named: (name) => items.filter((item) => item.name === name) }
    : { ...all, complete: false, error };
};

interface World {
  readonly have: readonly Live[];
  readonly kinds?: readonly string[];
  /** Names of declared resources, by live key: `pipes/id-a`. */
  readonly declared?: Readonly<Record<string, string>>;
  readonly taken?: Readonly<Record<`${string}/${string}`, string>>;
  readonly want?: readonly Desired[];
  /** Fields that the config refuses, with the reason, by address: `tanks/t`. */
  readonly without?: Readonly<Record<`${string}/${string}`, Readonly<Record<string, string>>>>;
  /** Fields that are not listed. */
  readonly skipped?: readonly string[];
  readonly partial?: readonly string[];
  readonly members?: Readonly<Record<string, readonly Observed[]>>;
  readonly partialMembers?: readonly string[];
  readonly protected?: readonly string[];
}

function imported(world: World) {
  const kinds = new Map([pipes, tanks, wells].map((kind) => [kind.name, kind]));
  const byKind = Map.groupBy(world.have, ({ kind }) => kind);
  const team = {
    catalog: { kinds, lookups: new Map([['people', people]]) },
    snapshot: new Map(
      [...kinds.keys(), 'people'].map((kind) => {
        const error = world.partial?.includes(kind) ? 'GET failed' : undefined;
        return [kind, listing(kind, byKind.get(kind) ?? [], error)];
      }),
    ),
    declared: new Map(Object.entries(world.declared ?? {})),
    taken: new Map(
      Object.entries(world.taken ?? {}).map(([key, because]) => [
        key as `${string}/${string}`,
        because,
      ]),
    ),
    skipped: new Set(world.skipped),
    isName: (name: string) => !name.includes('{'),
    holders: ownersIn(kinds, world.want ?? [], (reference) =>
      isReference(reference) && reference.by === 'id' ? reference.id : undefined,
    ),
    without: new Map(
      Object.entries(world.without ?? {}).map(([address, fields]) => [
        address as `${string}/${string}`,
        new Map(Object.entries(fields)),
      ]),
    ),
  };
  const names = world.kinds ?? [...kinds.keys()];
  const members = teamMemberRequests(team, names).map((request) => {
    const key = listKey(request);
    const error = world.partialMembers?.includes(key) ? 'GET failed' : undefined;
    return [key, listing(key, world.members?.[key] ?? [], error)] as const;
  });
  return entriesOf(
    team,
    names,
    new Map(members),
    (kind, id) => world.protected?.includes(liveKey(kind, id)) ?? false,
  );
}

const specOf = (spec: Spec, world: Partial<World> = {}): Spec | undefined =>
  imported({
    ...world,
    have: [have('tanks', 't', spec), ...(world.have ?? [])],
    kinds: ['tanks', ...(world.kinds ?? [])],
  }).entries.find(({ name }) => name === 't')?.spec;

const code = { keep: true };

describe('the spec of an entry', () => {
  const pipe = have('pipes', 'p', { region: 'ny2' });
  const cases: readonly {
    because: string;
    live: Spec;
    world?: Partial<World>;
    spec: Spec;
  }[] = [
    {
      because: 'a required field that is never shown is kept',
      live: {},
      spec: { code },
    },
    {
      because: 'fields that are unset, empty, or at their default are omitted',
      live: { note: '', isOn: false, pipe: null, users: [], tap: null },
      spec: { code },
    },
    {
      because: 'set fields are written',
      live: { note: 'n', isOn: true },
      spec: { code, isOn: true, note: 'n' },
    },
    {
      because: 'creation-only fields and the state are omitted',
      live: { first: 'f', state: 'running', hint: 'h' },
      spec: { code },
    },
    {
      because: 'a declared resource is referred to by name',
      live: { pipe: 'id-p' },
      world: { have: [pipe], declared: { 'pipes/id-p': 'other name' } },
      spec: { code, pipe: 'other name' },
    },
    {
      because: 'so is a resource that is imported too',
      live: { pipe: 'id-p' },
      world: { have: [pipe], kinds: ['pipes'] },
      spec: { code, pipe: 'p' },
    },
    {
      because: 'a resource that is only live is referred to with { live: }',
      live: { pipe: 'id-p', tap: 'id-p' },
      world: { have: [pipe] },
      spec: { code, pipe: { live: 'p' }, tap: { live: 'p' } },
    },
    {
      because: 'of two with the same name, the id decides',
      live: { pipe: 'id-p' },
      world: { have: [pipe, have('pipes', 'p', {}, { id: 'id-q' })] },
      spec: { code, pipe: { id: 'id-p' } },
    },
    {
      because: 'an incomplete list does not prove that a name is unique',
      live: { pipe: 'id-p', tap: 'id-unseen' },
      world: { have: [pipe], partial: ['pipes'] },
      spec: { code, pipe: { id: 'id-p' }, tap: { id: 'id-unseen' } },
    },
    {
      because: 'an id in no list refers to nothing',
      live: { pipe: 'id-hidden', users: ['id-gone'] },
      spec: { code },
    },
    {
      because: 'a lookup is referred to by its plain name, whatever the form',
      live: { users: ['id-ada'], image: 'id-ada' },
      world: { have: [have('people', 'ada', {})] },
      spec: { code, image: { by: 'ada' }, users: ['ada'] },
    },
    {
      because: 'nulls of a partial object and possible secrets are omitted',
      live: {
        config: { size: 1, more: { a: null, b: 2 }, key: 'k', env: [{ value: 'v' }], name: 't' },
      },
      spec: { code, config: { size: 1, more: { b: 2 }, key: { keep: true } } },
    },
    {
      because: 'relations that are listed separately',
      live: {},
      world: {
        members: {
          'tanks/id-t.tags': [have('', 'big', {}, { id: 'big' })],
          'tanks/id-t.keys': [have('', 'KEY', {})],
          'tanks/id-t.tests': [have('', 'v1', { message: 'm', isFinal: null })],
        },
      },
      spec: { code, tags: ['big'], keys: { KEY: { keep: true } }, tests: { v1: { message: 'm' } } },
    },
    {
      because: 'a field that is skipped is neither listed nor declared, and the others are',
      live: {},
      world: {
        skipped: ['tags', 'keys'],
        members: {
          'tanks/id-t.tags': [have('', 'big', {}, { id: 'big' })],
          'tanks/id-t.tests': [have('', 'v1', { message: 'm', isFinal: null })],
        },
        partialMembers: ['tanks/id-t.keys'],
      },
      spec: { code, tests: { v1: { message: 'm' } } },
    },
    {
      because: 'preventDeletion of an earlier declaration still holds',
      live: {},
      world: { protected: ['tanks/id-t'] },
      spec: { code, lifecycle: { preventDeletion: true } },
    },
  ];
  test.each(cases)('$because', ({ live, world, spec }) => {
    expect(specOf(live, world)).toEqual(spec);
  });

  test('lists the kept and the withheld paths', () => {
    const { entries } = imported({
      have: [have('tanks', 't', { config: { env: [{ value: 'v' }] } })],
      members: { 'tanks/id-t.keys': [have('', 'KEY', {})] },
    });
    expect(entries).toMatchObject([
      { kept: ['code', 'config.key', 'keys.KEY'], withheld: ['config.env'] },
    ]);
  });
});

describe('resources that are left out', () => {
  const leftOut = (world: World) =>
    imported(world).leftOut.map(({ kind, name, because }) => `${kind}/${name}: ${because}`);
  const cases: readonly { name: string; world: World; says: readonly string[] }[] = [
    {
      name: 'a declared resource is not mentioned',
      world: { have: [have('pipes', 'p', {})], declared: { 'pipes/id-p': 'p' } },
      says: [],
    },
    {
      name: 'several with the same name',
      world: { have: [have('pipes', 'p', {}), have('pipes', 'p', {}, { id: 'q' })] },
      says: ['pipes/p: 2 live pipes bear this name', 'pipes/p: 2 live pipes bear this name'],
    },
    {
      name: 'one of two, if the other is declared',
      world: {
        have: [have('pipes', 'p', {}), have('pipes', 'p', {}, { id: 'q' })],
        declared: { 'pipes/q': 'p' },
      },
      says: ['pipes/p: 2 live pipes bear this name'],
    },
    {
      name: 'a name that YAML cannot represent',
      world: { have: [have('pipes', 'p{1..2}', {})] },
      says: ['pipes/p{1..2}: YAML cannot represent this name'],
    },
    {
      name: 'a name that is taken',
      world: { have: [have('pipes', 'p', {})], taken: { 'pipes/p': '`absent` names it' } },
      says: ['pipes/p: `absent` names it'],
    },
    {
      name: 'a resource in transition',
      world: { have: [have('pipes', 'p', {}, { ready: false, transition: 'provisioning' })] },
      says: ['pipes/p: it is provisioning; import it when it is ready'],
    },
    {
      name: 'a failed resource',
      world: { have: [have('pipes', 'p', {}, { failure: 'no disk' })] },
      says: ['pipes/p: it has failed: no disk'],
    },
    {
      name: 'a read-only resource',
      world: { have: [have('pipes', 'p', {}, { readOnlyReason: 'it is ours' })] },
      says: ['pipes/p: it is ours'],
    },
    {
      name: 'a resource with an incomplete list of members',
      world: { have: [have('tanks', 't', {})], partialMembers: ['tanks/id-t.tags'] },
      says: ['tanks/t: its tags could not be listed to the end'],
    },
  ];
  test.each(cases)('$name', ({ world, says }) => {
    expect(leftOut(world)).toEqual(says);
    expect(imported(world).entries).toEqual([]);
  });

  test('a kind with an incomplete list, without a reason for each resource', () => {
    const { entries, leftOut: words } = imported({
      have: [have('pipes', 'p', {}), have('tanks', 't', {})],
      partial: ['pipes'],
    });
    expect(entries.map(({ name }) => name)).toEqual(['t']);
    expect(words).toEqual([]);
  });
});

describe('exclusive relations', () => {
  const pipe = have('pipes', 'p', {});
  const q = have('pipes', 'q', {});
  const holds = (name: string, ...ids: readonly string[]): Live =>
    have('tanks', name, { note: 'n', sole: ids });
  const holding = want('tanks', 'main', { sole: [{ by: 'id', kind: 'pipes', id: 'id-p' }] });
  const outcome = (world: Omit<World, 'kinds'>) => {
    const { entries, leftOut } = imported({ ...world, kinds: ['tanks'] });
    return {
      entries: Object.fromEntries(entries.map(({ name, spec }) => [name, spec])),
      leftOut: leftOut.map(({ name, field, because }) => `${name}.${field}: ${because}`),
    };
  };
  const bare = { code, note: 'n' };
  const cases: readonly {
    because: string;
    world: Omit<World, 'kinds'>;
    entries: Spec;
    leftOut: readonly string[];
  }[] = [
    {
      because:
        'a declared owner keeps the member; the whole set is omitted, or it would declare a removal',
      world: { have: [pipe, q, holds('t', 'id-q', 'id-p')], want: [holding] },
      entries: { t: bare },
      leftOut: ['t.sole: pipes/p is in sole of tanks/main; it may be in only one'],
    },
    {
      because: 'the first import keeps the member; the other members of the second are free',
      world: {
        have: [pipe, q, holds('a', 'id-p'), holds('b', 'id-p', 'id-q'), holds('c', 'id-q')],
      },
      entries: {
        a: { ...bare, sole: [{ live: 'p' }] },
        b: bare,
        c: { ...bare, sole: [{ live: 'q' }] },
      },
      leftOut: ['b.sole: pipes/p is in sole of tanks/a; it may be in only one'],
    },
    {
      because: 'different members are not a conflict',
      world: { have: [pipe, q, holds('t', 'id-q')], want: [holding] },
      entries: { t: { ...bare, sole: [{ live: 'q' }] } },
      leftOut: [],
    },
    {
      because: 'a refused field is omitted if it would be written',
      world: {
        have: [holds('t'), have('tanks', 'u', {})],
        without: { 'tanks/t': { note: 'no' }, 'tanks/u': { note: 'no' } },
      },
      entries: { t: { code }, u: { code } },
      leftOut: ['t.note: no'],
    },
    {
      because: 'without a required field there is no entry, and no reference to it',
      world: { have: [holds('t')], without: { 'tanks/t': { code: 'no' } } },
      entries: {},
      leftOut: ['t.undefined: no'],
    },
  ];
  test.each(cases)('$because', ({ world, entries, leftOut }) => {
    expect(outcome(world)).toEqual({ entries, leftOut });
  });
});

test('a resource without a name gets one from its kind and its id', () => {
  const { entries } = imported({
    have: [have('deepWells', '203.0.113.7', { ip: '203.0.113.7' }, { id: '203.0.113.7' })],
  });
  expect(entries.map(({ name, spec }) => [name, spec])).toEqual([
    ['well-203-0-113-7', { ip: '203.0.113.7' }],
  ]);
});
