import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureDaemon } from './daemon.ts';

/** The shares of a daemon's main thread by activity during its passes, largest first. */
export type Profile = readonly (readonly [what: string, share: number])[];

/** A CPU profile as V8 writes it. Times are in microseconds, on the clock of `process.hrtime`. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
}

/**
 * The activity of a frame, by the URL of its file; the first match counts. A frame without a match belongs to its
 * caller.
 */
const parts: readonly (readonly [what: string, url: RegExp])[] = [
  [
    'requests: got, node:http, the throttle',
    /\/src\/api\/|node_modules\/(got|p-queue|responselike)\//,
  ],
  ['reading the config', /\/src\/desired\//],
  ['the store', /\/src\/store\/|node_modules\/kysely\//],
  [
    'writing reports, logging, metrics',
    /\/src\/(report|server|triggers)\/|node_modules\/(pino|prom-client|hono|@hono)/,
  ],
  ['observing, planning, guarding, reporting', /\/src\/(reconcile|kinds|model|cli)\//],
  [
    'requests: got, node:http, the throttle',
    /^node:(_http|https?$|net$|internal\/streams|internal\/url|stream)/,
  ],
];

/**
 * Profiles `passes` passes of a daemon over `count` machines in sync. Runs the sources, so that frames have the URLs of
 * their files.
 */
export async function measureProfile(count: number, passes: number): Promise<Profile> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const main = join(import.meta.dirname, '../src/main.ts');
    const { passedFrom } = await measureDaemon({
      main,
      count,
      passes,
      spaced: 0,
      profile: directory,
    });
    const [file = ''] = await readdir(directory);
    const profile = JSON.parse(await readFile(join(directory, file), 'utf8')) as CpuProfile;
    return sharesOf(profile, passedFrom);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function sharesOf({ nodes, samples, timeDeltas, startTime }: CpuProfile, from: number): Profile {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(
    nodes.flatMap(({ id, children }) => (children ?? []).map((one) => [one, id] as const)),
  );
  const partOf = (id: number | undefined): string => {
    const frame = byId.get(id ?? NaN)?.callFrame;
    if (id === undefined || !frame) return 'other parts of Node';
    if (frame.functionName === '(garbage collector)') return 'garbage collection';
    return parts.find(([, url]) => url.test(frame.url))?.[0] ?? partOf(callers.get(id));
  };
  const times = new Map<string, number>();
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    now += delta;
    if (now < from || byId.get(id)?.callFrame.functionName === '(idle)') continue;
    const part = partOf(id);
    times.set(part, (times.get(part) ?? 0) + delta);
  }
  const all = times.values().reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([what, time]) => [what, time / all] as const)
    .toSorted(([, a], [, b]) => b - a);
}
