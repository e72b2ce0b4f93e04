import {
  copyFile,
  mkdir,
  readFile,
  readdir,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { StoreError, type Store } from '../../../src/model/store.ts';
import { sqliteBackend } from '../../../src/store/sqlite/backend.ts';
import { openSqlite } from '../../../src/store/sqlite/database.ts';
import { storeOver } from '../../../src/store/store.ts';
import { reportWith } from '../../support/reports.ts';
import { now, sentAt } from '../../support/team.ts';
import { binding, directory, open } from '../testStores.ts';

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
      () => store.suspend('machines/a', { at, by: 'ci', reason: 'r', until: null }),
      async () => void (await store.recordPass(reportWith({ pass: '01A' }), 3)),
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
    await using opened = database;
    const backend = sqliteBackend({ type: 'sqlite', path });
    const store = await storeOver({
      database: opened,
      workspace: 1,
      changeToken: () => backend.changeToken(opened),
    });
    const big = [{ address: 'machines/a', digests: { x: 'x'.repeat(50_000) } }] as const;
    await expect(store.saveDigests(big)).rejects.toThrow(/its disk is full.*make room there/);
    await store.recordIntent('machines/a', sentAt('2026-11-21T09:00:00Z'));
    expect((await store.memory(now)).digests.size).toBe(0);
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
