import type { Transaction } from 'kysely';
import type { Database, Tables } from './schema/tables.ts';

/** Runs `step` for each value in one transaction, and invalidates the cached memory. Without values it does nothing. */
export type WriteEach = <Value>(
  values: readonly Value[],
  step: (transaction: Transaction<Tables>, value: Value) => Promise<void>,
) => Promise<void>;

/** Makes a `WriteEach`. `changed` is called after each transaction, even a failed one: it may have been committed. */
export const writerOf =
  (database: Database, changed: () => void): WriteEach =>
  async (values, step) => {
    if (values.length === 0) return;
    try {
      await database.transaction().execute(async (transaction) => {
        for (const value of values) await step(transaction, value);
      });
    } finally {
      changed();
    }
  };
