import { setImmediate } from 'node:timers/promises';
import { resolveSettings } from '../../src/desired/settings/resolveSettings.ts';
import { startTriggers } from '../../src/daemon/triggers.ts';
import type { FollowedConfig } from '../../src/daemon/config/followedConfig.ts';
import type { Desired } from '../../src/model/resource.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { createDaemonPass } from '../../src/reconcile/daemonPass.ts';
import { startLoop } from '../../src/reconcile/loop.ts';
import type { Context } from '../../src/setup/context.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator.ts';
import { bench } from './passes.ts';
import { virtualClock } from './virtualClock.ts';

/** Settings of a daemon whose passes are requested by events and by hand only. */
const variables = {
  HOLDFAST_MODE: 'enforce',
  HOLDFAST_SCHEDULE: 'null',
  HOLDFAST_WATCH: 'false',
  HOLDFAST_LIMITS_UPDATES: '100%',
  HOLDFAST_LIMITS_DELETIONS: '100%',
};

/** The interval of events in milliseconds, by default. */
const interval = 15_000;

/** How a daemon runs. */
interface Options {
  readonly team: readonly Desired[];
  readonly env?: Readonly<Record<string, string>>;
  readonly simulator?: SimulatorOptions;
}

/**
 * The passes and the triggers of a daemon over a simulated team. The triggers have a clock of their own, which `tick`
 * advances.
 */
export async function loopDaemon({ team, env = {}, simulator = {} }: Options) {
  await using stack = new AsyncDisposableStack();
  const it = stack.use(await bench({ simulator }));
  const ticks = virtualClock();
  const reports: Report[] = [];
  const lines: string[] = [];
  const now = { isPassing: false };
  let resources = team;
  let settings = settingsOf(env);
  const config: Pick<FollowedConfig, 'current' | 'reload' | 'git'> = {
    current: () => ({ state: { resources, absent: [], revision: 'r' }, settings }),
    reload: () => Promise.resolve(false),
    git: undefined,
  };
  const round = createDaemonPass({
    workspace: it.workspace,
    config: () => Promise.resolve(config.current()),
    request: (trigger) => loop.request(trigger),
    scheduleAt: () => undefined,
    onEnded: async ({ report, effects }) => {
      reports.push(report);
      triggers.passEnded(effects);
    },
  });
  const loop = stack.use(
    startLoop(async (trigger, signals) => {
      now.isPassing = true;
      await round(trigger, signals);
      now.isPassing = false;
    }),
  );
  const stop = new AbortController();
  const log = logInto(lines);
  const triggers = stack.use(
    await startTriggers({ options: { config: '.' }, env: {}, log } as unknown as Context, {
      config: config as FollowedConfig,
      loop,
      workspace: { ...it.workspace, clock: ticks },
      isPassing: () => now.isPassing,
      stop: stop.signal,
    }),
  );
  /** Waits for the passes that were requested. */
  const rest = async (): Promise<void> => {
    do await setImmediate();
    while (now.isPassing);
  };
  const pass = async (): Promise<void> => {
    loop.request('request');
    await rest();
  };
  const advance = (milliseconds: number): void => {
    it.clock.advance(milliseconds);
    ticks.advance(milliseconds);
  };
  const opened = stack.move();
  return {
    ...it,
    loop,
    lines,
    /** The triggers of all passes so far. */
    triggers: () => reports.map(({ trigger }) => trigger),
    reports,
    rest,
    pass,
    /** Declares another team. */
    declare: (...desired: readonly Desired[]) => void (resources = desired),
    set: (over: Readonly<Record<string, string>>) => void (settings = settingsOf(over)),
    /** Advances both clocks. */
    advance,
    /** Advances both clocks by one interval, and waits for what follows. */
    async tick(): Promise<void> {
      const sleeps = ticks.sleeps.length;
      advance(interval);
      await ticks.asleep(sleeps + 1);
      await rest();
    },
    /** The number of requests so far, by path. */
    requests: () =>
      Object.fromEntries(
        Map.groupBy(it.simulator.requests, ({ path }) => path)
          .entries()
          .map(([path, all]) => [path, all.length]),
      ),
    /** Stops or starts a machine, as somebody else would. */
    async meddle(name: string, verb: 'start' | 'stop'): Promise<void> {
      const id = [...it.simulator.world.machines].find((one) => one.name === name)?.id;
      const answer = await fetch(`${it.simulator.url}/v1/machines/${id}/${verb}`, {
        method: 'PATCH',
        headers: { authorization: 'Bearer somebody' },
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await opened.disposeAsync();
    },
  };
}

function settingsOf(env: Readonly<Record<string, string>>) {
  const resolved = resolveSettings(undefined, { ...variables, ...env }, {});
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.settings;
}

function logInto(lines: string[]) {
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { info: line('info'), warn: line('warn'), error: line('error'), debug: () => undefined };
}
