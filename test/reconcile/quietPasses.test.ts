import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Desired } from '../../src/model/resource.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { createReportFiles } from '../../src/report/reportFiles.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { live, want, sentAt } from '../support/team.ts';

const machine = (name: string, over: object = {}) =>
  want('machines', name, {
    machineType: 'A4000',
    template: live('osTemplates', 'Ubuntu 22.04'),
    region: 'ny2',
    diskSize: 100,
    ...over,
  });

const team = [
  want('privateNetworks', 'research', { region: 'ny2' }),
  machine('a', { state: 'running' }),
  machine('b', { state: 'off', autoShutdownEnabled: true, autoShutdownTimeout: 8 }),
];

const minute = 60_000;

const later = async (it: Bench, desired: readonly Desired[]): Promise<Report> => {
  it.clock.advance(minute);
  return it.pass(desired);
};

/** Makes the team, and passes over it until two reports share what they say of it. */
async function quiet(it: Bench, desired: readonly Desired[]): Promise<readonly [Report, Report]> {
  for (let passes = 0; passes < 4; passes += 1) await later(it, desired);
  const reports = [await later(it, desired), await later(it, desired)] as const;
  expect(openOf(reports[1])).toEqual([]);
  expect(reports[1].resources).toBe(reports[0].resources);
  return reports;
}

const patch = (it: Bench, wanted: string, fields: object): void => {
  const { machines } = it.simulator.world;
  for (const { id, name } of machines) if (name === wanted) machines.patch(id, fields);
};

/** Because, what happens and what is declared then, what the next pass does. */
const changes: readonly (readonly [
  string,
  (it: Bench) => unknown,
  readonly Desired[],
  string[],
])[] = [
  [
    'a live field was changed',
    (it) => patch(it, 'b', { autoShutdownEnabled: false }),
    team,
    ['machines/b:update done'],
  ],
  [
    'a machine was turned on',
    (it) => patch(it, 'b', { state: 'ready' }),
    team,
    ['machines/b:stop done'],
  ],
  [
    'a machine is gone',
    (it) => it.simulator.world.machines.delete([...it.simulator.world.machines][0]?.id ?? ''),
    team,
    ['machines/a:create done'],
  ],
  [
    'the YAML says otherwise',
    () => undefined,
    [...team.slice(0, 2), machine('b', { state: 'off', autoShutdownEnabled: false })],
    ['machines/b:update done'],
  ],
];

test.each(changes)(
  'after quiet passes it is seen that %s',
  async (_because, change, then, outcomes) => {
    await using it = await bench();
    await quiet(it, team);
    await change(it);
    expect(outcomesOf(await later(it, then))).toEqual(outcomes);
  },
);

test('quiet passes ask for as much, and tell their own time', async () => {
  await using it = await bench();
  const [first, second] = await quiet(it, team);
  expect(first.api.requests).toBe(2);
  expect(second.api.requests).toBe(2);
  expect(second.pass).not.toBe(first.pass);
  expect(Date.parse(second.finishedAt) - Date.parse(first.finishedAt)).toBe(minute);
  expect(second.cost).toEqual(first.cost);
});

test('what changes and nobody declares is told as it was, and costs what it costs now', async () => {
  await using it = await bench();
  const stateless = [...team, machine('c')];
  const [first] = await quiet(it, stateless);
  patch(it, 'c', { state: 'off' });
  const second = await later(it, stateless);
  const statuses = ({ resources }: Report) =>
    resources.map(({ name, status, since }) => [name, status, since]);
  expect(statuses(second)).toEqual(statuses(first));
  expect(second.cost.hourly.managed).not.toBe(first.cost.hourly.managed);
  expect((await later(it, stateless)).cost).toEqual(second.cost);
});

test('since when something is so stays, until it is otherwise', async () => {
  await using it = await bench();
  const [first] = await quiet(it, team);
  const sinceOf = ({ resources }: Report) => resources.map(({ since }) => since);
  const found = await it.plan(team);
  expect(sinceOf(found)).toEqual(sinceOf(first));
  patch(it, 'b', { autoShutdownEnabled: false });
  it.clock.advance(minute);
  const drifted = await it.plan(team);
  const changed = drifted.resources.filter(({ status }) => status !== 'inSync');
  expect(changed).toMatchObject([{ name: 'b', since: drifted.finishedAt }]);
});

test('what the store has lost is recognised again', async () => {
  await using it = await bench();
  await quiet(it, team);
  await it.store.unbind(['machines/a', 'machines/b']);
  expect((await later(it, team)).actions).toEqual([]);
  const { bindings } = await it.store.memory(it.clock.now());
  expect([...bindings.keys()].toSorted()).toEqual(team.map(({ address }) => address).toSorted());
});

test('a timetable is noticed when its hour comes', async () => {
  await using it = await bench({ start: new Date('2026-11-20T18:00:00Z') });
  const timed = [machine('a', { state: { running: 'Mon-Fri 08:00-19:00' } })];
  for (let passes = 0; passes < 5; passes += 1) await later(it, timed);
  expect((await later(it, timed)).actions).toEqual([]);
  it.clock.advance(60 * minute);
  expect(outcomesOf(await later(it, timed))).toEqual(['machines/a:stop done']);
});

test('a create whose answer was lost is sent again when its time is over', async () => {
  await using it = await bench();
  await quiet(it, team);
  const more = [...team, machine('c')];
  await it.store.recordIntent('machines/c', sentAt(it.clock.now()));
  const waiting = [await it.pass(more), await it.pass(more), await it.pass(more)];
  expect(waiting.map(({ actions }) => actions)).toEqual([[], [], []]);
  expect(waiting[2]?.summary.pending).toBe(1);
  it.clock.advance(2 * minute + 1);
  expect(outcomesOf(await it.pass(more))).toEqual(['machines/c:create done']);
});

test('every report is kept whole: those that share their resources, and one that has others', async () => {
  await using it = await bench();
  await using directory = await mkdtempDisposable(join(tmpdir(), 'holdfast-'));
  const files = createReportFiles();
  const shared = await quiet(it, team);
  for (const report of [...shared, await later(it, team.slice(1))]) {
    await files.keep(report, { directory: directory.path, formats: ['json'], keep: 10 });
    const kept = await readFile(join(directory.path, `${report.pass}.json`), 'utf8');
    expect(kept).toBe(`${JSON.stringify(report)}\n`);
  }
});
