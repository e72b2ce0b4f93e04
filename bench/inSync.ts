import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import got from 'got';
import { createApi } from '../src/api/client.ts';
import { carryOut, prepare } from '../src/reconcile/pass.ts';
import { keepReport } from '../src/report/files.ts';
import { seedMachines, startSimulator } from '../src/simulator/simulator.ts';
import { openStore } from '../src/state/open.ts';
import { benchPolicy, unlimited } from './policy.ts';
import { declaredMachines } from './team.ts';
import { workspaceOn } from './workspace.ts';

/** What one process measured: milliseconds of each round, requests of a pass. */
export interface InSync {
  /** Nothing has changed since the pass before. */
  readonly pass: readonly number[];
  /** Every machine has changed, in a field that nobody declares. */
  readonly changed: readonly number[];
  readonly floor: readonly number[];
  /** The same pages by node:http alone. */
  readonly bare: readonly number[];
  /** Each machine by a request of its own, ten at a time; once, where there are not too many. */
  readonly oneByOne: number | undefined;
  /** Seconds of the processor that a pass took. */
  readonly cpu: readonly number[];
  readonly requests: number;
}

/** The bare loop: the same pages by the same client, one after the other, parsed and counted. */
async function floor(url: string): Promise<number> {
  using agent = Object.assign(new Agent({ keepAlive: true }), {
    [Symbol.dispose]() {
      agent.destroy();
    },
  });
  let after: string | null | undefined;
  let count = 0;
  do {
    const page: { items: unknown[]; hasMore: boolean; nextPage?: string | null } = await got(
      `${url}/v1/machines`,
      {
        agent: { http: agent },
        headers: { authorization: 'Bearer bench' },
        searchParams: { limit: 120, order: 'asc', ...(after ? { after } : {}) },
      },
    ).json();
    count += page.items.length;
    after = page.hasMore ? page.nextPage : undefined;
  } while (after);
  return count;
}

/** The same pages by node:http. */
async function bareLoop(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  let after: string | null | undefined;
  let count = 0;
  try {
    do {
      const query = `limit=120&order=asc${after ? `&after=${after}` : ''}`;
      const page = (await getJson(`${url}/v1/machines?${query}`, agent)) as {
        items: unknown[];
        hasMore: boolean;
        nextPage?: string | null;
      };
      count += page.items.length;
      after = page.hasMore ? page.nextPage : undefined;
    } while (after);
    return count;
  } finally {
    agent.destroy();
  }
}

const getJson = (address: string, agent: Agent): Promise<unknown> =>
  new Promise((resolve, reject) => {
    get(address, { agent, headers: { authorization: 'Bearer bench' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      response.on('error', reject);
    }).on('error', reject);
  });

/** As per-resource refreshers do it: each machine by its id, ten at a time. */
async function refreshEach(url: string, ids: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const left = [...ids];
  const work = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await getJson(`${url}/v1/machines/${id}`, agent);
  };
  await Promise.all(Array.from({ length: 10 }, work));
  agent.destroy();
}

/** More machines than that are not asked for one by one. */
const mostAsked = 10_000;

/** Rounds that are not counted: a daemon runs for weeks, so what it does is compiled. */
const warmUp = 5;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Passes over `count` machines in sync, in turns with the bare loop over the same pages. */
async function measure(count: number, rounds: number): Promise<InSync> {
  const server = fork(join(import.meta.dirname, 'simulatorProcess.ts'), [String(count)]);
  const [{ url }] = (await once(server, 'message')) as [{ url: string }];
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const desired = await desiredFor(count);
    await using store = await openStore({ type: 'sqlite', path: join(directory, 'state.db') });
    await using api = createApi({
      url: `${url}/v1`,
      key: 'bench',
      throttle: unlimited,
      requests: { timeout: 30_000, retries: 0 },
    });
    const workspace = await workspaceOn(api, store);
    let requests = 0;
    const pass = async (): Promise<void> => {
      const prepared = await prepare(workspace, desired, benchPolicy, 'schedule');
      const never = new AbortController().signal;
      const report = await carryOut(workspace, benchPolicy, prepared, {
        wait: true,
        stop: never,
        hurry: never,
      });
      await store.ended(report, 100);
      await keepReport(report, { directory, formats: ['json'], keep: 100 });
      if (report.summary.inSync !== count || report.actions.length > 0)
        throw new Error(`not in sync: ${JSON.stringify(report.summary)}`);
      requests = report.api.requests;
    };
    for (let round = 0; round < warmUp; round += 1) {
      await floor(url);
      await pass();
    }
    const times = {
      pass: [] as number[],
      changed: [] as number[],
      floor: [] as number[],
      bare: [] as number[],
      cpu: [] as number[],
    };
    for (let round = 0; round < rounds; round += 1) {
      times.floor.push(await timed(() => floor(url)));
      times.bare.push(await timed(() => bareLoop(url)));
      const before = process.cpuUsage();
      times.pass.push(await timed(pass));
      const { user, system } = process.cpuUsage(before);
      times.cpu.push((user + system) / 1e6);
      server.send('touch');
      await once(server, 'message');
      times.changed.push(await timed(pass));
    }
    const ids = await idsOf(url, count);
    const oneByOne = ids && (await timed(() => refreshEach(url, ids)));
    return { ...times, oneByOne, requests };
  } finally {
    server.disconnect();
    await rm(directory, { recursive: true });
  }
}

async function idsOf(url: string, count: number): Promise<readonly string[] | undefined> {
  if (count > mostAsked) return undefined;
  const ids: string[] = [];
  await using api = createApi({
    url: `${url}/v1`,
    key: 'bench',
    throttle: unlimited,
    requests: { timeout: 30_000, retries: 0 },
  });
  for await (const page of api.list<{ id: string }>('/machines'))
    ids.push(...page.map(({ id }) => id));
  return ids;
}

/** The simulator seeds the same machines in every process, so what is declared here is what is live there. */
async function desiredFor(count: number) {
  await using twin = await startSimulator({ record: false });
  seedMachines(twin.world, count);
  return { resources: declaredMachines(twin.world), absent: [], revision: 'bench' };
}

const [count, rounds] = process.argv.slice(2).map(Number);
if (count && rounds && process.send) {
  process.send(await measure(count, rounds));
  process.disconnect();
}
