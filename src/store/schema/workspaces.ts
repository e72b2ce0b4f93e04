import type { CreateTableBuilder } from 'kysely';
import type { ColumnTypes } from '../backend.ts';
import type { StoreMigration } from './migration.ts';
import type { Database } from './tables.ts';

/** The workspace of the rows that were written before there were several. */
const firstWorkspace = { id: 1, name: 'default' };

type Column = 'text' | 'text?' | 'integer' | 'integer?' | 'double precision' | 'double precision?';

interface Table {
  readonly columns: Readonly<Record<string, Column>>;
  /** The columns that name a row of a workspace. None: rows have no name. */
  readonly key: readonly string[];
}

/** The tables with a row's name, which is that of a row of one workspace from here on. */
const keyed: Readonly<Record<string, Table>> = {
  meta: { columns: { key: 'text', value: 'text' }, key: ['key'] },
  bindings: {
    columns: {
      address: 'text',
      live_id: 'text',
      bound_at: 'text',
      created: 'integer',
      protected: 'integer',
      unlisted_since: 'text?',
    },
    key: ['address'],
  },
  intents: {
    columns: { address: 'text', path: 'text', at: 'text', until: 'text' },
    key: ['address', 'path'],
  },
  obligations: {
    columns: {
      address: 'text',
      path: 'text',
      live_id: 'text',
      at: 'text',
      owed: 'text',
      temporary: 'text?',
    },
    key: ['address', 'path'],
  },
  digests: {
    columns: { address: 'text', path: 'text', digest: 'text' },
    key: ['address', 'path'],
  },
  readings: { columns: { list: 'text', at: 'text' }, key: ['list'] },
  costs: {
    columns: {
      day: 'text',
      kind: 'text',
      type: 'text',
      labels: 'text',
      usd: 'double precision',
      unknown_hours: 'double precision',
    },
    key: ['day', 'kind', 'type', 'labels'],
  },
  prices: { columns: { key: 'text', rate: 'double precision' }, key: ['key'] },
  conditions: {
    columns: {
      address: 'text',
      status: 'text',
      since: 'text',
      reason: 'text?',
      open_since: 'text?',
    },
    key: ['address'],
  },
  deletions: { columns: { address: 'text', at: 'text' }, key: [] },
  setbacks: {
    columns: {
      action: 'text',
      address: 'text',
      failures: 'integer',
      at: 'text',
      retry_at: 'text?',
      fingerprint: 'text',
      error: 'text',
    },
    key: ['action'],
  },
  writes: {
    columns: { address: 'text', path: 'text', at: 'text', fingerprint: 'text' },
    key: [],
  },
  suspensions: {
    columns: { address: 'text', at: 'text', actor: 'text?', reason: 'text?', until: 'text?' },
    key: ['address'],
  },
  approvals: { columns: { digest: 'text', at: 'text' }, key: ['digest'] },
  shortages: { columns: { name: 'text', refusals: 'integer', retry_at: 'text' }, key: ['name'] },
  sinks: { columns: { sink: 'text' }, key: ['sink'] },
  alerts: {
    columns: {
      sink: 'text',
      class: 'text',
      kind: 'text',
      name: 'text',
      since: 'text',
      reason: 'text?',
      state: 'text',
      passes: 'integer',
      told_at: 'text?',
    },
    key: ['sink', 'class', 'kind', 'name'],
  },
  messages: {
    columns: {
      sink: 'text',
      id: 'text',
      content: 'text',
      attempts: 'integer',
      next_at: 'text',
    },
    key: ['sink', 'id'],
  },
  wakes: {
    columns: { address: 'text', at: 'text', actor: 'text', until: 'text' },
    key: ['address'],
  },
  trends: {
    columns: {
      hour: 'text',
      passes: 'integer',
      open: 'integer?',
      max_open: 'integer?',
      repaired: 'integer',
      repair_seconds: 'double precision',
      cost_managed: 'double precision?',
      cost_unmanaged: 'double precision?',
      pass_seconds: 'double precision',
      max_pass_seconds: 'double precision',
    },
    key: ['hour'],
  },
  passes: {
    columns: {
      pass: 'text',
      trigger: 'text',
      mode: 'text',
      started_at: 'text',
      finished_at: 'text',
      summary: 'text',
    },
    key: ['pass'],
  },
};

/** The tables whose rows have a number, which is that of the whole store. */
const numbered = ['deeds', 'audit'] as const;

/** Lets a store hold several workspaces: every row belongs to one. */
export const workspaces: StoreMigration = {
  async up(database: Database, { assignedKey }: ColumnTypes) {
    const { schema } = database;
    await schema
      .createTable('workspaces')
      .addColumn('id', assignedKey, (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .execute();
    await database.insertInto('workspaces').values({ name: firstWorkspace.name }).execute();
    for (const [name, table] of Object.entries(keyed)) await rebuild(database, name, table);
    for (const table of numbered) {
      await schema
        .alterTable(table)
        .addColumn('workspace', 'integer', (column) =>
          column.notNull().defaultTo(firstWorkspace.id),
        )
        .execute();
    }
    await schema.dropIndex('deeds_address').execute();
    await schema
      .createIndex('deeds_address')
      .on('deeds')
      .columns(['workspace', 'address', 'id'])
      .execute();
    await schema.createIndex('audit_id').on('audit').columns(['workspace', 'id']).execute();
  },
};

/** Makes a table again with a column for the workspace. Not every database can change the key of a table. */
async function rebuild(database: Database, name: string, { columns, key }: Table): Promise<void> {
  const { schema } = database;
  const before = `${name}_before`;
  const names = Object.keys(columns);
  await schema.alterTable(name).renameTo(before).execute();
  let table: CreateTableBuilder<string, string> = schema
    .createTable(name)
    .addColumn('workspace', 'integer', (column) => column.notNull());
  for (const [column, type] of Object.entries(columns))
    table = table.addColumn(column, plainType(type), (definition) =>
      type.endsWith('?') ? definition : definition.notNull(),
    );
  if (key.length > 0)
    table = table.addPrimaryKeyConstraint(`${name}_by_workspace`, ['workspace', ...key]);
  await table.execute();
  if (key.length === 0)
    await schema.createIndex(`${name}_workspace`).on(name).column('workspace').execute();
  const untyped = database.withTables<Record<string, Record<string, unknown>>>();
  await untyped
    .insertInto(name)
    .columns(['workspace', ...names])
    .expression(
      untyped
        .selectFrom(before)
        .select((query) => query.lit(firstWorkspace.id).as('workspace'))
        .select(names),
    )
    .execute();
  await schema.dropTable(before).execute();
}

const plainType = (type: Column) => type.replace('?', '') as Exclude<Column, `${string}?`>;
