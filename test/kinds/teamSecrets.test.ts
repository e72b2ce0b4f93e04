import { expect, test } from 'vitest';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { openFindings, renamed, settle } from '../support/settle.ts';
import { want } from '../support/team.ts';

const env = (name: string) => ({ from: 'env', name }) as const;

const secret = (from: object, name = 'TOKEN') => want('teamSecrets', name, { value: from });
const values = (it: Bench) =>
  [...it.simulator.world.secrets].map(({ name, value }) => [name, value]);

test('a secret is written when its value changes, and the team is read once', async () => {
  await using it = await bench({ env: { A: 'val-1', B: 'val-2' } });
  const reports = [await it.pass([secret(env('A'))])];
  expect(outcomesOf(reports[0] as never)).toEqual(['teamSecrets/TOKEN:create done']);
  expect(await settle(it, secret(env('A')))).toEqual([]);
  reports.push(await it.pass([secret(env('B'))]));
  expect(outcomesOf(reports[1] as never)).toEqual(['teamSecrets/TOKEN:update done']);
  expect(await settle(it, secret(env('B')))).toEqual([]);
  expect(values(it)).toEqual([['TOKEN', 'val-2']]);
  expect(JSON.stringify(reports)).not.toMatch(/val-/);
  const sessions = it.simulator.requests.filter(({ path }) => path.endsWith('/auth/session'));
  expect(sessions).toHaveLength(1);
  const gone = await it.pass([], [['teamSecrets', 'TOKEN']]);
  expect(outcomesOf(gone)).toEqual(['teamSecrets/TOKEN:delete done']);
  expect(values(it)).toEqual([]);
});

test('a secret cannot be renamed, only replaced', async () => {
  await using it = await bench({ env: { A: 'val-1' } });
  await settle(it, secret(env('A')));
  const other = renamed(secret(env('A')), 'OTHER');
  await it.pass([other]);
  expect(await openFindings(it, other)).toEqual([
    'blocked teamSecrets/OTHER: name is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
  ]);
  const lifecycle = { ...other.lifecycle, onImmutableChange: 'replace' as const };
  expect(await settle(it, { ...other, lifecycle })).toEqual([
    'teamSecrets/OTHER:delete done',
    'teamSecrets/OTHER:create done',
  ]);
  expect(values(it)).toEqual([['OTHER', 'val-1']]);
});

test('a value that is too long blocks only its resource', async () => {
  await using it = await bench({ env: { A: 'a'.repeat(8192), LONG: 'l'.repeat(8193), B: 'b' } });
  const report = await it.pass([secret(env('LONG'), 'LONG'), secret(env('A'), 'A')]);
  expect(openOf(report)).toEqual([
    'blocked teamSecrets/LONG: value: it is longer than 8192 characters',
  ]);
  expect(outcomesOf(report)).toEqual([
    'teamSecrets/LONG:create blocked',
    'teamSecrets/A:create done',
  ]);
});

test('a team that cannot be read makes the list incomplete, and is read again in the next pass', async () => {
  await using it = await bench({ env: { A: 'val-1' } });
  it.simulator.fault({ path: '/auth/session', kind: 'null-body' });
  const report = await it.plan([secret(env('A'))]);
  expect(report.complete).toBe(false);
  expect(openOf(report)[0]).toContain('/auth/session');
  expect(outcomesOf(await it.pass([secret(env('A'))]))).toEqual(['teamSecrets/TOKEN:create done']);
});
