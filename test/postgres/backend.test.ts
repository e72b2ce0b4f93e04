import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HeldError } from '../../src/model/lease.ts';
import type { StoreError } from '../../src/model/store.ts';
import { lockHolder, readStore } from '../../src/store/open.ts';
import { createDatabase } from '../support/openTestStore.ts';
import { selfSigned } from '../support/certificate.ts';
import { freePort, startPostgres } from '../support/postgresServer.ts';
import { now, sentAt } from '../support/team.ts';
import { binding } from '../store/testStores.ts';
import { newDatabase, openAt, query, server } from './support.ts';

const intent = sentAt('2026-11-21T09:00:00Z');
const secret = 'not-for-logs';

/** PgBouncer, if it is installed. */
const pgbouncer = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

/** The address of a database, with other parts. */
function addressOf(
  url: string,
  parts: { readonly [Part in 'host' | 'pathname' | 'username' | 'search']?: string },
): string {
  const changed = new URL(url);
  changed.password = secret;
  return Object.assign(changed, parts).href;
}

describe.runIf(server)('a database that cannot be used', () => {
  test.each<{
    what: string;
    parts: Parameters<typeof addressOf>[1];
    says: RegExp;
  }>([
    {
      what: 'without a server',
      parts: { host: '127.0.0.1:1' },
      says: /ECONNREFUSED.*; check the address in settings\.store/,
    },
    {
      what: 'of an unknown host',
      parts: { host: 'nowhere.invalid' },
      says: /(ENOTFOUND|EAI_AGAIN).*; check the address/,
    },
    {
      what: 'that does not exist',
      parts: { pathname: 'absent' },
      says: /database "absent" does not exist; create the database/,
    },
    {
      what: 'of an unknown user',
      parts: { username: 'nobody-here' },
      says: /role "nobody-here" does not exist; check the user/,
    },
    {
      what: 'without TLS, which is demanded',
      parts: { search: 'sslmode=verify-full' },
      says: /does not support SSL.*; check sslmode and sslrootcert/,
    },
    {
      what: 'with a certificate file that is missing',
      parts: { search: 'sslmode=verify-full&sslrootcert=/absent.pem' },
      says: /no such file.*; correct the options of its address/,
    },
  ])('$what, is named without its password, with what to do', async ({ parts, says }) => {
    const url = addressOf(await newDatabase(), parts);
    const error = (await openAt(url).catch((thrown: unknown) => thrown)) as StoreError;
    expect(error.name).toBe('StoreError');
    expect(error.message).toMatch(/^the store postgres:\/\/[\w.@:-]*\/\w+ cannot be used: /);
    expect(error.message).toMatch(says);
    const reading = (await readStore({ type: 'postgres', url }, 'ml').catch(
      (thrown: unknown) => thrown,
    )) as StoreError;
    expect(reading.message).toMatch(says);
    expect(`${error.stack} ${reading.stack} ${String(error.cause)}`).not.toContain(secret);
  });

  test('since it never answers, is given up', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(openAt(`postgres://a@127.0.0.1:${port}/b`)).rejects.toThrow(
      /timeout.*; check the address/,
    );
    silent.close();
  });
});

describe.runIf(server)('a database', () => {
  test('without a store is read as an empty one, and nothing is created in it', async () => {
    const url = await newDatabase();
    await using store = await readStore({ type: 'postgres', url }, 'ml');
    expect((await store.memory(now)).bindings.size).toBe(0);
    expect(await lockHolder({ type: 'postgres', url }, 'ml')).toBeUndefined();
    const tables = await query(url, "select 1 from pg_tables where schemaname = 'public'");
    expect(tables).toEqual([]);
  });

  test('keeps text that PostgreSQL cannot hold or would sort otherwise', async () => {
    const url = await newDatabase();
    await using stores = await openAt(url);
    await using store = await stores.of('ml');
    const addresses = [
      'machines/b',
      'machines/B',
      'machines/a-b',
      'machines/a b',
      'machines/ä',
    ] as const;
    await store.bind(addresses.map((address) => binding(address, 'id\0\u{d800}')));
    const { bindings } = await store.memory(now);
    expect(bindings.get('machines/b')?.id).toBe('id\u{fffd}\u{fffd}');
    const sorted = await query<{ address: string }>(
      url,
      'select address from bindings order by address',
    );
    expect(sorted.map(({ address }) => address)).toEqual(addresses.toSorted());
    const columns = await query<{ name: string }>(
      url,
      "select column_name as name from information_schema.columns where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C' and table_name not like 'kysely%'",
    );
    expect(columns).toEqual([]);
  });

  test('whose server restarts is used again, and what was committed is there', async () => {
    await using own = await startPostgres();
    await using stores = await openAt(await createDatabase(own.url));
    await using store = await stores.of('ml');
    await store.recordIntent('machines/a', intent);
    await own.control('stop', '-m', 'immediate');
    await expect(store.recordIntent('machines/b', intent)).rejects.toThrow(
      /cannot be used: .*; (check the address|it is starting)/,
    );
    await own.control('start');
    await expect
      .poll(() =>
        store.memory(now).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await store.recordIntent('machines/c', intent);
    expect([...(await store.memory(now)).intents.keys()]).toEqual(['machines/a', 'machines/c']);
  });

  test('is reached with a password and TLS, and its name has neither', async () => {
    await using own = await startPostgres();
    const url = await createDatabase(own.url);
    await query(own.url, `create role holdfast login superuser password '${secret}'`);
    await own.write('server.crt', selfSigned.cert);
    await own.write('server.key', selfSigned.key);
    await own.write('pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    await own.write('postgresql.auto.conf', 'ssl = on\n');
    await own.control('reload');
    const address = new URL(url);
    address.username = 'holdfast';
    await expect(openAt(address.href)).rejects.toThrow(/no encryption.*; check sslmode/);
    address.searchParams.set('sslmode', 'verify-full');
    await expect(openAt(address.href)).rejects.toThrow(/certificate; .*check sslmode/);
    address.searchParams.set('sslrootcert', join(own.data, 'server.crt'));
    const wrong = await openAt(address.href).catch((thrown: unknown) => thrown);
    expect(wrong).toMatchObject({ message: expect.stringMatching(/password.*; check the user/) });
    address.password = secret;
    await using stores = await openAt(address.href);
    await using store = await stores.of('ml');
    await store.recordIntent('machines/a', intent);
    await own.control('stop', '-m', 'immediate');
    await expect(store.memory(now)).rejects.toThrow(
      new RegExp(`^the store postgres://holdfast@127.0.0.1:${own.port}/\\w+ cannot be used`),
    );
  });
});

test.runIf(server)(
  'after a failover, no lease of before counts, and a take-over is none that was handed over',
  async () => {
    await using primary = await startPostgres();
    const url = await createDatabase(primary.url);
    await using stores = await openAt(url);
    await using held = await stores.of('ml');
    await held.recordIntent('machines/a', intent);
    await (await stores.of('free'))[Symbol.asyncDispose]();
    await using standby = await primary.standby();
    await primary.control('stop', '-m', 'immediate');
    await standby.control('promote');
    const after = new URL(url);
    after.port = String(standby.port);
    await expect(openAt(url)).rejects.toThrow(/check the address/);
    await using others = await openAt(after.href);
    await using free = await others.of('free');
    expect(free.lease.sinceTakeOver()).toBeGreaterThan(0);
    await expect(others.of('ml')).rejects.toThrow(HeldError);
    await query(after.href, 'update leases set expires_at = now()');
    await using taken = await others.of('ml');
    expect(taken.lease.sinceTakeOver()).toBeGreaterThan(0);
    expect((await taken.memory(now)).intents.size).toBe(1);
  },
);

describe.runIf(server && pgbouncer)(
  'behind PgBouncer, which gives each transaction another connection',
  () => {
    test('stores are migrated, leases are kept, and fences hold', async () => {
      const url = await newDatabase();
      await using pooler = await startPooler(url);
      const [one, other] = [await openAt(pooler.url), await openAt(pooler.url)];
      const zombie = await one.of('ml');
      await zombie.recordIntent('machines/a', intent);
      await expect(other.of('ml')).rejects.toThrow(HeldError);
      await query(url, 'update leases set expires_at = now()');
      await using store = await other.of('ml');
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.recordIntent(`machines/${n}`, intent)),
      );
      await expect(zombie.recordIntent('machines/b', intent)).rejects.toThrow(
        /its lease has ended/,
      );
      expect((await store.memory(now)).intents.size).toBe(21);
    });
  },
);

/** Starts PgBouncer in transaction mode, with two connections to the server of a database. */
async function startPooler(url: string): Promise<AsyncDisposable & { readonly url: string }> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-pgbouncer-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const { hostname, port: serverPort } = new URL(url);
  const port = await freePort();
  const file = join(directory, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${serverPort} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
  );
  await chmod(directory, 0o755);
  const child = spawn(
    pgbouncer ?? '',
    ['-q', ...(process.getuid?.() === 0 ? ['-u', 'postgres'] : []), file],
    {
      stdio: 'ignore',
    },
  );
  stack.defer(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null) await once(child, 'exit');
  });
  const address = new URL(url);
  address.host = `127.0.0.1:${port}`;
  await expect.poll(() => query(address.href, 'select 1').catch(() => [])).toHaveLength(1);
  const opened = stack.move();
  return { url: address.href, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
