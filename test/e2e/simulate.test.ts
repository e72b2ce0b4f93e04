import { mkdir, readdir, readFile, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { place, type Env, type Place, type Running } from './holdfast.ts';

interface Served {
  readonly process: Running;
  /** The status and the body of a response. Rejects if there is none. */
  readonly send: (method: string, path: string, body?: object) => Promise<Reply>;
}

interface Reply {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON at the edge of a test
  readonly body: any;
}

const stateFile = 'team.json';

async function serve(here: Place, flags: readonly string[] = [], env: Env = {}): Promise<Served> {
  const process = here.start(['simulate', '--port', '0', '--state', stateFile, ...flags], env);
  const [, url] = await process.saw(/listens on (http:\S+)/);
  return {
    process,
    async send(method, path, body) {
      const headers = { authorization: 'Bearer k', 'content-type': 'application/json' };
      const init = body ? { method, headers, body: JSON.stringify(body) } : { method, headers };
      const response = await fetch(`${url}${path}`, init);
      return { status: response.status, body: await response.json() };
    },
  };
}

async function stop({ process }: Served, signal: NodeJS.Signals): Promise<void> {
  process.kill(signal);
  await process.ended;
}

interface Project {
  readonly id: string;
  readonly name: string;
}

async function projectsOf({ send }: Served): Promise<readonly Project[]> {
  const all: Project[] = [];
  for (let after = ''; ;) {
    const { body } = await send('GET', `/projects?limit=120&order=asc${after}`);
    all.push(...body.items);
    if (!body.hasMore) return all;
    after = `&after=${body.nextPage}`;
  }
}

/** The projects in the file, which must be complete. */
async function inFile(here: Place): Promise<readonly Project[]> {
  const state = JSON.parse(await readFile(join(here.path, stateFile), 'utf8'));
  return state.tables.projects;
}

/** Numbers from 0 to below 1 that depend only on the seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('killed right after a response', () => {
  test('it has every answered write, and a complete file', async () => {
    await using here = await place();
    const next = random(11);
    const kept = new Map<string, string>();
    const gone = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const served = await serve(here);
      await writeUntilKilled(served, { round, kept, gone, next });
      await served.process.ended;
      const names = new Set((await inFile(here)).map(({ name }) => name));
      expect(
        [...kept.keys()].filter((name) => !names.has(name)),
        `round ${round}`,
      ).toEqual([]);
      expect(
        [...gone].filter((name) => names.has(name)),
        `round ${round}`,
      ).toEqual([]);
    }
    expect(kept.size).toBeGreaterThan(20);
    const served = await serve(here);
    const names = new Set((await projectsOf(served)).map(({ name }) => name));
    expect([...kept.keys()].filter((name) => !names.has(name))).toEqual([]);
    expect([...gone].filter((name) => names.has(name))).toEqual([]);
    await stop(served, 'SIGTERM');
    expect(await readdir(here.path)).toEqual([stateFile]);
  });

  interface Round {
    readonly round: number;
    /** The ids of projects whose creation was answered and whose deletion was not requested, by name. */
    readonly kept: Map<string, string>;
    /** The names of projects whose deletion was answered. */
    readonly gone: Set<string>;
    readonly next: () => number;
  }

  /** Several clients write concurrently until it is killed, after any of their responses. */
  async function writeUntilKilled({ send, process }: Served, round: Round): Promise<void> {
    const last = 1 + Math.floor(round.next() * 15);
    let answers = 0;
    const client = async (number: number): Promise<void> => {
      for (let turn = 0; turn < last; turn += 1) {
        await write(send, `p${round.round}-${number}-${turn}`, round);
        answers += 1;
        if (answers === last) process.kill('SIGKILL');
      }
    };
    const clients = 1 + Math.floor(round.next() * 4);
    await Promise.allSettled(Array.from({ length: clients }, (_, number) => client(number)));
  }

  /** Creates a project, or deletes the oldest one. */
  async function write(send: Served['send'], name: string, { kept, gone, next }: Round) {
    const [oldest] = kept;
    if (!oldest || next() < 0.7) {
      kept.set(name, (await send('POST', '/projects', { name })).body.id);
    } else {
      kept.delete(oldest[0]);
      await send('DELETE', `/projects/${oldest[1]}`);
      gone.add(oldest[0]);
    }
  }
});

test.each(
  ['half', 'before-rename', 'after-rename'].flatMap((where) =>
    [1, 2, 4].map((write) => [where, write] as const),
  ),
)(
  'killed while it writes its file (%s, write %i), it has the old state or the new one',
  async (where, write) => {
    await using here = await place();
    const first = await serve(here);
    await first.send('POST', '/projects', { name: 'first' });
    await stop(first, 'SIGKILL');
    const preload = pathToFileURL(join(import.meta.dirname, 'killInWrite.ts')).href;
    const env = { NODE_OPTIONS: `--import=${preload}`, KILL_IN_WRITE: `${where} ${write}` };
    const answered = ['first'];
    try {
      const { send } = await serve(here, [], env);
      for (let turn = 0; turn < 10; turn += 1) {
        await send('POST', '/projects', { name: `p${turn}` });
        answered.push(`p${turn}`);
      }
    } catch {
      // It is killed at its start, or before it responds.
    }
    expect(answered).toHaveLength(Math.max(1, write - 1));
    const names = (await inFile(here)).map(({ name }) => name);
    expect(names.slice(0, answered.length)).toEqual(answered);
    expect(names.length - answered.length).toBeLessThanOrEqual(1);
    const again = await serve(here);
    expect((await projectsOf(again)).map(({ name }) => name)).toEqual(names);
    expect(await readdir(here.path)).toEqual([stateFile]);
    await stop(again, 'SIGTERM');
  },
);

test('a write that cannot be saved is answered with 500, and the simulator continues', async () => {
  await using here = await place();
  const served = await serve(here);
  const file = join(here.path, stateFile);
  await rename(file, `${file}.moved`);
  await mkdir(file);
  const reply = await served.send('POST', '/projects', { name: 'p' });
  expect(reply.status).toBe(500);
  expect(reply.body.message).toMatch(/the state file cannot be written: .*team\.json/);
  await rmdir(file);
  expect(await served.send('POST', '/projects', { name: 'q' })).toMatchObject({ status: 200 });
  expect((await inFile(here)).map(({ name }) => name)).toEqual(['p', 'q']);
  await stop(served, 'SIGTERM');
});

test.each([
  ['0', 0],
  ['500', 500],
  ['250ms', 250],
  ['2m', 120_000],
  ['7d', 604_800_000],
])('--job-time %s is a job time of %i ms', async (text, wanted) => {
  await using here = await place();
  const served = await serve(here, ['--job-time', text]);
  const machine = { name: 'm', machineType: 'C5', templateId: 't0nspur5', diskSize: 50 };
  const { body } = await served.send('POST', '/machines', { ...machine, region: 'ny2' });
  const { steps } = JSON.parse(await readFile(join(here.path, stateFile), 'utf8'));
  const end = (steps as readonly { run: string; at: number }[]).find(
    ({ run }) => run === 'job:end',
  );
  expect((end?.at ?? NaN) - Date.parse(body.event.dtCreated)).toBe(wanted);
  await stop(served, 'SIGTERM');
});

test.each(['-1', '1.5s', '8d', 'soon', '', '9999999999'])(
  '--job-time "%s" is refused',
  async (text) => {
    await using here = await place();
    const { code, stderr } = await here.run(['simulate', '--port', '0', `--job-time=${text}`]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/--job-time.*write a duration such as/),
    ]);
  },
);

test('the embedded team accepts a job time, too; without --simulate it is refused', async () => {
  await using here = await place();
  const machine = 'machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50';
  await here.write({ 'config/team.yaml': `machines: { m: { ${machine} } }\n` });
  const flags = ['apply', '--yes', '--job-time', '0'];
  expect(await here.run(flags)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('add --simulate'),
  });
  expect(await here.run([...flags, `--simulate=${stateFile}`])).toMatchObject({ code: 0 });
  const { tables } = JSON.parse(await readFile(join(here.path, stateFile), 'utf8'));
  expect(tables.events).toMatchObject([{ name: 'create', state: 'done' }]);
  expect(tables.events[0].dtFinished).toBe(tables.events[0].dtCreated);
});
