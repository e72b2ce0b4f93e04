import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../src/api/client.ts';
import type { Report } from '../src/model/pass/report.ts';
import { enforce } from '../src/reconcile/enforcePass.ts';
import { prepare } from '../src/reconcile/preparePass.ts';
import { createReportFiles } from '../src/report/reportFiles.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { openTestStore } from '../test/support/openTestStore.ts';
import { countOf, gotLoop, pages, type Page } from './gotLoop.ts';
import { benchPolicy, unlimited } from './policy.ts';
import { declaredTeam, seedTeam } from './team.ts';
import { workspaceOn } from './workspace.ts';

/** The measurements of one process. Times are in milliseconds, one per round. */
export interface InSync {
  /** Passes in which nothing has changed since the previous one. */
  readonly pass: readonly number[];
  /** Passes in which every machine has changed, in a field that is not declared. */
  readonly changed: readonly number[];
  /** The same pages with got, one after the other. */
  readonly floor: readonly number[];
  /** The same pages with node:http alone. */
  readonly bare: readonly number[];
  /** One request for each resource, ten at a time. Measured once; undefined for large teams. */
  readonly oneByOne: number | undefined;
  /** The processor time of passes. */
  readonly cpu: readonly number[];
  /** The requests of a pass. */
  readonly requests: number;
  /** The number of machines and scripts. */
  readonly resources: number;
}

/** The node:http loop: the same without got. */
async function bareLoop(url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  try {
    return await countOf(pages((path) => getJson(`${url}${path}`, agent) as Promise<Page>));
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

/** Reads each resource by its id, ten at a time, as tools do that refresh each resource. */
async function refreshEach(url: string, paths: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const left = [...paths];
  const work = async (): Promise<void> => {
    for (let path = left.pop(); path !== undefined; path = left.pop())
      await getJson(`${url}${path}`, agent);
  };
  await Promise.all(Array.from({ length: 10 }, work));
  agent.destroy();
}

/** The largest team whose resources are also read one by one. */
const mostAsked = 10_000;

/** The number of rounds that are not counted: in a daemon that runs for weeks, the code is compiled. */
const warmUp = 5;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Measures passes over `count` machines and their scripts in sync, alternating with the loops over the same pages. */
async function measure(count: number, rounds: number): Promise<InSync> {
  const server = fork(join(import.meta.dirname, 'simulatorProcess.ts'), [String(count)]);
  const [{ url }] = (await once(server, 'message')) as [{ url: string }];
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const desired = await desiredFor(count);
    await using store = await openTestStore(join(directory, 'state.db'));
    await using client = createApi({
      url: `${url}/v1`,
      key: 'bench',
      throttle: unlimited,
      requests: { timeout: 30_000, retries: 0 },
    });
    const workspace = await workspaceOn(client, store);
    const files = createReportFiles();
    let requests = 0;
    const pass = async (): Promise<Report> => {
      const prepared = await prepare(workspace, desired, benchPolicy, 'schedule');
      const never = new AbortController().signal;
      const report = await enforce(workspace, benchPolicy, prepared, {
        wait: true,
        stop: never,
        stopWaiting: never,
      });
      await store.recordPass(report, 100);
      await files.keep(report, { directory, formats: ['json'], keep: 100 });
      return report;
    };
    // The first pass writes every script, since the API never returns their text.
    await pass();
    const inSync = async (): Promise<void> => {
      const { summary, actions, api } = await pass();
      if (summary.inSync !== desired.resources.length || actions.length > 0)
        throw new Error(`not in sync: ${JSON.stringify(summary)}`);
      requests = api.requests;
    };
    for (let round = 0; round < warmUp; round += 1) {
      await gotLoop(url);
      await inSync();
    }
    const times = {
      pass: [] as number[],
      changed: [] as number[],
      floor: [] as number[],
      bare: [] as number[],
      cpu: [] as number[],
    };
    for (let round = 0; round < rounds; round += 1) {
      times.floor.push(await timed(() => gotLoop(url)));
      times.bare.push(await timed(() => bareLoop(url)));
      const before = process.cpuUsage();
      times.pass.push(await timed(inSync));
      const { user, system } = process.cpuUsage(before);
      times.cpu.push((user + system) / 1000);
      server.send('touch');
      await once(server, 'message');
      times.changed.push(await timed(inSync));
    }
    const paths = count > mostAsked ? undefined : await pathsOf(url);
    const oneByOne = paths && (await timed(() => refreshEach(url, paths)));
    return { ...times, oneByOne, requests, resources: desired.resources.length };
  } finally {
    server.disconnect();
    await rm(directory, { recursive: true });
  }
}

/** The path of each resource. */
async function pathsOf(url: string): Promise<readonly string[]> {
  const agent = new Agent({ keepAlive: true });
  const paths: string[] = [];
  for await (const { list, items } of pages(
    (path) => getJson(`${url}${path}`, agent) as Promise<Page>,
  ))
    paths.push(...items.map(({ id }) => `${list}/${id}`));
  agent.destroy();
  return paths;
}

/** Declares the seeded team. The simulator seeds the same machines in every process. */
async function desiredFor(count: number) {
  await using twin = await startSimulator({ record: false });
  seedTeam(twin.world, count);
  return { resources: declaredTeam(twin.world), absent: [], revision: 'bench' };
}

const [count, rounds] = process.argv.slice(2).map(Number);
if (count && rounds && process.send) {
  process.send(await measure(count, rounds));
  process.disconnect();
}
