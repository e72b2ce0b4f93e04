import type { TestProject } from 'vitest/node';
import { startPostgres, whyNoPostgres } from '../support/postgresServer.ts';

declare module 'vitest' {
  // eslint-disable-next-line typescript/consistent-type-definitions
  interface ProvidedContext {
    /** The URL of a PostgreSQL server; undefined: tests use SQLite. */
    readonly postgres: string | undefined;
  }
}

/** Starts the server of the tests on PostgreSQL: that of TEST_POSTGRES_URL, otherwise one of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_POSTGRES_URL'];
  const missing = whyNoPostgres();
  if (given === undefined && missing !== undefined) {
    process.stderr.write(`SKIPPED: the tests on PostgreSQL: ${missing}\n`);
    project.provide('postgres', undefined);
    return () => Promise.resolve();
  }
  const server = given === undefined ? await startPostgres() : undefined;
  project.provide('postgres', given ?? server?.url);
  return async () => server?.[Symbol.asyncDispose]();
}
