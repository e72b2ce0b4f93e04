import { describe, expect, test } from 'vitest';
import type { ListRequest } from '../../../src/model/pass/plan.ts';
import {
  dueLists,
  isRotatedKey,
  rotatedReads,
} from '../../../src/reconcile/observe/requiredLists.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import { catalog, have, planFor, want } from '../../support/team.ts';

describe('the lists that a pass reads', () => {
  const accessors = (id: string): ListRequest => ({
    list: 'members',
    kind: 'machines',
    id,
    relation: 'accessors',
  });
  const key = (id: string) => `machines/${id}.accessors`;
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `m${at + 10}`);
  const listingOf = (id: string) => completeListing({ name: key(id) }, []);
  const due = (
    requests: readonly ListRequest[],
    lastReadAt = new Map<string, string>(),
    alreadyRead: string[] = [],
  ) =>
    dueLists(requests, new Map(alreadyRead.map((id) => [key(id), listingOf(id)])), catalog, {
      lastReadAt,
    }).map((request) =>
      request.list === 'lookup' ? request.kind : `${request.id}.${request.relation}`,
    );

  test('include all that are not rotated, and those come first', () => {
    const tags: ListRequest = { list: 'members', kind: 'projects', id: 'p', relation: 'tags' };
    expect(due([accessors('a'), tags, { list: 'lookup', kind: 'users' }])).toEqual([
      'p.tags',
      'users',
      'a.accessors',
    ]);
  });

  test('include the rotated ones that were read longest ago', () => {
    const lastReadAt = new Map([
      [key('a'), '2026-11-03'],
      [key('b'), '2026-11-01'],
      [key('d'), '2026-11-02'],
      [key('e'), '2026-11-02'],
    ]);
    expect(due(['a', 'b', 'c', 'd', 'e'].map(accessors), lastReadAt)).toEqual(
      ['c', 'b', 'd', 'e', 'a'].map((id) => `${id}.accessors`),
    );
  });

  test.each([
    { because: 'a pass reads at most twenty', read: 0, due: 20 },
    { because: 'lists that this pass has already read count', read: 15, due: 5 },
    { because: 'the pass has read twenty', read: 20, due: 0 },
    { because: 'the pass has read more than twenty', read: 25, due: 0 },
  ])('include $due of 30 rotated ones if $read were read: $because', ({ read, due: count }) => {
    expect(due(ids(30).map(accessors), new Map(), ids(read))).toHaveLength(count);
  });

  test.each([
    { key: 'machines/m1.accessors', because: 'accessors are rotated', expected: true },
    { key: 'machines/m.1.accessors', because: 'an id may contain dots', expected: true },
    { key: 'projects/p1.tags', because: 'tags are not rotated', expected: false },
    { key: 'machines', because: 'the list of a kind is not rotated', expected: false },
    { key: 'ghosts/g.accessors', because: 'the kind is unknown', expected: false },
    { key: 'machines/m1.ghosts', because: 'the relation is unknown', expected: false },
  ])('whether $key is rotated, $expected: $because', ({ key: listKey, expected }) => {
    expect(isRotatedKey(listKey, catalog.kinds)).toBe(expected);
  });

  test('the times of the last reads are reported for declared relations of resources that exist', () => {
    const machine = (name: string, spec: object) =>
      want('machines', name, { diskSize: 50, ...spec });
    const resources = [
      ...['now', 'then', 'never', 'gone'].map((name) => machine(name, { accessors: [] })),
      machine('open', {}),
      want('privateNetworks', 'n', { accessors: [] }),
    ];
    const names = ['now', 'then', 'never', 'open'];
    const plan = planFor({
      want: resources,
      have: names.map((name) => have('machines', name, { diskSize: 50 })),
    });
    const lastReadAt = new Map(names.slice(0, 2).map((name) => [key(`id-${name}`), 'earlier']));
    const snapshot = new Map([[key('id-now'), listingOf('id-now')]]);
    expect([...rotatedReads(catalog, resources, plan, snapshot, { lastReadAt }, 'today')]).toEqual([
      ['machines/now', { accessors: 'today' }],
      ['machines/then', { accessors: 'earlier' }],
      ['machines/never', { accessors: null }],
    ]);
  });
});
