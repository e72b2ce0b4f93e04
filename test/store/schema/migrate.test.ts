import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrate } from '../../../src/store/schema/migrate.ts';
import { sqliteBackend } from '../../../src/store/sqlite/backend.ts';
import { openSqlite } from '../../../src/store/sqlite/database.ts';
import { now } from '../../support/team.ts';
import { directory, open } from '../testStores.ts';

test('an older store is read in the present schema, and its file is not changed', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  const database = openSqlite(path);
  await migrate(database, sqliteBackend({ type: 'sqlite', path }), '002-guard');
  await sql`insert into bindings values ('machines/a', 'id-a', '2026-11-21T09:00:00Z', 1, 0)`.execute(
    database,
  );
  await sql`insert into intents values ('machines/b', '2026-11-21T09:00:00Z')`.execute(database);
  await sql`insert into suspensions values ('machines/a', '2026-11-21T09:00:00Z')`.execute(
    database,
  );
  await database.destroy();
  const before = await readFile(path);
  {
    await using store = await open(path, true);
    const { bindings, intents, suspended } = await store.memory(now);
    expect(suspended.get('machines/a')).toEqual({
      at: '2026-11-21T09:00:00Z',
      by: null,
      reason: null,
      until: null,
    });
    expect(bindings.get('machines/a')).toMatchObject({ id: 'id-a', created: true });
    expect(intents.get('machines/b')?.until).toBe('2026-11-21T09:00:00Z');
  }
  expect(await readFile(path)).toEqual(before);
  await using store = await open(path);
  expect((await store.memory(now)).intents.get('machines/b')?.until).toBe('2026-11-21T09:00:00Z');
});

test('a store that a newer Holdfast wrote is refused, and says what to do', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  await (await open(path))[Symbol.asyncDispose]();
  const database = openSqlite(path);
  await sql`insert into kysely_migration values ('999-later', '2030-01-01T00:00:00Z')`.execute(
    database,
  );
  await database.destroy();
  for (const readOnly of [false, true])
    await expect(open(path, readOnly)).rejects.toThrow(/use the version of Holdfast that wrote it/);
});
