import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditEntry } from '../../src/model/audit.ts';
import type { Store } from '../../src/model/store.ts';
import { openStore } from '../../src/store/open.ts';
import { now, sentAt } from '../support/team.ts';
import { reportWith } from '../support/reports.ts';
import { binding, directory, open, onSqlite } from './testStores.ts';

describe('the memory', () => {
  test('survives the process', async () => {
    await using place = await directory();
    const path = join(place.path, 'deep', 'state.db');
    let digest = '';
    {
      await using store = await open(path);
      digest = store.digest('secret');
      await store.recordIntent('machines/a', sentAt('2026-11-21T09:00:00Z'));
      await store.bind([binding('machines/b', 'id-b')]);
      await store.saveDigests([{ address: 'machines/b', digests: { template: digest } }]);
    }
    await using store = await open(path);
    const memory = await store.memory(now);
    expect([...memory.intents]).toEqual([['machines/a', sentAt('2026-11-21T09:00:00Z')]]);
    expect(memory.bindings.get('machines/b')).toEqual({
      id: 'id-b',
      boundAt: '2026-11-21T09:00:00Z',
      created: true,
      protected: false,
    });
    expect(memory.digests.get('machines/b')?.['template']).toBe(store.digest('secret'));
    expect(store.digest('secret')).toBe(digest);
  });

  test('another store makes another digest of the same text', async () => {
    await using one = await open(':memory:');
    await using other = await open(':memory:');
    expect(one.digest('secret')).not.toBe(other.digest('secret'));
  });

  test('binding clears the intent, and the digests of another live resource', async () => {
    await using store = await open(':memory:');
    await store.recordIntent('machines/a', sentAt('2026-11-21T09:00:00Z'));
    await store.bind([binding('machines/a', '1')]);
    await store.saveDigests([{ address: 'machines/a', digests: { template: 'x' } }]);
    expect((await store.memory(now)).intents.size).toBe(0);
    await store.bind([binding('machines/a', '1')]);
    expect((await store.memory(now)).digests.size).toBe(1);
    await store.bind([binding('machines/a', '2')]);
    expect((await store.memory(now)).digests.size).toBe(0);
  });

  test('a deletion unbinds, and counts for a day', async () => {
    await using store = await open(':memory:');
    await store.bind([binding('machines/a', '1')]);
    await store.recordDeletion('machines/a', '2026-11-20T11:00:00.000Z');
    await store.removeResource('machines/a');
    await store.recordDeletion('machines/b', '2026-11-20T09:00:00.000Z');
    await store.recordDeletion('machines/c', '2026-11-21T09:00:00.000Z');
    await store.cancelDeletion('machines/c', '2026-11-21T09:00:00.000Z');
    const memory = await store.memory(now);
    expect(memory.bindings.size).toBe(0);
    expect(memory.deletions).toEqual(['2026-11-20T11:00:00.000Z']);
  });

  test.runIf(onSqlite)('is read again after another process has written', async () => {
    await using place = await directory();
    const path = join(place.path, 'state.db');
    await using first = await open(path);
    await using second = await open(path);
    expect((await first.memory(now)).bindings.size).toBe(0);
    await second.bind([binding('machines/a', '1')]);
    expect((await first.memory(now)).bindings.size).toBe(1);
  });
});

describe('a read of the memory during a write', () => {
  // Each row starts the write after that many steps of the read.
  test.each(Array.from({ length: 60 }, (_, steps) => steps))(
    'finds the state before or after it, and is not kept: %i steps later',
    async (steps) => {
      await using store = await open(':memory:');
      await store.recordIntent('machines/a', sentAt('2026-11-21T09:00:00Z'));
      const reading = store.memory(now);
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const writing = store.bind([binding('machines/a', '1')]);
      const { bindings, intents } = await reading;
      await writing;
      expect(bindings.size + intents.size).toBe(1);
      expect([...(await store.memory(now)).bindings.keys()]).toEqual(['machines/a']);
    },
  );
});

describe('history', () => {
  test('passes are read newest first, in pages, and old ones are deleted', async () => {
    await using store = await open(':memory:');
    for (const pass of ['01A', '01B', '01C', '01D'])
      await store.recordPass(reportWith({ pass }), 3);
    expect((await store.passes(2)).map(({ pass }) => pass)).toEqual(['01D', '01C']);
    expect((await store.passes(2, '01C')).map(({ pass }) => pass)).toEqual(['01B']);
  });

  test('a condition keeps its time as long as its status does not change', async () => {
    await using store = await open(':memory:');
    const found = (pass: string, status: 'missing' | 'inSync', since: string) =>
      reportWith({
        pass,
        resources: [
          {
            kind: 'machines',
            name: 'a',
            id: null,
            status,
            changes: [],
            unverifiable: [],
            reason: null,
            since,
            source: null,
          },
        ],
      });
    await store.recordPass(found('01A', 'missing', '2026-11-21T09:00:00Z'), 3);
    await store.recordPass(found('01B', 'missing', '2026-11-21T09:05:00Z'), 3);
    expect((await store.lastConditions())[0]).toMatchObject({ since: '2026-11-21T09:00:00Z' });
    await store.recordPass(found('01C', 'inSync', reportWith().finishedAt), 3);
    expect((await store.lastConditions())[0]).toMatchObject({
      status: 'inSync',
      since: reportWith().finishedAt,
    });
    await store.recordPass(reportWith({ pass: '01D' }), 3);
    expect(await store.lastConditions()).toEqual([]);
  });
});

test('resuming a resource deletes its failure records, and not those of a resource whose name begins the same', async () => {
  await using store = await open(':memory:');
  const failure = (address: `${string}/${string}`) => ({
    action: `${address}:create`,
    address,
    failures: 1,
    at: now.toISOString(),
    retryAt: null,
    fingerprint: 'f',
    error: 'no',
  });
  await store.recordOutcomes({
    failed: [failure('machines/a'), failure('machines/a:b')],
    done: [],
    writes: [],
    deeds: [],
    shortages: new Map(),
    available: [],
  });
  await store.resume('machines/a');
  expect([...(await store.memory(now)).failures.keys()]).toEqual(['machines/a:b:create']);
});

describe('a suspension', () => {
  const suspension = { at: '2026-11-21T09:00:00.000Z', by: 'ci', reason: 'a', until: null };

  test('keeps its beginning when it is renewed, and ends on resume', async () => {
    await using store = await open(':memory:');
    await store.suspend('*', suspension);
    const later = { at: '2026-11-21T09:30:00.000Z', by: 'ada', reason: null, until: null };
    await store.suspend('*', later);
    expect((await store.memory(now)).suspended.get('*')).toEqual({ ...later, at: suspension.at });
    await store.suspend('machines/a', suspension);
    await store.resume('*');
    expect([...(await store.memory(now)).suspended.keys()]).toEqual(['machines/a']);
  });

  test('ends by itself, without any write', async () => {
    await using store = await open(':memory:');
    const until = '2026-11-21T10:00:00.000Z';
    await store.suspend('*', { ...suspension, until });
    const inForceAt = async (time: string) => (await store.memory(new Date(time))).suspended.size;
    expect(await inForceAt('2026-11-21T09:59:59.999Z')).toBe(1);
    expect(await inForceAt(until)).toBe(0);
    const again = { ...suspension, at: '2026-11-21T11:00:00.000Z' };
    await store.suspend('*', again);
    expect((await store.memory(new Date(again.at))).suspended.get('*')).toEqual(again);
  });
});

describe('a wake', () => {
  const until = '2026-11-21T14:00:00.000Z';
  const wake = { at: now.toISOString(), by: 'ada', until };
  const entry = auditEntry({ at: now.toISOString(), actor: 'ada', event: 'wake' });
  const wakesAt = async (store: Store, time: string | Date) =>
    (await store.memory(new Date(time))).wakes;

  test('ends by itself, without any write', async () => {
    await using store = await open(':memory:');
    await store.wake('machines/a', wake, entry);
    expect(await wakesAt(store, now)).toEqual(new Map([['machines/a', wake]]));
    expect((await wakesAt(store, '2026-11-21T13:59:59.999Z')).size).toBe(1);
    expect((await wakesAt(store, until)).size).toBe(0);
  });

  test('is replaced by a later one, and ends when it is cancelled', async () => {
    await using store = await open(':memory:');
    await store.wake('machines/a', wake, entry);
    await store.wake('machines/b', wake, entry);
    const longer = { ...wake, by: 'eve', until: '2026-11-22T14:00:00.000Z' };
    await store.wake('machines/a', longer, entry);
    expect((await wakesAt(store, now)).get('machines/a')).toEqual(longer);
    await store.cancelWake('machines/a', entry);
    expect([...(await wakesAt(store, now)).keys()]).toEqual(['machines/b']);
    expect(await store.audit()).toHaveLength(4);
  });

  test('that has not ended keeps the memory as it is, so that plans are reused', async () => {
    await using store = await open(':memory:');
    await store.wake('machines/a', wake, entry);
    expect(await wakesAt(store, now)).toBe(await wakesAt(store, now));
  });
});

test('the durations are the means of the actions that were done, by kind and verb', async () => {
  await using store = await open(':memory:');
  const action = (address: `${string}/${string}`, took: number, outcome: 'done' | 'failed') => ({
    pass: '01A',
    address,
    action: `${address}:create`,
    verb: 'create' as const,
    outcome,
    error: null,
    changes: '',
    at: now.toISOString(),
    took,
  });
  await store.recordOutcomes({
    failed: [],
    done: [],
    writes: [],
    deeds: [
      action('machines/a', 10, 'done'),
      action('machines/b', 21, 'done'),
      action('machines/c', 900, 'failed'),
      action('projects/a', 7, 'done'),
    ],
    shortages: new Map(),
    available: [],
  });
  expect([...(await store.memory(now)).durations]).toEqual([
    ['machines:create', 16],
    ['projects:create', 7],
  ]);
});

test('an obligation survives the process, field by field, until it is cleared or the resource is gone', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  const at = now.toISOString();
  {
    await using store = await open(path);
    await store.bind([binding('machines/a', '1')]);
    await store.recordObligation('machines/a', {
      id: '1',
      at,
      fields: { state: { owed: 'running', temporary: 'off' }, autoShutdownTimeout: { owed: 4 } },
    });
  }
  await using store = await open(path);
  expect((await store.memory(now)).obligations.get('machines/a')).toEqual({
    id: '1',
    at,
    fields: { state: { owed: 'running', temporary: 'off' }, autoShutdownTimeout: { owed: 4 } },
  });
  await store.clearObligation('machines/a', ['state']);
  expect((await store.memory(now)).obligations.get('machines/a')?.fields).toEqual({
    autoShutdownTimeout: { owed: 4 },
  });
  await store.removeResource('machines/a');
  expect((await store.memory(now)).obligations.size).toBe(0);
});

test.runIf(onSqlite)('is written only under its own lock', async () => {
  await using place = await directory();
  const settings = { type: 'sqlite', path: join(place.path, 'state.db') } as const;
  const other = { store: join(place.path, 'other.db'), async [Symbol.asyncDispose]() {} };
  await expect(openStore(settings, other, 'default')).rejects.toThrow(
    /the lock of .*other\.db does not lock/,
  );
});
