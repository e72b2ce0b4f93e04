import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { ColumnTypes } from '../backend.ts';
import type { StoreMigration } from './migration.ts';
import type { Database } from './tables.ts';
import { completed } from './completed.ts';
import { costs } from './costs.ts';
import { prices } from './prices.ts';
import { trends } from './trends.ts';
import { wakes } from './wakes.ts';
import { workspaces } from './workspaces.ts';

/** The migrations from an empty database to the present schema, by name. A released migration is never changed. */
export const migrations: Readonly<Record<string, StoreMigration>> = {
  '001-first': {
    async up(database: Database) {
      const { schema } = database;
      await schema
        .createTable('meta')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('bindings')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('live_id', 'text', (column) => column.notNull())
        .addColumn('bound_at', 'text', (column) => column.notNull())
        .addColumn('created', 'integer', (column) => column.notNull())
        .addColumn('protected', 'integer', (column) => column.notNull())
        .execute();
      await schema
        .createTable('intents')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('digests')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('digests_key', ['address', 'path'])
        .execute();
      await schema
        .createTable('readings')
        .addColumn('list', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('conditions')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('since', 'text', (column) => column.notNull())
        .addColumn('reason', 'text')
        .execute();
      await schema
        .createTable('deletions')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('passes')
        .addColumn('pass', 'text', (column) => column.primaryKey())
        .addColumn('trigger', 'text', (column) => column.notNull())
        .addColumn('mode', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text', (column) => column.notNull())
        .addColumn('finished_at', 'text', (column) => column.notNull())
        .addColumn('summary', 'text', (column) => column.notNull())
        .execute();
      await database
        .insertInto('meta')
        .values({ key: 'digest-key', value: randomBytes(32).toString('hex') })
        .execute();
    },
  },
  '002-guard': {
    async up({ schema }: Database, { assignedKey }: ColumnTypes) {
      await schema
        .createTable('setbacks')
        .addColumn('action', 'text', (column) => column.primaryKey())
        .addColumn('failures', 'integer', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('retry_at', 'text')
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('error', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('writes')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('suspensions')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('approvals')
        .addColumn('digest', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('shortages')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('until', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('deeds')
        .addColumn('id', assignedKey, (column) => column.primaryKey())
        .addColumn('pass', 'text', (column) => column.notNull())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('verb', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('error', 'text')
        .addColumn('changes', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('took', 'integer', (column) => column.notNull())
        .execute();
      await schema.createIndex('deeds_address').on('deeds').columns(['address', 'id']).execute();
    },
  },
  '003-obligations': {
    async up(database: Database) {
      const { schema } = database;
      await schema.alterTable('intents').renameTo('intents_before').execute();
      await schema
        .createTable('intents')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('until', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('intents_key', ['address', 'path'])
        .execute();
      await sql`insert into intents select address, '', at, at from intents_before`.execute(
        database,
      );
      await schema.dropTable('intents_before').execute();
      await schema
        .createTable('obligations')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('live_id', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('owed', 'text', (column) => column.notNull())
        .addColumn('temporary', 'text')
        .addPrimaryKeyConstraint('obligations_key', ['address', 'path'])
        .execute();
      await schema.alterTable('bindings').addColumn('unlisted_since', 'text').execute();
      // The address cannot be derived with certainty from an action's text, so failure records are dropped: each action
      // is retried once.
      await schema.dropTable('setbacks').execute();
      await schema
        .createTable('setbacks')
        .addColumn('action', 'text', (column) => column.primaryKey())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('failures', 'integer', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('retry_at', 'text')
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('error', 'text', (column) => column.notNull())
        .execute();
      await schema.dropTable('shortages').execute();
      await schema
        .createTable('shortages')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('refusals', 'integer', (column) => column.notNull())
        .addColumn('retry_at', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '004-notifications': {
    async up({ schema }: Database) {
      await schema
        .createTable('sinks')
        .addColumn('sink', 'text', (column) => column.primaryKey())
        .execute();
      await schema
        .createTable('alerts')
        .addColumn('sink', 'text', (column) => column.notNull())
        .addColumn('class', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('since', 'text', (column) => column.notNull())
        .addColumn('reason', 'text')
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('passes', 'integer', (column) => column.notNull())
        .addColumn('told_at', 'text')
        .addPrimaryKeyConstraint('alerts_key', ['sink', 'class', 'kind', 'name'])
        .execute();
      await schema
        .createTable('messages')
        .addColumn('sink', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('next_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('messages_key', ['sink', 'id'])
        .execute();
    },
  },
  '005-suspensions': {
    async up({ schema }: Database) {
      for (const column of ['actor', 'reason', 'until'])
        await schema.alterTable('suspensions').addColumn(column, 'text').execute();
    },
  },
  '006-audit': {
    async up({ schema }: Database, { assignedKey }: ColumnTypes) {
      await schema
        .createTable('audit')
        .addColumn('id', assignedKey, (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('actor', 'text', (column) => column.notNull())
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('target', 'text')
        .addColumn('pass', 'text')
        .addColumn('git_commit', 'text')
        .addColumn('digest', 'text')
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('detail', 'text')
        .execute();
    },
  },
  '007-trends': trends,
  '008-prices': prices,
  '009-wakes': wakes,
  '010-costs': costs,
  '011-completed': completed,
  '012-workspaces': workspaces,
};
