import { readdirSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What earlier versions left on the disk (CONTRIBUTING.md, "Fixtures of earlier versions"). */
const root = join(import.meta.dirname, '../fixtures/upgrade');

/** The names of the fixtures, oldest first: the newest migration of each. */
export const upgradeFixtures: readonly string[] = readdirSync(root).toSorted();

/** A row of a table. */
export type RawRow = Readonly<Record<string, string | number | null>>;

/** The contents of a store file by table. Tables of the migrator are left out. */
export function rawTables(path: string): ReadonlyMap<string, readonly RawRow[]> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database
      .prepare(`select name from sqlite_master where type = 'table' and name not like 'kysely%'`)
      .all()
      .map(({ name }) => String(name));
    return new Map(
      tables.map((table) => [
        table,
        database.prepare(`select * from "${table}"`).all() as unknown as readonly RawRow[],
      ]),
    );
  } finally {
    database.close();
  }
}

/** The columns of each table of a store file, with their types. */
export function columnsIn(path: string): Readonly<Record<string, readonly string[]>> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const columns = database
      .prepare(
        `select t.name as "table", c.name || ' ' || c.type as "column" from sqlite_master t
         join pragma_table_info(t.name) c where t.type = 'table' order by t.name, c.name`,
      )
      .all();
    return Object.fromEntries(
      [...Map.groupBy(columns, ({ table }) => String(table))].map(([table, rows]) => [
        table,
        rows.map(({ column }) => String(column)),
      ]),
    );
  } finally {
    database.close();
  }
}

/** The paths of a fixture that was copied to a directory. */
export interface UpgradeCopy {
  readonly store: string;
  /** The simulated team, for `startSimulator`. */
  readonly team: string;
  /** The ids of the passes whose reports are kept. */
  readonly reports: readonly string[];
}

/** Copies a fixture to an empty directory, as the version that made it left it: `config/`, and `.holdfast/`. */
export async function copyFixture(name: string, directory: string): Promise<UpgradeCopy> {
  const fixture = join(root, name);
  const kept = join(directory, '.holdfast/reports');
  await mkdir(kept, { recursive: true, mode: 0o700 });
  await cp(join(fixture, 'config'), join(directory, 'config'), { recursive: true });
  const team = join(directory, 'team.json');
  await writeFile(team, await readFile(join(fixture, 'team.json')), { mode: 0o600 });
  const reports = await readdir(join(fixture, 'reports'));
  for (const report of reports)
    await writeFile(join(kept, report), await readFile(join(fixture, 'reports', report)), {
      mode: 0o600,
    });
  const store = join(directory, '.holdfast/state.db');
  await writeFile(store, '', { mode: 0o600 });
  const database = new DatabaseSync(store);
  database.exec('pragma journal_mode = wal');
  database.exec(await readFile(join(fixture, 'store.sql'), 'utf8'));
  database.close();
  return { store, team, reports: reports.map((file) => file.replace(/\.json$/, '')) };
}
