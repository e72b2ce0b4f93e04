import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { HeldError } from '../../src/model/lease.ts';
import { StoreError } from '../../src/model/store.ts';
import { openStores } from '../../src/store/open.ts';
import { everything } from '../../src/model/pass/suspension.ts';
import { testLock } from '../support/openTestStore.ts';
import { now, sentAt } from '../support/team.ts';
import { virtualClock } from '../support/virtualClock.ts';
import { binding } from '../store/testStores.ts';
import { newDatabase, openAt, query, server } from './support.ts';

const intent = sentAt('2026-11-21T09:00:00Z');

/** Ends the leases in the database, as time does after their holder has died. */
const expire = (url: string) =>
  query(url, "update leases set expires_at = clock_timestamp() - interval '1 s'");

describe.runIf(server)('a lease', () => {
  test('is that of one process, until it hands it over', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    {
      await using store = await one.of('ml');
      await store.recordIntent('machines/a', intent);
      await expect(other.of('ml')).rejects.toThrow(HeldError);
      await expect(other.of('ml')).rejects.toThrow(/^process \d+ on .* writes to this workspace$/);
      await using second = await other.of('research');
      await second.recordIntent('machines/a', intent);
      expect(await other.replicas?.holderOf('ml')).toMatchObject({ isOwn: false });
    }
    expect(await other.replicas?.holderOf('ml')).toBeUndefined();
    await using store = await other.of('ml');
    expect((await store.memory(now)).intents.size).toBe(1);
    expect(store.lease.sinceTakeOver()).toBeUndefined();
  });

  test('of many workspaces is taken once, whatever the number of processes that want it', async () => {
    const url = await newDatabase();
    const names = Array.from({ length: 40 }, (_, n) => `w${n}`);
    const processes = await Promise.all(Array.from({ length: 5 }, () => openAt(url)));
    const stop = new AbortController();
    const taken = processes.map((stores) =>
      names.map((name) =>
        stores.whenFree(name, stop.signal).then(
          (store) => store,
          () => undefined,
        ),
      ),
    );
    const firsts = await Promise.all(
      names.map((_, n) => Promise.race(taken.flatMap((row) => row[n] ?? []))),
    );
    expect(firsts.every((store) => store?.lease.isHeld())).toBe(true);
    stop.abort(new Error('enough'));
    const all = (await Promise.all(taken.flat())).filter((store) => store !== undefined);
    expect(all).toHaveLength(names.length);
    const rows = await query<{ epoch: number }>(url, 'select epoch from leases');
    expect(rows.map(({ epoch }) => epoch)).toEqual(names.map(() => 1));
  });

  test('that has run out is taken by another, and its holder can write nothing more', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    const zombie = await one.of('ml');
    await zombie.recordIntent('machines/a', intent);
    await expire(url);
    await using store = await other.of('ml');
    expect(store.lease.sinceTakeOver()).toBeGreaterThan(0);
    const refused = /its lease has ended/;
    await expect(zombie.recordIntent('machines/b', intent)).rejects.toThrow(refused);
    await expect(
      zombie.recordObligation('machines/b', { id: '1', at: intent.at, fields: { a: { owed: 1 } } }),
    ).rejects.toThrow(refused);
    await expect(zombie.recordDeletion('machines/b', intent.at)).rejects.toThrow(refused);
    await expect(zombie.bind([binding('machines/b', '1')])).rejects.toThrow(refused);
    await expect(zombie.assertWritable('01A')).rejects.toThrow(refused);
    await expect(zombie.removeMessage('sink', 'id')).rejects.toThrow(refused);
    await expect(zombie.clearIntent('machines/a')).rejects.toThrow(StoreError);
    await store.recordIntent('machines/c', intent);
    expect([...(await store.memory(now)).intents.keys()]).toEqual(['machines/a', 'machines/c']);
  });

  test('cannot be taken while a transaction of its holder is open', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    await one.of('ml');
    await expire(url);
    const client = new Client(url);
    await client.connect();
    await client.query('begin');
    await client.query('select 1 from leases for update');
    await expect(other.of('ml')).rejects.toThrow(HeldError);
    await client.query('rollback');
    await client.end();
    await using taken = await other.of('ml');
    expect(taken.lease.isHeld()).toBe(true);
  });

  test('ends at its deadline by the clock of this machine, and is renewed before', async () => {
    const url = await newDatabase();
    const clock = virtualClock();
    const settings = { type: 'postgres', url } as const;
    const stores = await openStores(settings, await testLock(settings), clock);
    const { lease } = await stores.of('ml');
    const expiry = async () =>
      (await query<{ at: Date }>(url, 'select expires_at as at from leases'))[0]?.at.getTime() ?? 0;
    const first = await expiry();
    clock.advance(4500);
    await expect.poll(expiry).toBeGreaterThan(first);
    await expire(url);
    clock.advance(9000);
    expect(lease.isHeld()).toBe(true);
    expect(lease.ended.aborted).toBe(false);
    clock.advance(1500);
    expect(lease.isHeld()).toBe(false);
    await expect.poll(() => lease.ended.aborted).toBe(true);
    await stores[Symbol.asyncDispose]();
  });

  test('is renewed although all other connections are in use', async () => {
    const url = await newDatabase();
    const clock = virtualClock();
    const stores = await openAt(url, clock);
    await stores.of('ml');
    const others = await Promise.all(Array.from({ length: 30 }, (_, n) => stores.of(`other${n}`)));
    const expiry = async () =>
      (
        await query<{ at: Date }>(
          url,
          "select expires_at as at from leases join workspaces on id = workspace where name = 'ml'",
        )
      )[0]?.at.getTime() ?? 0;
    const first = await expiry();
    const client = new Client(url);
    await client.connect();
    await client.query('begin');
    await client.query('lock table intents');
    const writes = others.map((store) => store.recordIntent('machines/a', intent));
    clock.advance(4500);
    await expect.poll(expiry, { timeout: 8000 }).toBeGreaterThan(first);
    await client.query('rollback');
    await client.end();
    await Promise.all(writes);
  });

  test('is renewed although its rows are being written', async () => {
    const url = await newDatabase();
    const clock = virtualClock();
    const stores = await openAt(url, clock);
    await stores.of('ml');
    const expiry = async () =>
      (await query<{ at: Date }>(url, 'select expires_at as at from leases'))[0]?.at.getTime() ?? 0;
    const first = await expiry();
    const client = new Client(url);
    await client.connect();
    await client.query('begin');
    await client.query('select 1 from leases for update');
    clock.advance(4500);
    const waits =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await expect.poll(() => query(url, waits)).toHaveLength(1);
    await client.query('rollback');
    await client.end();
    await expect.poll(expiry).toBeGreaterThan(first);
  });

  test('is renewed although another workspace of the process cannot be', async () => {
    const url = await newDatabase();
    const clock = virtualClock();
    const stores = await openAt(url, clock);
    const [ml, research] = [await stores.of('ml'), await stores.of('research')];
    const client = new Client(url);
    await client.connect();
    await client.query('begin');
    await client.query(
      "select 1 from leases join workspaces on id = workspace where name = 'ml' for update of leases",
    );
    clock.advance(4500);
    const waits =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await expect.poll(() => query(url, waits)).toHaveLength(1);
    await expect.poll(() => query(url, waits)).toHaveLength(0);
    await client.end();
    // What the keeper does with the answer follows it.
    await expect.poll(() => (clock.advance(1), clock.sleeps.length)).toBeGreaterThan(3);
    clock.advance(5900);
    expect([ml.lease.isHeld(), research.lease.isHeld()]).toEqual([false, true]);
  });

  test('of another timeline is void: the database has failed over, and may have lost commits', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    const store = await one.of('ml');
    await query(url, "update leases set timeline = '000000FF'");
    await expect(store.recordIntent('machines/a', intent)).rejects.toThrow(/its lease has ended/);
    await query(url, 'update leases set holder = null, expires_at = null');
    await using taken = await other.of('ml');
    expect(taken.lease.sinceTakeOver()).toBeGreaterThan(0);
  });
});

describe.runIf(server)('a database that a newer version has migrated', () => {
  test('is not written any more by a process that has it open', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    const store = await one.of('ml');
    await query(url, "insert into kysely_migration values ('999-later', '2030-01-01T00:00:00Z')");
    await expect(store.recordIntent('machines/a', intent)).rejects.toThrow(
      /a newer version has migrated it/,
    );
    await expect(other.of('research')).rejects.toThrow(HeldError);
    await expect(openAt(url)).rejects.toThrow(/use the version of Holdfast that wrote it/);
  });
});

describe.runIf(server)('what a person changes while another process has the lease', () => {
  test('is seen by the holder, which is asked for a pass', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    await using store = await one.of('ml');
    const asked = Promise.withResolvers<void>();
    store.lease.onWanted(asked.resolve);
    expect((await store.memory(now)).suspended.size).toBe(0);
    expect(await store.memory(now)).toMatchObject({ intents: (await store.memory(now)).intents });
    await using visit = await other.visit('ml');
    await visit.suspend(everything, {
      at: now.toISOString(),
      by: 'ada',
      reason: null,
      until: null,
    });
    expect((await store.memory(now)).suspended.size).toBe(1);
    await asked.promise;
    await store.recordIntent('machines/a', intent);
    expect((await visit.memory(now)).intents.size).toBe(1);
    expect(visit.digest('x')).toBe(store.digest('x'));
  });
});

describe.runIf(server)('several processes', () => {
  test('share the workspaces, and again when one comes or goes', async () => {
    const url = await newDatabase();
    const names = Array.from({ length: 10 }, (_, n) => `w${n}`);
    /** Runs a process that takes what it gets, and hands over what it is asked for. Resolves to how to stop it. */
    const start = async () => {
      const stores = await openAt(url);
      const stop = new AbortController();
      const held = new Set<string>();
      const keep = async (name: string): Promise<void> => {
        while (!stop.signal.aborted) {
          const store = await stores.whenFree(name, stop.signal).catch(() => undefined);
          if (!store) return;
          held.add(name);
          const ends = Promise.withResolvers<void>();
          for (const signal of [store.lease.recalled, stop.signal])
            signal.addEventListener('abort', () => ends.resolve(), { once: true });
          if (!store.lease.recalled.aborted && !stop.signal.aborted) await ends.promise;
          held.delete(name);
          await store[Symbol.asyncDispose]();
        }
      };
      const running = Promise.all(names.map(keep));
      return {
        held,
        async stop() {
          stop.abort();
          await running;
          await stores[Symbol.asyncDispose]();
        },
      };
    };
    const one = await start();
    await expect.poll(() => one.held.size).toBe(10);
    const [two, three] = [await start(), await start()];
    const all = [one, two, three];
    const sizes = () => all.map(({ held }) => held.size).toSorted((a, b) => a - b);
    await expect.poll(sizes).toEqual([2, 4, 4]);
    expect(new Set(all.flatMap(({ held }) => [...held])).size).toBe(10);
    await one.stop();
    await expect.poll(sizes).toEqual([0, 5, 5]);
    await Promise.all([two.stop(), three.stop()]);
    expect(await query(url, 'select 1 from replicas')).toEqual([]);
  });

  test('create one store, and the workspaces in it once', async () => {
    const url = await newDatabase();
    const all = await Promise.all(Array.from({ length: 5 }, () => openAt(url)));
    const visits = await Promise.all(all.map((stores) => stores.visit('ml')));
    expect(new Set(visits.map((visit) => visit.digest('x'))).size).toBe(1);
  });

  test('never give one team to two workspaces', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    for (let round = 0; round < 10; round += 1) {
      const team = { id: `t${round}`, namespace: 'ml' };
      const stores = [await one.of(`a${round}`), await other.of(`b${round}`)];
      const claims = await Promise.allSettled(stores.map((store) => store.claimTeam(team, false)));
      const teams = await Promise.all(stores.map(async (store) => (await store.memory(now)).team));
      const given = teams.filter((found) => found !== undefined);
      expect(given.length).toBeLessThan(2);
      expect(given).toHaveLength(claims.filter(({ status }) => status === 'fulfilled').length);
    }
  });

  test('claim the teams of many workspaces at once, without getting in each other’s way', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    const stores = await Promise.all(
      Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? one : other).of(`w${n}`)),
    );
    await Promise.all(
      stores.map((store, n) => store.claimTeam({ id: `t${n}`, namespace: 'ml' }, false)),
    );
  });

  test('take the lease of a team that is moved to another workspace from its cache', async () => {
    const url = await newDatabase();
    const [one, other] = [await openAt(url), await openAt(url)];
    await using a = await one.of('a');
    await using b = await other.of('b');
    const team = { id: 't', namespace: 'ml' };
    await a.claimTeam(team, false);
    expect((await a.memory(now)).team).toEqual(team);
    await b.claimTeam(team, true);
    expect((await a.memory(now)).team).toBeUndefined();
  });
});
