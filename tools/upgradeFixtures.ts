// Makes test/fixtures/upgrade: what earlier versions leave on the disk, made by running them. For each version, checks
// its commit out below the directory of temporary files, installs its packages, and runs upgradeScenario.ts with it.
//
//     npm run upgrade-fixtures               # all that are missing
//     npm run upgrade-fixtures -- 010-costs  # this one anew

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { runScenario } from './upgradeScenario.ts';

/** A commit whose store ends with each migration, by the migration. Two came with the same commit. */
const versions: Readonly<Record<string, string>> = {
  '001-first': '4bb52a07cea4f2bef8a6576785349fa3ee85b893',
  '002-guard': '2c70f7f63ee19e92e4d3dacc5f06142371098986',
  '003-obligations': 'e885d47b27e803fee10cf66c7e05551211e6b2d0',
  '004-notifications': '37f6ad3fa48185a327f868d38e6ba04132c310bf',
  '006-audit': 'd7fdc5458688e35c51b442e8834eadc4f9a429cb',
  '007-trends': 'c4c49554b12921585341245559e7f4aa33f77a9c',
  '008-prices': '1e50653bb80be6c26ae9e9c35163bd2c6b2abbde',
  '009-wakes': 'b7324112122c14875e683f1a1510f2f60452f626',
  '010-costs': '4a98ed00bb4c1b84200c00c0dff34fe51fd66f45',
  '012-workspaces': '867895724aa6b98280e4a843d7f2307e3c1bf35c',
};

const root = join(import.meta.dirname, '..');
const fixtures = join(root, 'test/fixtures/upgrade');
const run = promisify(execFile);
const git = (...args: readonly string[]) => run('git', ['-C', root, ...args]);

const requested = process.argv.slice(2);
const unknown = requested.find((name) => !(name in versions));
if (unknown !== undefined)
  throw new Error(`${unknown}: write some of ${Object.keys(versions).join(', ')}`);
for (const [name, commit] of Object.entries(versions))
  if (requested.length > 0 ? requested.includes(name) : !existsSync(join(fixtures, name)))
    await makeFixture(name, commit);

async function makeFixture(name: string, commit: string): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'holdfast-upgrade-'));
  const tree = join(place, 'tree');
  await git('worktree', 'add', '--detach', tree, commit);
  try {
    await run('npm', ['ci'], { cwd: tree, maxBuffer: 64 * 1024 * 1024 });
    const directory = join(place, 'run');
    await mkdir(directory);
    await runScenario({ tree, schema: Number(name.slice(0, 3)) }, directory);
    await keep(directory, join(fixtures, name));
  } finally {
    await git('worktree', 'remove', '--force', tree);
    await rm(place, { recursive: true, force: true });
  }
}

/** Copies what the scenario left: the store as SQL, the newest report, the config, and the simulated team. */
async function keep(directory: string, fixture: string): Promise<void> {
  await rm(fixture, { recursive: true, force: true });
  await mkdir(join(fixture, 'reports'), { recursive: true });
  await cp(join(directory, 'config'), join(fixture, 'config'), { recursive: true });
  await writeFile(join(fixture, 'team.json'), await teamOf(directory));
  const reports = join(directory, '.holdfast/reports');
  const newest = (await readdir(reports))
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .at(-1);
  if (newest === undefined) throw new Error('there is no report');
  await cp(join(reports, newest), join(fixture, 'reports', newest));
  const database = new DatabaseSync(join(directory, '.holdfast/state.db'));
  await writeFile(join(fixture, 'store.sql'), dumpOf(database));
  database.close();
}

/** The simulated team without the public templates, which simulators add themselves. */
async function teamOf(directory: string): Promise<string> {
  const state = JSON.parse(await readFile(join(directory, 'team.json'), 'utf8')) as {
    readonly tables: Readonly<Record<string, unknown>>;
  };
  const { osTemplates: _, ...tables } = state.tables;
  return `${JSON.stringify({ ...state, tables }, null, 1)}\n`;
}

/** The statements that make a database anew. Reports on standard output the tables that are empty. */
function dumpOf(database: DatabaseSync): string {
  const statements = database
    .prepare('select name, type, sql from sqlite_master where sql is not null order by rowid')
    .all() as { readonly name: string; readonly type: string; readonly sql: string }[];
  const rows = statements
    .filter(({ type }) => type === 'table')
    .flatMap(({ name }) => {
      const inserts = insertsInto(database, name);
      if (inserts.length === 0) process.stdout.write(`${name} is empty\n`);
      return inserts;
    });
  return [...statements.map(({ sql }) => `${sql};`), ...rows, ''].join('\n');
}

function insertsInto(database: DatabaseSync, table: string): readonly string[] {
  const columns = database.prepare(`select name from pragma_table_info('${table}')`).all();
  const quoted = columns.map(({ name }) => `quote("${String(name)}")`).join(` || ', ' || `);
  return database
    .prepare(`select ${quoted} as row from "${table}"`)
    .all()
    .map(({ row }) => `INSERT INTO "${table}" VALUES (${String(row)});`);
}
