import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/model/resource.ts';
import type { Store } from '../../src/model/store.ts';
import { migrations } from '../../src/store/schema/migrations.ts';
import {
  columnsIn,
  copyFixture,
  rawTables,
  upgradeFixtures,
  type RawRow,
} from '../support/upgradeFixtures.ts';
import { directory, open } from './testStores.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Everything that a store returns, in the form of its tables. Values that it does not return are left out. */
async function readAll(store: Store, now: Date, addresses: readonly string[]) {
  const memory = await store.memory(now);
  const { alerts, sinks } = await store.alertState();
  const { rows: costs } = await store.costs('2026-01-01T00:00:00Z');
  const histories = await Promise.all(
    addresses.map((address) => store.actionHistory(address as Address, 1000)),
  );
  const tables: Readonly<Record<string, Rows>> = {
    bindings: [...memory.bindings].map(([address, binding]) => ({
      address,
      live_id: binding.id,
      bound_at: binding.boundAt,
      created: Number(binding.created),
      protected: Number(binding.protected),
    })),
    digests: [...memory.digests].flatMap(([address, byPath]) =>
      Object.entries(byPath).map(([path, digest]) => ({ address, path, digest })),
    ),
    readings: [...memory.lastReadAt].map(([list, at]) => ({ list, at })),
    conditions: [...memory.conditions.values()].map(({ openSince, ...condition }) => ({
      ...condition,
      open_since: openSince,
    })),
    deletions: memory.deletions.map((at) => ({ at })),
    passes: (await store.passes(1000)).map(({ startedAt, finishedAt, summary, ...pass }) => ({
      ...pass,
      started_at: startedAt,
      finished_at: finishedAt,
      summary: JSON.stringify(summary),
    })),
    writes: [...memory.writes.values()].flat().map((write) => ({ ...write })),
    suspensions: [...memory.suspended].map(([address, { by, ...suspension }]) => ({
      address,
      actor: by,
      ...suspension,
    })),
    approvals: [...memory.approved].map((digest) => ({ digest })),
    deeds: histories.flat().map((deed) => ({ ...deed })),
    intents: [...memory.intents].map(([address, { at, until }]) => ({ address, at, until })),
    obligations: [...memory.obligations].flatMap(([address, { id, at, fields }]) =>
      Object.entries(fields).map(([path, { owed, temporary }]) => ({
        address,
        path,
        live_id: id,
        at,
        owed: JSON.stringify(owed),
        temporary: temporary === undefined ? null : JSON.stringify(temporary),
      })),
    ),
    setbacks: [...memory.failures.values()].map(({ retryAt, ...failure }) => ({
      ...failure,
      retry_at: retryAt,
    })),
    shortages: [...memory.shortages].map(([name, { refusals, retryAt }]) => ({
      name,
      refusals,
      retry_at: retryAt,
    })),
    sinks: [...sinks].map((sink) => ({ sink })),
    alerts: alerts.map(({ toldAt, ...alert }) => ({ ...alert, told_at: toldAt })),
    messages: (await store.pendingMessages()).map(({ sink, message, attempts, nextAt }) => ({
      sink,
      id: message.id,
      content: JSON.stringify(message),
      attempts,
      next_at: nextAt,
    })),
    audit: (await store.audit()).map(({ commit, ...entry }) => ({ ...entry, git_commit: commit })),
    trends: (await store.trends('2026-01-01T00:00:00Z')).map((hour) => ({
      hour: hour.hour,
      passes: hour.passes,
      open: hour.open,
      max_open: hour.maxOpen,
      repaired: hour.repaired,
      repair_seconds: hour.repairSeconds,
      cost_managed: hour.costManaged,
      cost_unmanaged: hour.costUnmanaged,
      pass_seconds: hour.passSeconds,
      max_pass_seconds: hour.maxPassSeconds,
    })),
    prices: [...memory.prices].map(([key, rate]) => ({ key, rate })),
    wakes: [...memory.wakes].map(([address, { at, by, until }]) => ({
      address,
      at,
      actor: by,
      until,
    })),
    costs: costs.map(({ unknownHours, labels, ...row }) => ({
      ...row,
      labels: JSON.stringify(labels),
      unknown_hours: unknownHours,
    })),
  };
  return { tables, team: memory.team };
}

/** The rows with the columns that both have, in the same order. */
function inBoth(raw: readonly RawRow[], read: Rows): readonly [Rows, Rows] {
  const common = Object.keys(raw[0] ?? {}).filter((column) => column in (read[0] ?? raw[0] ?? {}));
  const picked = (rows: Rows): Rows =>
    rows
      .map((row) => Object.fromEntries(common.map((column) => [column, row[column]])))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return [picked(raw), picked(read)];
}

/** Tables whose rows migration 003 drops, since their new columns cannot be derived. */
const dropped: Readonly<Record<string, readonly string[]>> = {
  '002-guard': ['setbacks', 'shortages'],
};

/** Tables that are not read as rows: values by key, and the workspace by whose name all other rows are found. */
const keyedTables = new Set(['meta', 'workspaces']);

/** Tables in which the scenario leaves nothing, with the reason. */
const empty: Readonly<Record<string, string>> = {
  '002-guard shortages': 'that version records one only after a create was refused',
};

describe.each(upgradeFixtures)('the store of %s', (name) => {
  test.each([{ readOnly: true }, { readOnly: false }])(
    'is read as it was written, %o',
    async ({ readOnly }) => {
      await using place = await directory();
      const { store: path } = await copyFixture(name, place.path);
      const before = rawTables(path);
      const raw = (table: string): readonly RawRow[] => before.get(table) ?? [];
      const now = new Date(
        Math.max(...raw('passes').map((row) => Date.parse(`${row['finished_at']}`))),
      );
      const addresses = new Set(raw('deeds').map(({ address }) => String(address)));
      await using store = await open(path, readOnly);
      const { tables, team } = await readAll(store, now, [...addresses]);
      for (const [table, rows] of before) {
        if (keyedTables.has(table) || dropped[name]?.includes(table)) continue;
        const [written, read] = inBoth(rows, tables[table] ?? []);
        expect(read, table).toEqual(written);
        expect(rows.length > 0 || `${name} ${table}` in empty, `${table} has rows`).toBe(true);
      }
      const meta = new Map(raw('meta').map(({ key, value }) => [key, value]));
      expect(team).toEqual(JSON.parse(String(meta.get('team') ?? 'null')) ?? undefined);
      expect(raw('digests').map(({ digest }) => digest)).toContain(
        store.digest('#!/bin/sh\ntrue\n'),
      );
    },
  );

  test('has the schema of a new store after it was opened for writing, and not before', async () => {
    await using place = await directory();
    const { store: path } = await copyFixture(name, place.path);
    const bytes = await readFile(path);
    await (await open(path, true))[Symbol.asyncDispose]();
    expect(await readFile(path)).toEqual(bytes);
    await (await open(path))[Symbol.asyncDispose]();
    const fresh = join(place.path, 'fresh.db');
    await (await open(fresh))[Symbol.asyncDispose]();
    expect(columnsIn(path)).toEqual(columnsIn(fresh));
  });
});

test('every migration with a store of its own has a fixture', () => {
  // 005 came with 006, and 011 changes nothing in the stores of its commit.
  const without = ['005-suspensions', '011-completed'];
  const names = Object.keys(migrations).filter((name) => !without.includes(name));
  expect(upgradeFixtures).toEqual(names);
});

test('a migration that fails half-way leaves the store as it was', async () => {
  await using place = await directory();
  const { store: path } = await copyFixture('002-guard', place.path);
  const change = (statement: string): void => {
    const database = new DatabaseSync(path);
    database.exec(statement);
    database.close();
  };
  // Migration 003 has replaced another table before it creates this one.
  change('create table obligations (a)');
  const before = columnsIn(path);
  await expect(open(path)).rejects.toThrow(/cannot be migrated to the schema of this version/);
  expect(columnsIn(path)).toEqual(before);
  change('drop table obligations');
  await using store = await open(path);
  expect((await store.memory(new Date())).intents.size).toBe(1);
});

test('a store of a later version is refused with advice, and is not changed', async () => {
  await using place = await directory();
  const { store: path } = await copyFixture(upgradeFixtures.at(-1) ?? '', place.path);
  await (await open(path))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec(`insert into kysely_migration values ('999-later', '2030-01-01T00:00:00Z')`);
  database.close();
  const bytes = await readFile(path);
  for (const readOnly of [true, false])
    await expect(open(path, readOnly)).rejects.toThrow(
      /^the store .*state\.db cannot be migrated .*; use the version of Holdfast that wrote it, or another store$/,
    );
  expect(await readFile(path)).toEqual(bytes);
});
