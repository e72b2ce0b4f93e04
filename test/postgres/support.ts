import { inject, onTestFinished } from 'vitest';
import { Client } from 'pg';
import { openStores, type Stores } from '../../src/store/open.ts';
import type { Clock } from '../../src/model/time/clock.ts';
import { createDatabase, testLock } from '../support/openTestStore.ts';

/** The server of this run; undefined: there is none, and what needs it is skipped. */
export const server = inject('postgres');

/** An empty database of its own. */
export const newDatabase = (): Promise<string> => createDatabase(server ?? '');

/** The stores in a database, as one process opens them. They are closed when the test ends. */
export async function openAt(url: string, clock?: Clock): Promise<Stores> {
  const settings = { type: 'postgres', url } as const;
  const stores = await openStores(settings, await testLock(settings), clock);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await stores[Symbol.asyncDispose]();
    isOpen = false;
  };
  onTestFinished(close);
  return { ...stores, [Symbol.asyncDispose]: close };
}

/** Runs SQL in a database, as nobody in particular. */
export async function query<Row extends object>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
