import { expect, test } from 'vitest';
import { bench, openOf } from '../support/passes.ts';
import { want } from '../support/team.ts';

test('versions of a dataset are created by tag, committed, and updated in the fields that differ', async () => {
  await using it = await bench();
  const dataset = (versions: object, over: object = {}) => [
    want('datasets', 'cats', { description: 'Cats', versions, ...over }),
  ];
  const v1 = { message: 'First', metadata: { images: 1 }, isCommitted: true };
  await it.pass(dataset({ v1 }));
  const [made] = it.simulator.world.datasetVersions;
  expect(made).toMatchObject({ ...v1, tags: ['v1'] });
  expect((await it.pass(dataset({ v1 }))).actions).toEqual([]);
  const before = it.writes().length;
  const changed = dataset({ v1: { ...v1, message: 'The first' } });
  const report = await it.pass(changed);
  expect(report.actions.map(({ id, changes }) => [id, changes])).toEqual([
    [
      'datasets/cats:update(versions/v1)',
      [{ path: 'versions/v1.message', desired: 'The first', observed: 'First' }],
    ],
  ]);
  expect(it.writes().slice(before)).toEqual([
    `PUT /datasets/${made?.datasetId}/versions/${made?.version}`,
  ]);
  expect((await it.pass(dataset({}))).actions).toEqual([]);
  expect([...it.simulator.world.datasetVersions]).toHaveLength(1);
  expect(it.contract.problems).toEqual([]);
});

test('public datasets are listed if one is declared, and a bound one is not created again', async () => {
  await using it = await bench();
  const dataset = (isPublic: boolean) => [want('datasets', 'board', { isPublic })];
  await it.pass(dataset(true));
  expect((await it.pass(dataset(true))).actions).toEqual([]);
  it.clock.advance(121_000);
  const report = await it.pass(dataset(false));
  expect([openOf(report), report.actions]).toEqual([
    [
      'blocked datasets/board: isPublic is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
    ],
    [],
  ]);
  expect([...it.simulator.world.datasets]).toHaveLength(1);
  expect(it.contract.problems).toEqual([]);
});
