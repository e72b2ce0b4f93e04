import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A PostgreSQL server on loopback, whose superuser `postgres` needs no password. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Its data directory. */
  readonly data: string;
  /** Writes a file of the data directory, which only the server's user can read. */
  readonly write: (name: string, text: string) => Promise<void>;
  /** Runs `pg_ctl` with these arguments. */
  readonly control: (...args: readonly string[]) => Promise<void>;
  /** Starts a standby that follows this server. `control('promote')` of it makes it a primary. */
  readonly standby: () => Promise<PostgresServer>;
}

/** The directory of the programs of the newest PostgreSQL here; undefined if there is none. */
const postgresPrograms = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1);

/** Why a test that needs PostgreSQL is skipped; undefined: it is not. */
export const whyNoPostgres = (): string | undefined =>
  postgresPrograms() === undefined
    ? 'PostgreSQL is not installed (apt-get install postgresql)'
    : undefined;

/** Starts a server with an empty database cluster. `settings`: further ones of `postgresql.conf`. */
export const startPostgres = (settings: readonly string[] = []): Promise<PostgresServer> =>
  startServer(settings, 'initdb -U postgres -A trust --no-sync -E UTF8');

/** Starts a server whose data directory the program makes, which is called with `-D` and the directory. */
async function startServer(settings: readonly string[], maker: string): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error(whyNoPostgres());
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const data = join(directory, 'data');
  // PostgreSQL refuses to run as root.
  const isRoot = userInfo().uid === 0;
  const user = isRoot ? Number((await run('id', ['-u', 'postgres'])).stdout) : userInfo().uid;
  await chown(directory, user, -1);
  const program = async (command: string, ...args: readonly string[]): Promise<void> => {
    const path = join(programs, command);
    const asUser = ['--reuid=postgres', '--regid=postgres', '--init-groups', path, ...args];
    if (isRoot) await run('setpriv', asUser, { cwd: directory });
    else await run(path, args, { cwd: directory });
  };
  const [first = '', ...others] = maker.split(' ');
  await program(first, ...others, '-D', data);
  const port = await freePort();
  const options = [
    `-p ${port}`,
    `-k ${directory}`,
    ...['listen_addresses=127.0.0.1', 'fsync=off', 'max_connections=300', ...settings].map(
      (setting) => `-c ${setting}`,
    ),
  ];
  const control = async (...args: readonly string[]): Promise<void> => {
    const log = join(directory, 'log');
    await program(
      'pg_ctl',
      '-D',
      data,
      '-w',
      '-t',
      '60',
      '-l',
      log,
      '-o',
      options.join(' '),
      ...args,
    );
  };
  stack.defer(() => control('stop', '-m', 'immediate').catch(() => undefined));
  await control('start');
  const opened = stack.move();
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    data,
    async write(name, text) {
      const path = join(data, name);
      await writeFile(path, text, { mode: 0o600 });
      await chmod(path, 0o600);
      await chown(path, user, -1);
    },
    control,
    standby: () =>
      startServer(settings, `pg_basebackup -h 127.0.0.1 -p ${port} -U postgres -R -c fast`),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A port of loopback that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
