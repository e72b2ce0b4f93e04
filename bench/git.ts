import { execFile, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../src/model/time/clock.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { defaultTimeouts } from '../src/sources/git/options.ts';
import { openRepository, type Repository } from '../src/sources/git/repository.ts';

const execute = promisify(execFile);

/** A repository with a working tree. */
interface Bench extends AsyncDisposable {
  readonly directory: string;
  readonly url: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes files, and commits them. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
}

async function createRepository(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const tree = join(directory, 'team');
  await mkdir(tree);
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
    const { stdout } = await execute('git', [...identity, ...args], {
      cwd: tree,
      env: { PATH: process.env['PATH'], HOME: '/dev/null' },
    });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main');
  return {
    directory,
    url: `file://${tree}`,
    git,
    async commit(files) {
      for (const [name, text] of Object.entries(files)) await writeFile(join(tree, name), text);
      await git('add', '--all');
      await git('commit', '--quiet', '--message=Change');
      return await git('rev-parse', 'HEAD');
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const network = (name: string): string => `privateNetworks:\n  ${name}: { region: ny2 }\n`;

const open = ({ url, directory }: Bench): Repository =>
  openRepository({
    url,
    ref: 'main',
    path: '.',
    auth: null,
    read: () => Promise.reject(new Error('no secret is expected')),
    signers: null,
    directory: join(directory, 'clone'),
    env: { PATH: process.env['PATH'] },
    clock: systemClock,
    timeouts: defaultTimeouts,
  });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Times of reading a repository in which each file declares one network, in milliseconds. */
export interface Reading {
  /** Git's own clone with a working tree. */
  readonly clone: number;
  /** The first lookup and fetch, and writing the files of the commit. */
  readonly first: number;
  /** A lookup of a commit that is there already. */
  readonly lookup: number;
  /** Reading a commit that changes one file. */
  readonly next: number;
}

/** Measures how long it takes to fetch a repository and to write the files of its commits. */
export async function measureReading(files: number): Promise<Reading> {
  await using bench = await createRepository();
  await bench.commit(filesOf(files));
  const target = join(bench.directory, 'checkout');
  const clone = await timed(() => bench.git('clone', '--quiet', bench.url, target));
  const repository = open(bench);
  const readLatest = async () => repository.read((await repository.latest()).id);
  const first = await timed(readLatest);
  const lookup = await timed(() => repository.latest());
  await bench.commit({ 'f0.yaml': network('changed') });
  return { clone, first, lookup, next: await timed(readLatest) };
}

const filesOf = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}.yaml`, network(`n${i}`)]));

/** Times of finding out who last changed each line of all files, in milliseconds. */
export interface Blaming {
  readonly first: number;
  /** After a commit that changes one file. */
  readonly next: number;
}

export async function measureBlaming(files: number): Promise<Blaming> {
  await using bench = await createRepository();
  const texts = filesOf(files);
  await bench.commit(texts);
  const repository = open(bench);
  const blameLatest = async (): Promise<number> => {
    const { id } = await repository.latest();
    return await timed(() => repository.blame(id, Object.keys(texts)));
  };
  const first = await blameLatest();
  await bench.commit({ 'f0.yaml': network('changed') });
  return { first, next: await blameLatest() };
}

const secret = 'bench-webhook-secret';

/**
 * Measures the time from a push, announced by a webhook, until the daemon's first request to the API, in milliseconds.
 */
export async function measurePushing(main: string, pushes: number): Promise<readonly number[]> {
  await using bench = await createRepository();
  await bench.commit({ 'team.yaml': network('n0') });
  await using simulator = await startSimulator({ record: false });
  let first: { resolve: (at: number) => void } | undefined;
  let ended = Promise.withResolvers<void>();
  simulator.onExchange(() => first?.resolve(performance.now()));
  const daemon = fork(main, ['run'], {
    cwd: bench.directory,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      PAPERSPACE_API_KEY: 'bench',
      HOLDFAST_SCHEDULE: 'null',
      HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
      HOLDFAST_GIT_URL: bench.url,
      HOLDFAST_GIT_INTERVAL: '1d',
      HOLDFAST_GIT_WEBHOOK_SECRET: secret,
    },
  });
  const started = Promise.withResolvers<string>();
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const [, url] = /"url":"(http:[^"]+)".*"msg":"started"/.exec(text) ?? [];
    if (url !== undefined) started.resolve(url);
    if (text.includes('pass ended')) ended.resolve();
  });
  try {
    const url = await started.promise;
    await ended.promise;
    const times: number[] = [];
    for (let push = 1; push <= pushes; push += 1) {
      const request = Promise.withResolvers<number>();
      first = request;
      ended = Promise.withResolvers<void>();
      await bench.commit({ 'team.yaml': network(`n${push}`) });
      const start = performance.now();
      await announce(url, push);
      times.push((await request.promise) - start);
      await ended.promise;
    }
    return times;
  } finally {
    daemon.kill('SIGKILL');
  }
}

/** Sends the webhook of a push, as GitHub does. */
async function announce(url: string, push: number): Promise<void> {
  const body = JSON.stringify({ ref: 'refs/heads/main' });
  const { status } = await fetch(`${url}/hooks/github`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': `delivery-${push}`,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  if (status !== 202) throw new Error(`the webhook was answered with ${status}`);
}
