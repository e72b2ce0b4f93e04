import { expect, test } from 'vitest';
import { teamId } from '../../src/kinds/lib/team.ts';
import { defaultLifecycle } from '../../src/model/resource.ts';
import { machine } from '../support/machines.ts';
import { bench, type Bench } from '../support/passes.ts';
import { user } from '../support/projects.ts';
import { openFindings, settle } from '../support/settle.ts';
import { declared, live, want } from '../support/team.ts';

const opened = (...names: string[]) => machine('a', { accessors: names.map(user) });
const accessors = (it: Bench) =>
  [...it.simulator.world.accessors]
    .filter(({ dtDeleted }) => dtDeleted === null)
    .map((accessor) => accessor.user.email.split('@')[0]);

test('accessors are sent with the create, and undeclared ones are unassigned', async () => {
  await using it = await bench();
  expect(await settle(it, opened('grace', 'ada'))).toEqual(['machines/a:create done']);
  expect(it.writes()).toEqual(['POST /machines']);
  expect(accessors(it)).toEqual(['grace', 'ada']);
  expect(await settle(it, opened('grace', 'linus'))).toEqual([
    'machines/a:unassign(accessors/ada@example.com) done',
    'machines/a:assign(accessors/linus@example.com) done',
  ]);
  expect(new Set(accessors(it))).toEqual(new Set(['grace', 'linus']));
  expect(await settle(it, opened())).toHaveLength(2);
  expect(accessors(it)).toEqual([]);
});

test('accessors match live email addresses in any case', async () => {
  await using it = await bench();
  const { members } = it.simulator.world;
  for (const { id, email } of members) members.patch(id, { email: email.toUpperCase() });
  const linus = want('teamMembers', 'linus@example.com', { role: 'member' });
  expect(await settle(it, opened('grace'))).toEqual(['machines/a:create done']);
  const report = await it.pass([opened('grace'), linus]);
  expect([report.summary.inSync, report.actions]).toEqual([2, []]);
});

test('an accessor must be in the team, and additive accessors keep undeclared ones', async () => {
  await using it = await bench();
  await settle(it, opened('grace'));
  expect(await openFindings(it, opened('grace', 'alan'))).toEqual([
    'blocked machines/a: accessors: there is no live user "alan@example.com"',
  ]);
  const additive = { ...defaultLifecycle, additive: ['accessors'] };
  expect(await settle(it, { ...opened(), lifecycle: additive })).toEqual([]);
  expect(accessors(it)).toEqual(['grace']);
});

test('accessors may be declared team members, and none is unassigned if the members cannot be listed', async () => {
  await using it = await bench({ retries: 0 });
  const linus = want('teamMembers', 'linus@example.com', { role: 'member' });
  await settle(it, linus, opened('grace', 'linus'));
  expect(accessors(it)).toEqual(['grace', 'linus']);
  const team = await teamId(it.api);
  it.simulator.fault({
    method: 'GET',
    path: `/teams/${team}/users`,
    times: 1,
    kind: { status: 500 },
  });
  const report = await it.pass([linus, opened('grace', 'alan')]);
  expect(report.complete).toBe(false);
  expect(report.actions).toEqual([]);
  expect(accessors(it)).toEqual(['grace', 'linus']);
  expect(await settle(it, linus, opened('grace'))).toEqual([
    'machines/a:unassign(accessors/linus@example.com) done',
  ]);
});

const restoring = (over: object = {}) =>
  machine('a', {
    restorePointEnabled: true,
    restorePointFrequency: 'shutdown',
    restorePointSnapshot: declared('snapshots', 'base'),
    ...over,
  });
const base = (name = 'base') => want('snapshots', name, { machine: declared('machines', 'a') });

test('a restore point is set by one update after its machine and snapshot are created', async () => {
  await using it = await bench();
  expect(await settle(it, restoring(), base())).toEqual([
    'machines/a:create done',
    'snapshots/base:create done',
    'machines/a:update done',
  ]);
  expect(it.writes()).toEqual([
    'POST /machines',
    'POST /snapshots',
    expect.stringMatching(/^PUT /),
  ]);
  const [a] = [...it.simulator.world.machines];
  const [shot] = [...it.simulator.world.snapshots];
  expect(a).toMatchObject({ restorePointEnabled: true, restorePointSnapshotId: shot?.id });
});

test('a restore point is disabled, enabled with its snapshot, and moved to another snapshot', async () => {
  await using it = await bench();
  await settle(it, restoring(), base());
  await settle(it, restoring(), base(), base('next'));
  expect(await settle(it, restoring({ restorePointEnabled: false }), base(), base('next'))).toEqual(
    ['machines/a:update done'],
  );
  expect(await settle(it, restoring(), base(), base('next'))).toEqual(['machines/a:update done']);
  const bodies = it.simulator.requests.flatMap(({ method, body }) =>
    method === 'PUT' ? [body] : [],
  );
  const [first] = [...it.simulator.world.snapshots];
  expect(bodies.at(-1)).toEqual({ restorePointEnabled: true, restorePointSnapshotId: first?.id });
  const next = { restorePointSnapshot: declared('snapshots', 'next') };
  expect(await settle(it, restoring(next), base(), base('next'))).toEqual([
    'machines/a:update done',
  ]);
});

test('a restore point without a live snapshot blocks its update, not the create of the machine', async () => {
  await using it = await bench();
  const report = await it.pass([restoring({ restorePointSnapshot: live('snapshots', 'none') })]);
  expect(report.actions.map(({ id, outcome, error }) => [id, outcome, error])).toEqual([
    ['machines/a:create', 'done', null],
    ['machines/a:update', 'blocked', 'there is no live snapshot "none"'],
  ]);
});
