import type { ColumnTypes } from '../backend.ts';
import type { Database } from './tables.ts';

/** A step from one schema to the next. It must run on every backend. */
export interface StoreMigration {
  up(database: Database, types: ColumnTypes): Promise<void>;
}
