import { expect, test } from 'vitest';
import { resolveSettings } from '../../src/desired/settings.ts';
import type { Report } from '../../src/model/report.ts';
import { startLoop } from '../../src/reconcile/loop.ts';
import { createRounds } from '../../src/reconcile/rounds.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { declared, want } from '../support/team.ts';

const resolved = resolveSettings(undefined, { HOLDFAST_MODE: 'enforce' }, {});
if (!resolved.ok) throw new Error('the settings are not valid');
const { settings } = resolved;

const day = 24 * 60 * 60_000;
const config = { apiVersion: 'v1', image: 'a:1', resources: { machineType: 'C5', ports: [80] } };
const resources = [
  want('projects', 'web', {}),
  want('deployments', 'api', { project: declared('projects', 'web'), config }),
];

/** The first reports of a daemon in which the schedule asks for a pass as soon as one has begun. */
async function reportsOf({ workspace }: Bench, count: number): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const enough = Promise.withResolvers<void>();
  const round = createRounds({
    workspace,
    config: () => Promise.resolve({ state: { resources, absent: [], revision: 'r' }, settings }),
    request: (trigger) => loop.request(trigger),
    wakeAt: () => undefined,
    onEnded: (report) => {
      reports.push(report);
      if (reports.length === count) enough.resolve();
      return Promise.resolve();
    },
  });
  await using loop = startLoop((trigger, signals) => {
    loop.request('schedule');
    return round(trigger, signals);
  });
  loop.request('start');
  await Promise.race([enough.promise, loop.finished]);
  return reports.slice(0, count);
}

test('what never comes to rest keeps the passes of the daemon waiting for half an hour, and then is pending', async () => {
  await using it = await bench({ simulator: { durations: { deployment: day } } });
  const [first, second] = await reportsOf(it, 2);
  expect(first && outcomesOf(first)).toEqual([
    'projects/web:create done',
    'deployments/api:create pending',
  ]);
  const waited = Date.parse(first?.finishedAt ?? '') - Date.parse(first?.startedAt ?? '');
  expect(Math.round(waited / 60_000)).toBe(30);
  expect(second?.trigger).toBe('schedule');
  expect(second && openOf(second)).toEqual(['pending deployments/api: being applied']);
});
