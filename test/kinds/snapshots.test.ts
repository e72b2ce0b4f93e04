import { expect, test } from 'vitest';
import { defaultLifecycle } from '../../src/model/resource.ts';
import { machine } from '../support/machines.ts';
import { bench, outcomesOf } from '../support/passes.ts';
import { openFindings, renamed, settle } from '../support/settle.ts';
import { declared, want } from '../support/team.ts';

const shot = (of = 'a') => want('snapshots', 'base', { machine: declared('machines', of) });

test('a snapshot is created from a new machine, renamed, and deleted; its other fields are immutable', async () => {
  await using it = await bench();
  const [a, b] = [machine('a'), machine('b')];
  expect(await settle(it, a, b, shot())).toEqual([
    'machines/a:create done',
    'machines/b:create done',
    'snapshots/base:create done',
  ]);
  expect(await settle(it, a, b, renamed(shot(), 'first'))).toEqual(['snapshots/first:update done']);
  expect(
    await openFindings(it, a, b, { ...renamed(shot('b'), 'first'), lifecycle: defaultLifecycle }),
  ).toEqual([
    'blocked snapshots/first: machine is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
  ]);
  const deletion = await it.pass([a, b], [['snapshots', 'first']]);
  expect(outcomesOf(deletion)).toEqual(['snapshots/first:delete done']);
  expect([...it.simulator.world.snapshots]).toEqual([]);
});

test('automatic snapshots are not listed, and a failed job is reported', async () => {
  await using it = await bench();
  await settle(it, machine('a'));
  const [a] = [...it.simulator.world.machines];
  it.simulator.world.snapshots.insert({
    id: 'ss-auto',
    name: 'base',
    machineId: a?.id ?? '',
    isAutoSnapshot: true,
    dtCreated: 0,
  });
  it.simulator.fault({
    path: '/snapshots',
    method: 'POST',
    kind: { eventError: 'disk full' },
  });
  const failed = await it.pass([machine('a'), shot()]);
  expect(failed.actions).toMatchObject([
    {
      id: 'snapshots/base:create',
      outcome: 'failed',
      error: 'the API accepted it, and it failed: disk full',
    },
  ]);
  expect((await it.plan([machine('a')])).summary.unmanaged).toBe(0);
});
