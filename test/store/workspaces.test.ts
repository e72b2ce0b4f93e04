import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { auditEntry } from '../../src/model/audit.ts';
import type { Alert } from '../../src/model/notify/alert.ts';
import { everything } from '../../src/model/pass/suspension.ts';
import type { Store } from '../../src/model/store.ts';
import { inWorkspace } from '../../src/store/inWorkspace.ts';
import { openStores, readStore, type Stores } from '../../src/store/open.ts';
import type { Database } from '../../src/store/schema/tables.ts';
import { addWorkspace } from '../../src/store/workspaces.ts';
import { openInMemory } from '../../src/store/sqlite/inMemory.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { inMemoryBackend } from '../../src/store/sqlite/inMemory.ts';
import { reportWith, resource } from '../support/reports.ts';
import { testLock, testStoreAt } from '../support/openTestStore.ts';
import { now } from '../support/team.ts';
import { binding, directory, rawDatabase } from './testStores.ts';

const address = 'machines/a';
const started = '2026-11-21T09:00:00.000Z';
const ended = '2026-11-21T10:00:00.000Z';

async function openAll(path: string): Promise<Stores> {
  const settings = await testStoreAt(path);
  return await openStores(settings, await testLock(settings));
}

/** Writes rows to every table. Those of each store have the same names; `by` makes their values differ. */
async function fill(store: Store, by: string): Promise<void> {
  const audit = auditEntry({ at: started, actor: by, event: 'wake' });
  const alert: Alert = { class: 'failed', kind: 'machines', name: 'a', since: started, reason: by };
  await store.claimTeam({ id: by, namespace: by }, false);
  await store.bind([binding('machines/b', by)]);
  await store.saveDigests([{ address, digests: { script: by } }]);
  await store.recordListRead(['machines'], started);
  await store.recordPrices([['machines C5', by.length]]);
  await store.recordIntent(address, { at: started, until: ended });
  await store.recordDeletion(address, started);
  await store.recordObligation(address, { id: by, at: started, fields: { state: { owed: by } } });
  await store.recordOutcomes({
    failed: [
      {
        action: 'machines/a:create',
        address,
        failures: 1,
        at: started,
        retryAt: null,
        fingerprint: by,
        error: by,
      },
    ],
    done: [],
    writes: [{ address, path: 'state', at: started, fingerprint: by }],
    deeds: [
      {
        pass: by,
        address,
        action: 'machines/a:create',
        verb: 'create',
        outcome: 'done',
        error: null,
        changes: by,
        at: started,
        took: 1,
      },
    ],
    shortages: new Map([['C5', { refusals: 1, retryAt: ended }]]),
    available: [],
  });
  await store.suspend(everything, { at: started, by, reason: by, until: null }, audit);
  await store.approve('digest', started, audit);
  await store.wake(address, { at: started, by, until: '2100-01-01T00:00:00Z' }, audit);
  for (const finishedAt of [started, ended])
    await store.recordPass(
      reportWith({ pass: finishedAt, finishedAt, resources: [{ ...resource, status: 'failed' }] }),
      10,
      {
        rates: [{ kind: 'machines', type: 'C5', labels: {}, hourly: by.length, unknown: 0 }],
        alerts: {
          write: [{ ...alert, sink: 's', state: 'open', passes: 1, toldAt: started }],
          forget: [],
          messages: [
            {
              sink: 's',
              message: {
                id: finishedAt,
                workspace: by,
                pass: finishedAt,
                at: finishedAt,
                event: 'opened',
                opened: [alert],
                resolved: [],
              },
            },
          ],
          sinks: [{ id: 's', hasBaseline: true }],
        },
      },
    );
}

/** Removes rows of every table from which rows can be removed. */
async function empty(store: Store): Promise<void> {
  await store.removeResource(address);
  await store.unbind(['machines/b']);
  await store.clearIntent(address);
  await store.cancelDeletion(address, started);
  await store.clearObligation(address);
  await store.recordOutcomes({
    failed: [],
    done: ['machines/a:create'],
    writes: [],
    deeds: [],
    shortages: new Map(),
    available: ['C5'],
  });
  await store.resume(everything);
  await store.consumeApprovals(new Set(['digest']));
  await store.cancelWake(address, auditEntry({ at: ended, actor: 'b', event: 'wake' }));
  for (const { sink, message } of await store.pendingMessages())
    await store.removeMessage(sink, message.id);
  await store.recordPass(reportWith({ pass: 'z', finishedAt: '2028-01-01T00:00:00.000Z' }), 1, {
    alerts: { write: [], forget: [], messages: [], sinks: [] },
    rates: [],
  });
}

/** The rows of a workspace, by table. */
async function rowsOf(database: Database, workspace: number): Promise<Record<string, unknown[]>> {
  const tables = await database.introspection.getTables();
  const own = tables.filter(
    ({ name, columns }) =>
      name !== 'leases' && columns.some((column) => column.name === 'workspace'),
  );
  const rows = own.map(async ({ name }) => {
    const found =
      await sql<object>`select * from ${sql.table(name)} where workspace = ${workspace}`.execute(
        database,
      );
    return [name, found.rows] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

test('what is written to the store of one workspace changes no row of another, in any table', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  await using stores = await openAll(path);
  const [a, b] = [await stores.of('a'), await stores.of('b')];
  await using database = await rawDatabase(path);
  const [idOfA, idOfB] = [await addWorkspace(database, 'a'), await addWorkspace(database, 'b')];
  await fill(a, 'a');
  const before = await rowsOf(database, idOfA);
  expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).toEqual([]);
  await fill(b, 'bb');
  expect(await rowsOf(database, idOfA)).toEqual(before);
  const rowsOfB = await rowsOf(database, idOfB);
  expect(Object.keys(rowsOfB).filter((table) => rowsOfB[table]?.length === 0)).toEqual([]);
  await empty(b);
  expect(await rowsOf(database, idOfA)).toEqual(before);
  const left = Object.entries(await rowsOf(database, idOfB)).filter(([, rows]) => rows.length > 0);
  expect(left.map(([table]) => table).toSorted()).toEqual([
    'audit',
    'deeds',
    'meta',
    'passes',
    'prices',
    'readings',
    'trends',
  ]);
});

test('each workspace sees its own, and has a key of its own', async () => {
  await using place = await directory();
  const path = join(place.path, 'state.db');
  let digestOfA = '';
  {
    await using stores = await openAll(path);
    const [a, b] = [await stores.of('a'), await stores.of('b')];
    await a.bind([binding(address, 'id-a')]);
    await b.bind([binding(address, 'id-b')]);
    await b.addAudit([auditEntry({ at: started, actor: 'b', event: 'reconcile' })]);
    expect((await a.memory(now)).bindings.get(address)?.id).toBe('id-a');
    expect((await b.memory(now)).bindings.get(address)?.id).toBe('id-b');
    expect(await a.audit()).toEqual([]);
    expect(a.digest('x')).not.toBe(b.digest('x'));
    digestOfA = a.digest('x');
  }
  await using a = await readStore(await testStoreAt(path), 'a');
  expect(a.digest('x')).toBe(digestOfA);
  await using b = await readStore(await testStoreAt(path), 'b');
  expect((await b.memory(now)).bindings.get(address)?.id).toBe('id-b');
  await using none = await readStore(await testStoreAt(path), 'none');
  expect((await none.memory(now)).bindings.size).toBe(0);
});

test('of the audit of each workspace, the newest 10,000 entries are kept', async () => {
  await using place = await directory();
  await using stores = await openAll(join(place.path, 'state.db'));
  const [a, b] = [await stores.of('a'), await stores.of('b')];
  const entry = auditEntry({ at: started, actor: 'x', event: 'reconcile' });
  await a.addAudit([auditEntry({ at: started, actor: 'first', event: 'reconcile' })]);
  await b.addAudit(Array.from({ length: 10_000 }, () => entry));
  await a.addAudit(Array.from({ length: 9_999 }, () => entry));
  expect((await a.audit()).at(-1)?.actor).toBe('first');
  await a.addAudit([entry]);
  expect((await a.audit()).at(-1)?.actor).toBe('x');
  expect((await b.audit()).length).toBe(10_000);
});

test('two workspaces never have one team, unless it is taken', async () => {
  await using place = await directory();
  await using stores = await openAll(join(place.path, 'state.db'));
  const [a, b] = [await stores.of('a'), await stores.of('b')];
  const team = { id: 't', namespace: 'ml' };
  await a.claimTeam(team, false);
  await a.claimTeam({ ...team, namespace: 'renamed' }, false);
  await expect(b.claimTeam(team, false)).rejects.toThrow(
    /the API key acts for team ml \(t\), which is that of the workspace a/,
  );
  expect((await b.memory(now)).team).toBeUndefined();
  await b.claimTeam(team, true);
  expect((await b.memory(now)).team).toEqual(team);
  await using again = await readStore(await testStoreAt(join(place.path, 'state.db')), 'a');
  expect((await again.memory(now)).team).toBeUndefined();
});

test('a query that cannot be limited to a workspace is refused', async () => {
  await using database = await openInMemory((opened) => migrate(opened, inMemoryBackend));
  const scoped = inWorkspace(database, 1);
  await expect(sql`select 1`.execute(scoped)).rejects.toThrow('raw SQL has no workspace');
  const joined = scoped
    .selectFrom('bindings')
    .innerJoin('digests', 'digests.address', 'bindings.address');
  await expect(joined.selectAll().execute()).rejects.toThrow('a join has no workspace');
  const copied = scoped
    .insertInto('approvals')
    .columns(['digest', 'at'])
    .expression(scoped.selectFrom('approvals').select(['digest', 'at']));
  await expect(copied.execute()).rejects.toThrow('an insert without values has no workspace');
  const inner = scoped.selectFrom(scoped.selectFrom('approvals').selectAll().as('inner'));
  await expect(inner.selectAll().execute()).rejects.toThrow('in place of a table has no workspace');
});
