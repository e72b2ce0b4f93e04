import { describe, expect, test } from 'vitest';
import type { ListRequest } from '../../../src/model/pass/plan.ts';
import {
  dueLists,
  isRotatedKey,
  rotatedReads,
} from '../../../src/reconcile/observe/requiredLists.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import { catalog, have, planFor, want } from '../../support/team.ts';

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
