import type { Report } from '../../src/model/pass/report.ts';
import type { DesiredState } from '../../src/model/resource.ts';
import { addressOf } from '../../src/model/resource.ts';
import type { Settings } from '../../src/model/settings.ts';
import type { Store } from '../../src/model/store.ts';
import { createLeaseKeeper } from '../../src/store/leaseKeeper.ts';
import { resolveSettings } from '../../src/desired/settings/resolveSettings.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { inProcess, type InProcess } from '../support/inProcess.ts';
import { simulatedClock, type SimulatedClock } from '../support/simulatedClock.ts';
import { unrestMs } from './generate.ts';
import { createWatch, type Findings } from './invariants.ts';
import { live, type Life, type LifeOptions } from './life.ts';
import { meddle } from './meddle.ts';
import { randomOf } from './random.ts';
import { nothing, type Disturbance, type Scenario, type Version } from './scenario.ts';
import { simulatedReplicas, type SimulatedProcess } from './replicas.ts';
import { wire } from './wire.ts';

/** The result of a run. */
export interface Ran extends Findings {
  readonly kills: number;
}

/** The schedule of the daemon. */
const scheduleMs = 5 * 60_000;

/**
 * The time after the last disturbance within which the team must converge: all delays and contention have ended by
 * then.
 */
const calmMs = 3 * 60 * 60_000;

/** Runs a scenario to its end, in virtual time. Deterministic: the same scenario gives the same result. */
export async function run(
  scenario: Scenario,
  tell: (line: string) => void = () => undefined,
): Promise<Ran> {
  const clock = simulatedClock();
  const team = inProcess(clock, { ...scenario.simulator, record: false, maxMachines: 200 });
  const stage = await createStage(scenario, clock, team, tell);
  stage.start(0);
  const start = clock.now().getTime();
  for (const disturbance of scenario.disturbances) {
    const rest = start + disturbance.at - stage.elapsed();
    if (rest > 0) await clock.sleep(rest);
    await stage.disturb(disturbance);
  }
  await clock.sleep(Math.max(0, unrestMs - (stage.elapsed() - start)));
  await stage.calm();
  await clock.sleep(calmMs);
  return stage.end();
}

const never = new AbortController().signal;

interface Stage {
  elapsed(): number;
  start(down: number): void;
  disturb(disturbance: Disturbance): Promise<void>;
  calm(): Promise<void>;
  end(): Promise<Ran>;
}

async function createStage(
  scenario: Scenario,
  clock: SimulatedClock,
  team: InProcess,
  tell: (line: string) => void,
): Promise<Stage> {
  const random = randomOf(scenario.seed ^ 0x5eed);
  const watch = createWatch(scenario, team.world);
  let version: Version = scenario.versions[0] ?? nothing;
  let state = stateOf(version, 0);
  let skew = 0;
  let store = await openTestStore();
  let daemon: Life | undefined;
  let rival = false;
  let blindUntil = 0;
  let kills = 0;
  let stale = 0;
  let isCalm = false;
  let isOver = false;
  const isStale = (): boolean => {
    stale -= 1;
    return stale >= 0;
  };
  const transport = wire({
    team,
    clock,
    watch,
    random,
    latency: scenario.latency,
    isStale,
    isOldAllowed: !scenario.disturbances.some((one) => one.do === 'kill' && one.loses),
    tell,
  });
  const settings = settingsOf(scenario);
  const holdfast = {
    now: () => new Date(clock.now().getTime() + skew),
    steady: () => clock.steady(),
    sleep: (milliseconds: number, signal?: AbortSignal) => clock.sleep(milliseconds, signal),
  };
  const replicas = simulatedReplicas(clock, (holds, rule) => watch.check(holds, rule));
  const processes = new Map<SimulatedProcess, Life | undefined>();
  let started = 0;
  /** Runs a replica until it dies: it has a daemon as long as it has the lease. */
  const startReplica = async (down: number): Promise<void> => {
    await clock.sleep(down);
    started += 1;
    const process = replicas.process(`replica ${started}`, holdfast.now);
    const keeper = createLeaseKeeper(process.leases, process.clock);
    processes.set(process, undefined);
    for (;;) {
      const lease = await keeper.whenFree(1, never);
      tell(`${clock.now().toISOString()} replica has the lease, epoch ${lease.row.epoch}`);
      const life = begin({
        clock: process.clock,
        transport: process.transport(transport),
        store: process.store(store, lease, lease.row),
        onDeath(kill) {
          process.die();
          processes.delete(process);
          if (!isOver) void startReplica(kill.down);
        },
      });
      processes.set(process, life);
      const ended = Promise.withResolvers<void>();
      lease.ended.addEventListener('abort', () => ended.resolve(), { once: true });
      life.request('start');
      await ended.promise;
      if (daemon === life) daemon = undefined;
      await life.end();
      processes.set(process, undefined);
    }
  };
  /** The process with the lease. */
  const holder = (): SimulatedProcess | undefined =>
    [...processes].find(([, life]) => life !== undefined && life === daemon)?.[0];
  const begin = (own: Pick<LifeOptions, 'clock' | 'transport' | 'store' | 'onDeath'>): Life => {
    watch.started();
    const life = live({
      ...own,
      random,
      throttle: scenario.throttle,
      config: () => ({ state, settings }),
      onPass: () => watch.passBegan(version),
      onReport(report) {
        tell(`pass ${report.trigger}: ${described(report)}`);
        watch.report(report, version, isCalm);
      },
      onBug: (error) => watch.bug(error),
      onDeath(kill) {
        kills += 1;
        tell(`${clock.now().toISOString()} died`);
        if (daemon === life) daemon = undefined;
        own.onDeath(kill);
      },
    });
    daemon = life;
    return life;
  };
  /** Starts a daemon. Only one at a time holds the store: a second one starts when the first has died. */
  const start = (down: number): void => {
    if (scenario.replicas === undefined) return void startAfter(clock.sleep(down));
    // A replica that dies starts the next one.
    if (started > 0) return undefined;
    for (let n = 0; n < scenario.replicas; n += 1) void startReplica(down);
    return undefined;
  };
  const startAfter = async (down: Promise<void>): Promise<void> => {
    await down;
    if (daemon) return;
    if (clock.now().getTime() < blindUntil) return;
    const life = begin({
      clock: holdfast,
      transport,
      store,
      onDeath(kill) {
        if (!kill.loses) return start(rival ? 1000 : kill.down);
        void startWithout(kill.down);
      },
    });
    life.request('start');
  };
  /** Starts a daemon with an empty store, after a time in which lists have begun to show every pending create. */
  const startWithout = async (down: number): Promise<void> => {
    store = await openTestStore();
    blindUntil = clock.now().getTime() + 1_000_000;
    start(Math.max(down, 1_000_000));
  };
  const tick = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(isCalm ? 4 * scheduleMs : scheduleMs);
      if (isOver) return;
      daemon?.request('schedule');
    }
  };
  const ticking = tick();
  return {
    start,
    elapsed: () => clock.now().getTime(),
    async disturb(one) {
      tell(`${clock.now().toISOString()} ${JSON.stringify(one)}`);
      switch (one.do) {
        case 'fault':
          return team.fault(one.fault);
        case 'config':
          version = scenario.versions[one.version] ?? version;
          state = stateOf(version, one.version);
          watch.configured(version);
          return daemon?.request('change');
        case 'meddle':
          return meddle(team.world, one, watch);
        case 'stock':
          if (one.left === undefined) team.world.capacity.delete(one.of);
          else team.world.capacity.set(one.of, one.left);
          return undefined;
        case 'clock':
          skew += one.by;
          return undefined;
        case 'stale page':
          stale = one.pages;
          return undefined;
        case 'kill':
          return daemon?.doom(one);
        case 'rival':
          rival = true;
          return start(0);
        case 'freeze':
          return holder()?.freeze(one.milliseconds, one.after);
        case 'cut':
          return holder()?.cut(one.milliseconds);
        case 'slow':
          return replicas.slow(one.by);
      }
    },
    async calm() {
      team.clearFaults();
      team.world.capacity.clear();
      stale = 0;
      isCalm = true;
      replicas.slow(0);
      // One process is enough from here on.
      const last = holder() ?? [...processes.keys()].at(-1);
      for (const process of processes.keys())
        if (process === last) process.heal();
        else process.die();
      await forgive(store, state, clock.now());
      if (!daemon) start(0);
      daemon?.request('request');
    },
    async end() {
      const memory = await store.memory(clock.now());
      isOver = true;
      daemon?.kill();
      for (const process of processes.keys()) process.die();
      await ticking;
      watch.ended(memory);
      return { ...watch.result(), kills };
    },
  };
}

/** Resumes all resources, as a person would: permanent failures otherwise last until something changes. */
async function forgive(store: Store, { resources }: DesiredState, now: Date): Promise<void> {
  const { failures } = await store.memory(now);
  const failed = [...failures.values()].map(({ address }) => address);
  for (const address of new Set([...resources.map((one) => one.address), ...failed]))
    await store.resume(address);
}

const settingsOf = ({ limits, throttle }: Scenario): Settings => {
  const defaults = resolveSettings(undefined, {}, {});
  if (!defaults.ok) throw new Error('the default settings are not valid');
  return { ...defaults.settings, mode: 'enforce', limits, throttle };
};

const stateOf = ({ resources, absent }: Version, index: number): DesiredState => ({
  resources,
  absent: absent.map(([kind, name]) => ({
    address: addressOf(kind, name),
    kind,
    name,
    source: { file: 'team.yaml', line: 1, column: 1 },
  })),
  revision: `version ${index}`,
});

const described = ({ actions, resources, complete }: Report): string =>
  [
    ...(complete ? [] : ['incomplete']),
    ...actions.map(({ id, outcome, error }) => `${id} ${outcome}${error ? ` (${error})` : ''}`),
    ...resources
      .filter(({ status }) => status !== 'inSync')
      .map(({ kind, name, status }) => `${kind}/${name} is ${status}`),
  ].join('; ');
