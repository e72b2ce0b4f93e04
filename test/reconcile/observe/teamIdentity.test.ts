import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TeamError } from '../../../src/model/team.ts';
import { bench, openOf, outcomesOf, type Bench } from '../../support/passes.ts';
import { want } from '../../support/team.ts';

const network = want('privateNetworks', 'n', { region: 'ny2' });
const other = want('privateNetworks', 'other', { region: 'ny2' });

const sessions = (it: Bench): number =>
  it.simulator.requests.filter(({ path }) => path.endsWith('/auth/session')).length;

test('the first write records the team of the key, and a pass in sync never requests it', async () => {
  await using it = await bench();
  await it.pass([]);
  expect(sessions(it)).toBe(0);
  expect((await it.store.memory(it.clock.now())).team).toBeUndefined();
  await it.pass([network]);
  const { id, namespace } = it.simulator.world.team;
  expect((await it.store.memory(it.clock.now())).team).toEqual({ id, namespace });
  await it.pass([network]);
  await it.pass([network, other]);
  expect(sessions(it)).toBe(1);
});

/** A time at which lists must show whatever was created before. */
const later = new Date('2026-11-21T12:00:00Z');

/** A store after one pass over a team, and the name of that team. */
async function storeOfTeam(path: string): Promise<string> {
  await using it = await bench({ store: path });
  await it.pass([network]);
  return it.simulator.world.team.namespace;
}

describe('with the key of another team', () => {
  test.each(['plan', 'pass'] as const)(
    'a %s that would write ends with an error that names both teams, and writes nothing',
    async (command) => {
      await using place = await mkdtempDisposable(join(tmpdir(), 'holdfast-team-'));
      const path = join(place.path, 'state.db');
      const namespace = await storeOfTeam(path);
      await using it = await bench({ store: path, start: later });
      Object.assign(it.simulator.world.team, { id: 'tother', namespace: 'other-team' });
      const memory = await it.store.memory(it.clock.now());
      const asked = it[command]([network]);
      await expect(asked).rejects.toThrow(TeamError);
      await expect(asked).rejects.toThrow(
        `acts for team other-team (tother), and this store belongs to team ${namespace} (`,
      );
      expect(it.writes()).toEqual([]);
      expect(await it.store.memory(it.clock.now())).toEqual(memory);
    },
  );

  test('resources with the same names there are not bound either', async () => {
    await using place = await mkdtempDisposable(join(tmpdir(), 'holdfast-team-'));
    const path = join(place.path, 'state.db');
    await storeOfTeam(path);
    await using it = await bench({ store: path, start: later });
    Object.assign(it.simulator.world.team, { id: 'tother', namespace: 'other-team' });
    for (const name of ['first', 'n'])
      await it.api.post('/private-networks', { name, region: 'ny2' });
    await expect(it.pass([network])).rejects.toThrow(TeamError);
  });

  test('the store accepts it if the operator confirms the change', async () => {
    await using place = await mkdtempDisposable(join(tmpdir(), 'holdfast-team-'));
    const path = join(place.path, 'state.db');
    await storeOfTeam(path);
    await using it = await bench({ store: path, start: later });
    Object.assign(it.simulator.world.team, { id: 'tother', namespace: 'other-team' });
    Object.assign(it.workspace, { acceptTeam: true });
    expect(outcomesOf(await it.pass([network]))).toEqual(['privateNetworks/n:create done']);
    Object.assign(it.workspace, { acceptTeam: false });
    expect(openOf(await it.pass([network]))).toEqual([]);
    expect((await it.store.memory(it.clock.now())).team?.id).toBe('tother');
  });
});

test('a team that cannot be read blocks all actions with the reason', async () => {
  await using it = await bench({ retries: 0 });
  it.simulator.fault({ path: '/auth/session', kind: { status: 503 }, times: 99 });
  expect(openOf(await it.pass([network]))).toEqual([
    'blocked privateNetworks/n: the team of the API key could not be read: GET /auth/session answered 503 INTERNAL_SERVER_ERROR: Fault 503',
  ]);
  expect(it.writes()).toEqual([]);
});
