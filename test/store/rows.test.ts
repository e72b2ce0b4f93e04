import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { inMemory } from '../../src/store/backends.ts';
import { inWorkspace } from '../../src/store/inWorkspace.ts';
import { upsert } from '../../src/store/rows.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { addWorkspace } from '../../src/store/workspaces.ts';

/** The rows of prices in an empty store, and the number of statements sent to it. */
async function openPrices() {
  const database = await inMemory.open((opened) => migrate(opened, inMemory.backend));
  let statements = 0;
  const counter: KyselyPlugin = {
    transformQuery({ node }) {
      statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  const counted = inWorkspace(database, await addWorkspace(database, 'ml')).withPlugin(counter);
  return {
    statements: () => statements,
    upsert: (rows: readonly { key: string; rate: number }[]) =>
      upsert(counted, 'prices', ['key'], rows),
    all: () => counted.selectFrom('prices').selectAll().orderBy('key').execute(),
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

const prices = (count: number, rate: number) =>
  Array.from({ length: count }, (_, n) => ({ key: `k${String(n).padStart(4, '0')}`, rate }));

test('writes many rows in few statements, and replaces those that are there', async () => {
  await using store = await openPrices();
  await store.upsert(prices(9000, 1));
  expect(store.statements()).toBe(9);
  await store.upsert(prices(2500, 2));
  expect(store.statements()).toBe(12);
  const rates = (await store.all()).map(({ rate }) => rate);
  expect([rates.length, rates[2499], rates[2500]]).toEqual([9000, 2, 1]);
});

test('of several rows with one key, writes the last', async () => {
  await using store = await openPrices();
  await store.upsert([...prices(2, 1), ...prices(1, 3), ...prices(1, 2)]);
  expect((await store.all()).map(({ rate }) => rate)).toEqual([2, 1]);
});

test('without rows, sends nothing', async () => {
  await using store = await openPrices();
  await store.upsert([]);
  expect(store.statements()).toBe(0);
});
