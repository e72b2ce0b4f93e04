import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { StoreError, type Store } from '../../src/model/store.ts';
import { openSqlite } from '../../src/store/sqlite/database.ts';
import { openStore, readStore } from '../../src/store/open.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { sqliteBackend } from '../../src/store/sqlite/backend.ts';
import { storeOver } from '../../src/store/store.ts';
import { now, sentAt } from '../support/team.ts';
import { reportWith } from '../support/reports.ts';

/** A temporary directory, removed when disposed of. */
async function directory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const open = (path: string, readOnly = false) =>
  readOnly ? readStore({ type: 'sqlite', path }) : openTestStore(path);
const binding = (address: `${string}/${string}`, id: string) => ({
  address,
  id,
  boundAt: '2026-11-21T09:00:00Z',
  created: true,
  protected: false,
});

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

  test('is read again after another process has written', async () => {
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

describe('a power failure', () => {
  test('loses no returned write: the connection waits for the disk', async () => {
    await using place = await directory();
    const database = openSqlite(join(place.path, 'state.db'));
    const { rows: journal } = await sql`pragma journal_mode`.execute(database);
    const { rows: synchronous } = await sql`pragma synchronous`.execute(database);
    await database.destroy();
    expect([journal, synchronous]).toEqual([[{ journal_mode: 'wal' }], [{ synchronous: 2 }]]);
  });

  test('keeps all commits before it; a commit in progress is dropped', async () => {
    await using place = await directory();
    const path = join(place.path, 'state.db');
    await using store = await open(path);
    const at = '2026-11-21T09:00:00.000Z';
    const steps: readonly (() => Promise<void>)[] = [
      () => store.assertWritable('01A'),
      () => store.recordIntent('machines/a', sentAt(at)),
      () => store.bind([binding('machines/a', '1'), binding('machines/b', '2')]),
      () => store.saveDigests([{ address: 'machines/a', digests: { x: '1', y: '2' } }]),
      () => store.recordDeletion('machines/b', at),
      () => store.removeResource('machines/b'),
      () => store.suspend('machines/a', at),
      () => store.recordPass(reportWith({ pass: '01A' }), 3),
    ];
    const known = async (of: Store) => ({
      memory: await of.memory(now),
      passes: await of.passes(9),
    });
    /** Reads a copy of the present files without the last bytes of the log. */
    const found = async (name: string, missing: number) => {
      const copy = join(place.path, name, 'state.db');
      await mkdir(dirname(copy));
      for (const end of ['', '-wal']) await copyFile(path + end, copy + end);
      const { size } = await stat(`${copy}-wal`);
      await truncate(`${copy}-wal`, Math.max(0, size - missing));
      await using opened = await open(copy);
      return await known(opened);
    };
    for (const [i, step] of steps.entries()) {
      const before = await known(store);
      await step();
      expect(await found(`whole-${i}`, 0), `after step ${i}`).toEqual(await known(store));
      expect(await found(`torn-${i}`, 1), `in step ${i}`).toEqual(before);
    }
  });
});

describe('a store that cannot be used says what to do', () => {
  test('damaged', async () => {
    await using place = await directory();
    const path = join(place.path, 'state.db');
    await writeFile(path, 'this is no database, and long enough to be read as one'.repeat(100));
    await expect(open(path)).rejects.toThrow(StoreError);
    await expect(open(path)).rejects.toThrow(/damaged: restore it from a copy, or move it away/);
  });

  test.each([
    ['empty', () => new Uint8Array()],
    ['cut in half', (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
    ['cut within a page', (bytes: Uint8Array) => bytes.subarray(0, 5000)],
    ['overwritten in the middle', (bytes: Uint8Array) => bytes.fill(0x5a, 3 * 4096, 6 * 4096)],
    [
      'overwritten in a page that is not read at first',
      (bytes: Uint8Array) => bytes.fill(0x5a, bytes.length - 4096),
    ],
    ['overwritten at the start', (bytes: Uint8Array) => bytes.fill(0, 0, 100)],
    ['of zeros', (bytes: Uint8Array) => bytes.fill(0)],
  ])(
    '%s: reading and writing are refused, and the file is not changed',
    async (_because, damage) => {
      await using place = await directory();
      const path = join(place.path, 'state.db');
      {
        await using store = await open(path);
        const many = Array.from({ length: 500 }, (_, i) => binding(`machines/${i}`, `id-${i}`));
        await store.bind(many);
      }
      const bytes = Buffer.from(damage(await readFile(path)));
      await writeFile(path, bytes);
      for (const readOnly of [true, false]) {
        await expect(open(path, readOnly)).rejects.toThrow(StoreError);
        await expect(open(path, readOnly)).rejects.toThrow(/damaged: restore it from a copy/);
      }
      expect(await readFile(path)).toEqual(bytes);
    },
  );

  test('full', async () => {
    await using place = await directory();
    const path = join(place.path, 'state.db');
    await (await open(path))[Symbol.asyncDispose]();
    const database = openSqlite(path);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database);
    await sql`pragma max_page_count = ${sql.raw(String(rows[0]?.page_count))}`.execute(database);
    await using store = await storeOver(database, sqliteBackend({ type: 'sqlite', path }));
    const big = [{ address: 'machines/a', digests: { x: 'x'.repeat(50_000) } }] as const;
    await expect(store.saveDigests(big)).rejects.toThrow(/its disk is full.*make room there/);
    await store.recordIntent('machines/a', sentAt('2026-11-21T09:00:00Z'));
    expect((await store.memory(now)).digests.size).toBe(0);
  });

  test('written by a newer Holdfast', async () => {
    await using place = await directory();
    const path = join(place.path, 'state.db');
    await (await open(path))[Symbol.asyncDispose]();
    const raw = new DatabaseSync(path);
    raw.exec("insert into kysely_migration values ('999-later', '2030-01-01T00:00:00Z')");
    raw.close();
    await expect(open(path)).rejects.toThrow(/use the version of Holdfast that wrote it/);
  });

  test('in a path that is not a directory', async () => {
    await using place = await directory();
    await writeFile(join(place.path, 'file'), '');
    await expect(open(join(place.path, 'file', 'state.db'))).rejects.toThrow(StoreError);
  });
});

test('opening read-only creates no file', async () => {
  await using place = await directory();
  await using store = await open(join(place.path, 'state.db'), true);
  expect((await store.memory(now)).bindings.size).toBe(0);
  expect(await readdir(place.path)).toEqual([]);
});

test('a new store appears complete or not at all, and ignores the log of a store that was moved away', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  await writeFile(`${path}.new`, 'what a crash left');
  {
    await using movedStore = await open(join(place.path, 'other.db'));
    await movedStore.bind([binding('machines/a', '1')]);
    await copyFile(join(place.path, 'other.db-wal'), `${path}-wal`);
  }
  await rm(join(place.path, 'other.db'));
  await using store = await open(path);
  expect((await store.memory(now)).bindings.size).toBe(0);
  expect((await readdir(place.path)).toSorted()).toEqual([
    'state.db',
    'state.db-shm',
    'state.db-wal',
  ]);
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

test('an older store is read in the present schema, and its file is not changed', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  const database = openSqlite(path);
  await migrate(database, sqliteBackend({ type: 'sqlite', path }), '002-guard');
  await sql`insert into bindings values ('machines/a', 'id-a', '2026-11-21T09:00:00Z', 1, 0)`.execute(
    database,
  );
  await sql`insert into intents values ('machines/b', '2026-11-21T09:00:00Z')`.execute(database);
  await database.destroy();
  const before = await readFile(path);
  {
    await using store = await open(path, true);
    const { bindings, intents } = await store.memory(now);
    expect(bindings.get('machines/a')).toMatchObject({ id: 'id-a', created: true });
    expect(intents.get('machines/b')?.until).toBe('2026-11-21T09:00:00Z');
  }
  expect(await readFile(path)).toEqual(before);
  await using store = await open(path);
  expect((await store.memory(now)).intents.get('machines/b')?.until).toBe('2026-11-21T09:00:00Z');
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

test('is written only under its own lock', async () => {
  await using place = await directory();
  const settings = { type: 'sqlite', path: join(place.path, 'state.db') } as const;
  const other = { store: join(place.path, 'other.db'), async [Symbol.asyncDispose]() {} };
  await expect(openStore(settings, other)).rejects.toThrow(/the lock of .*other\.db does not lock/);
});
