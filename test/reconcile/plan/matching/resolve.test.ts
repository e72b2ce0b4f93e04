import { describe, expect, test } from 'vitest';
import type { Reference } from '../../../../src/model/resource.ts';
import type { ListRequest } from '../../../../src/model/pass/plan.ts';
import type { Match } from '../../../../src/reconcile/plan/matching/match.ts';
import {
  dueLists,
  isRotatedKey,
  rotatedReads,
} from '../../../../src/reconcile/observe/requiredLists.ts';
import { completeListing } from '../../../../src/reconcile/observe/observe.ts';
import { resolver } from '../../../../src/reconcile/plan/matching/resolve.ts';
import { catalog, declared, have, live, planFor, want } from '../../../support/team.ts';

const network = have('privateNetworks', 'n', {});
const listed = (...items: (typeof network)[]) =>
  new Map([['privateNetworks', completeListing({ name: 'privateNetworks' }, items)]]);

describe('what a reference comes to', () => {
  const here = declared('privateNetworks', 'n');
  test.each<{
    name: string;
    because: string;
    reference?: Reference;
    found?: Match;
    created?: boolean;
    replaced?: boolean;
    snapshot?: Parameters<typeof resolver>[1];
    is: string;
  }>([
    {
      name: 'pinned',
      because: 'it is believed without a look',
      reference: { by: 'id', kind: 'privateNetworks', id: 'n1' },
      is: 'id n1',
    },
    {
      name: 'found',
      because: 'it is there',
      found: { is: 'found', live: network, new: false },
      is: 'id id-n',
    },
    {
      name: 'found, and replaced',
      because: 'what is there goes, so the new one is meant',
      found: { is: 'found', live: network, new: false },
      replaced: true,
      is: 'created privateNetworks/n',
    },
    {
      name: 'just created',
      because: 'its id is known',
      found: { is: 'justCreated', id: 'n2' },
      is: 'id n2',
    },
    {
      name: 'missing',
      because: 'this plan creates it',
      found: { is: 'missing' },
      is: 'created privateNetworks/n',
    },
    {
      name: 'missing, and not created',
      because: 'nothing will be there',
      found: { is: 'missing' },
      created: false,
      is: 'unresolved privateNetworks/n is not there and will not be created',
    },
    {
      name: 'ambiguous',
      because: 'no guess is made',
      found: { is: 'ambiguous', among: [network, { ...network, id: '2' }] },
      is: 'unresolved privateNetworks/n is ambiguous',
    },
    {
      name: 'a lost answer',
      because: 'it may be there',
      found: { is: 'createUncertain', since: 'then' },
      is: 'unresolved whether privateNetworks/n is there is not known',
    },
    {
      name: 'not seen',
      because: 'it may be there',
      found: { is: 'unknown', error: 'no' },
      is: 'unresolved whether privateNetworks/n is there is not known',
    },
    {
      name: 'not declared',
      because: 'somebody took it away',
      is: 'invalid privateNetworks/n is not declared',
    },
    {
      name: 'live, not listed',
      because: 'the list is wanted first',
      reference: live('privateNetworks', 'n'),
      is: 'listNeeded privateNetworks',
    },
    {
      name: 'live, in part of a list',
      because: 'it may stand in the rest',
      reference: live('privateNetworks', 'n'),
      snapshot: new Map([
        [
          'privateNetworks',
          { kind: 'privateNetworks', complete: false, items: [], byId: new Map(), error: 'no' },
        ],
      ]),
      is: 'unresolved privateNetworks could not be listed',
    },
    {
      name: 'live, one',
      because: 'that is it',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(network),
      is: 'id id-n',
    },
    {
      name: 'live, none',
      because: 'nobody bears the name',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(),
      is: 'invalid there is no live private network "n"',
    },
    {
      name: 'live, two',
      because: 'no guess is made',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(network, { ...network, id: '2' }),
      is: 'invalid 2 live private networks are called "n"',
    },
    {
      name: 'live, of a kind that nobody knows',
      because: 'it is called what it is called',
      reference: live('ghosts', 'n'),
      snapshot: new Map([['ghosts', completeListing({ name: 'ghosts' }, [])]]),
      is: 'invalid there is no live ghosts "n"',
    },
  ])(
    '$name: $because',
    ({ reference = here, found, created = true, replaced, snapshot = new Map(), is }) => {
      const resolve = resolver(
        catalog,
        snapshot,
        () => found,
        () => created,
        ...(replaced === undefined ? [] : [() => replaced]),
      );
      expect(Object.values(resolve(reference)).join(' ')).toBe(is);
    },
  );
});

describe('which lists are read now', () => {
  const accessors = (id: string): ListRequest => ({
    list: 'members',
    kind: 'machines',
    id,
    relation: 'accessors',
  });
  const key = (id: string) => `machines/${id}.accessors`;
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `m${at + 10}`);
  const of = (id: string) => completeListing({ name: key(id) }, []);
  const due = (
    needs: readonly ListRequest[],
    readings = new Map<string, string>(),
    read: string[] = [],
  ) =>
    dueLists(needs, new Map(read.map((id) => [key(id), of(id)])), catalog, {
      lastReadAt: readings,
    }).map((need) => (need.list === 'lookup' ? need.kind : `${need.id}.${need.relation}`));

  test('all that are not in rotation, first', () => {
    const tags: ListRequest = { list: 'members', kind: 'projects', id: 'p', relation: 'tags' };
    expect(due([accessors('a'), tags, { list: 'lookup', kind: 'users' }])).toEqual([
      'p.tags',
      'users',
      'a.accessors',
    ]);
  });

  test('of those in rotation, the ones that were read longest ago', () => {
    const readings = new Map([
      [key('a'), '2026-11-03'],
      [key('b'), '2026-11-01'],
      [key('d'), '2026-11-02'],
      [key('e'), '2026-11-02'],
    ]);
    expect(due(['a', 'b', 'c', 'd', 'e'].map(accessors), readings)).toEqual(
      ['c', 'b', 'd', 'e', 'a'].map((id) => `${id}.accessors`),
    );
  });

  test.each([
    { because: 'twenty a pass', read: 0, due: 20 },
    { because: 'what was read already counts', read: 15, due: 5 },
    { because: 'a share that is used up', read: 20, due: 0 },
    { because: 'and more than used up', read: 25, due: 0 },
  ])('$due of 30 where $read were read: $because', ({ read, due: count }) => {
    expect(due(ids(30).map(accessors), new Map(), ids(read))).toHaveLength(count);
  });

  test.each([
    { key: 'machines/m1.accessors', because: 'accessors are', is: true },
    { key: 'machines/m.1.accessors', because: 'an id may have dots', is: true },
    { key: 'projects/p1.tags', because: 'tags are not', is: false },
    { key: 'machines', because: 'a list of a kind is not', is: false },
    { key: 'ghosts/g.accessors', because: 'a kind that nobody knows is not', is: false },
    { key: 'machines/m1.ghosts', because: 'nor is a relation that nobody knows', is: false },
  ])('$key in rotation, $is: $because', ({ key: one, is }) => {
    expect(isRotatedKey(one, catalog.kinds)).toBe(is);
  });

  test('when they were read last is told of what is declared and there', () => {
    const member = (name: string, spec: object) =>
      want('machines', name, { diskSize: 50, ...spec });
    const resources = [
      ...['now', 'then', 'never', 'gone'].map((name) => member(name, { accessors: [] })),
      member('open', {}),
      want('privateNetworks', 'n', { accessors: [] }),
    ];
    const names = ['now', 'then', 'never', 'open'];
    const plan = planFor({
      want: resources,
      have: names.map((name) => have('machines', name, { diskSize: 50 })),
    });
    const readings = new Map(names.slice(0, 2).map((name) => [key(`id-${name}`), 'earlier']));
    const snapshot = new Map([[key('id-now'), of('id-now')]]);
    expect([
      ...rotatedReads(catalog, resources, plan, snapshot, { lastReadAt: readings }, 'today'),
    ]).toEqual([
      ['machines/now', { accessors: 'today' }],
      ['machines/then', { accessors: 'earlier' }],
      ['machines/never', { accessors: null }],
    ]);
  });
});
