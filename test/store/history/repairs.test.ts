import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../src/store/schema/migrate.ts';
import { sqliteBackend } from '../../../src/store/sqlite/backend.ts';
import { openSqlite } from '../../../src/store/sqlite/database.ts';
import { directory, open, onSqlite } from '../testStores.ts';
import { at, hour, recordPasses, type Pass } from './recordPasses.ts';

const a = 'machines/a';
const b = 'projects/b';

describe('the time to repair', () => {
  test.each<{ name: string; because: string; passes: readonly Pass[]; repairs: string[][] }>([
    {
      name: 'drift that ends',
      because: 'it counts from the pass that found it to the pass that no longer does',
      passes: [
        { minute: 0, found: { [a]: 'inSync' } },
        { minute: 5, found: { [a]: 'drifted' } },
        { minute: 10, found: { [a]: 'drifted' } },
        { minute: 15, found: { [a]: 'inSync' } },
        { minute: 20, found: { [a]: 'inSync' } },
      ],
      repairs: [[], [], [], ['machines/a 600'], []],
    },
    {
      name: 'several statuses',
      because: 'they are one repair, from the first to the last',
      passes: [
        { minute: 0, found: { [a]: 'drifted' } },
        { minute: 1, found: { [a]: 'failed' } },
        { minute: 2, found: { [a]: 'pending' } },
        { minute: 3, found: { [a]: 'inSync' } },
      ],
      repairs: [[], [], [], ['machines/a 180']],
    },
    {
      name: 'a resource that is left alone',
      because: 'it needs no attention any more',
      passes: [
        { minute: 0, found: { [a]: 'drifted' } },
        { minute: 1, found: { [a]: 'unmanaged' } },
        { minute: 2, found: { [a]: 'inSync' } },
      ],
      repairs: [[], ['machines/a 60'], []],
    },
    {
      name: 'a resource that is gone',
      because: 'a complete pass that no longer reports it ends it',
      passes: [
        { minute: 0, found: { [a]: 'drifted', [b]: 'inSync' } },
        { minute: 1, found: { [b]: 'inSync' } },
      ],
      repairs: [[], ['machines/a 60']],
    },
    {
      name: 'drift that a pass finds and mends',
      because: 'it counts from the start of that pass to its end',
      passes: [
        { minute: 0, found: { [a]: 'inSync' } },
        { minute: 5, found: { [a]: 'inSync' }, done: [a] },
        { minute: 6, found: { [a]: 'inSync' } },
      ],
      repairs: [[], ['machines/a 2'], []],
    },
    {
      name: 'open drift that a pass mends',
      because: 'it is one repair, not two',
      passes: [
        { minute: 0, found: { [a]: 'drifted' } },
        { minute: 5, found: { [a]: 'inSync' }, done: [a] },
      ],
      repairs: [[], ['machines/a 300']],
    },
    {
      name: 'an action that leaves drift',
      because: 'the resource is not in sync',
      passes: [
        { minute: 0, found: { [a]: 'inSync' } },
        { minute: 5, found: { [a]: 'drifted' }, done: [a] },
      ],
      repairs: [[], []],
    },
    {
      name: 'in sync in a partial list',
      because: 'the next complete pass decides, and counts from the beginning of the drift',
      passes: [
        { minute: 0, found: { [a]: 'drifted' } },
        { minute: 1, found: { [a]: 'inSync' }, unlisted: ['machines'], done: [a] },
        { minute: 2, found: { [a]: 'inSync' }, unlisted: ['machines'] },
        { minute: 3, found: { [a]: 'inSync' } },
        { minute: 4, found: { [a]: 'inSync' } },
      ],
      repairs: [[], [], [], ['machines/a 180'], []],
    },
    {
      name: 'mended while its kind is in a partial list',
      because: 'an incomplete pass records no repair of a kind that it could not list',
      passes: [
        { minute: 0, found: { [a]: 'inSync' } },
        { minute: 1, found: { [a]: 'inSync' }, unlisted: ['machines'], done: [a] },
      ],
      repairs: [[], []],
    },
    {
      name: 'drift again after a partial list',
      because: 'it did not end in between',
      passes: [
        { minute: 0, found: { [a]: 'drifted' } },
        { minute: 1, found: { [a]: 'inSync' }, unlisted: ['machines'] },
        { minute: 2, found: { [a]: 'drifted' } },
        { minute: 3, found: { [a]: 'inSync' } },
      ],
      repairs: [[], [], [], ['machines/a 180']],
    },
    {
      name: 'not in a partial list',
      because: 'the resource may be in the rest of the list',
      passes: [
        { minute: 0, found: { [a]: 'drifted', [b]: 'inSync' } },
        { minute: 1, found: { [b]: 'inSync' }, unlisted: ['machines'] },
        { minute: 2, found: { [a]: 'drifted', [b]: 'inSync' } },
        { minute: 3, found: { [a]: 'inSync', [b]: 'inSync' } },
      ],
      repairs: [[], [], [], ['machines/a 180']],
    },
    {
      name: 'another kind in a partial list',
      because: 'the lists of this kind are complete',
      passes: [
        { minute: 0, found: { [a]: 'drifted', [b]: 'drifted' } },
        { minute: 1, found: { [a]: 'drifted', [b]: 'inSync' }, unlisted: ['machines'] },
      ],
      repairs: [[], ['projects/b 60']],
    },
    {
      name: 'blocked by a partial list',
      because: 'an incomplete pass opens nothing, so nothing ends when its list is complete again',
      passes: [
        { minute: 0, found: { [a]: 'inSync' } },
        { minute: 1, found: { [a]: 'blocked' }, unlisted: ['machines'] },
        { minute: 2, found: { [a]: 'inSync' } },
      ],
      repairs: [[], [], []],
    },
    {
      name: 'drift that an incomplete pass finds, and a complete one confirms',
      because: 'it began when it was found',
      passes: [
        { minute: 0, found: { [a]: 'inSync' } },
        { minute: 1, found: { [a]: 'drifted' }, unlisted: ['projects'] },
        { minute: 2, found: { [a]: 'drifted' } },
        { minute: 3, found: { [a]: 'inSync' } },
      ],
      repairs: [[], [], [], ['machines/a 120']],
    },
  ])('$name: $because', async ({ passes, repairs }) => {
    await using store = await open(':memory:');
    expect(await recordPasses(store, passes)).toEqual(repairs);
    const trends = await store.trends(at(-hour));
    const total = trends.reduce((sum, { repaired }) => sum + repaired, 0);
    expect(total).toBe(repairs.flat().length);
  });

  test('survives a restart', async () => {
    await using place = await directory();
    const path = join(place.path, 'state.db');
    {
      await using store = await open(path);
      await recordPasses(store, [{ minute: 0, found: { [a]: 'drifted' } }]);
    }
    await using store = await open(path);
    expect(await recordPasses(store, [{ minute: 3, found: { [a]: 'inSync' } }])).toEqual([
      ['machines/a 180'],
    ]);
  });

  test.runIf(onSqlite)(
    'of a store of an older Holdfast counts from the status that is stored',
    async () => {
      await using place = await directory();
      const path = join(place.path, 'state.db');
      const database = openSqlite(path);
      await migrate(database, sqliteBackend({ type: 'sqlite', path }), '006-audit');
      for (const [address, status] of [
        [a, 'drifted'],
        [b, 'orphaned'],
      ])
        await sql`insert into conditions values (${address}, ${status}, ${at(0)}, null)`.execute(
          database,
        );
      await database.destroy();
      await using store = await open(path);
      expect(
        (await store.lastConditions()).map(({ address, openSince }) => [address, openSince]),
      ).toEqual([
        [a, at(0)],
        [b, null],
      ]);
      expect(
        await recordPasses(store, [{ minute: 2, found: { [a]: 'inSync', [b]: 'inSync' } }]),
      ).toEqual([['machines/a 120']]);
    },
  );
});
