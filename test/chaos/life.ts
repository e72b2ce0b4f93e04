import { createApi } from '../../src/api/client.ts';
import type { Transport } from '../../src/api/transport/transport.ts';
import type { Clock } from '../../src/model/time/clock.ts';
import type { Report, Trigger } from '../../src/model/pass/report.ts';
import type { DesiredState } from '../../src/model/resource.ts';
import type { Settings } from '../../src/model/settings.ts';
import { StoreError, type Store } from '../../src/model/store.ts';
import { startLoop, type Loop, type LoopPass } from '../../src/reconcile/loop.ts';
import { createDaemonPass } from '../../src/reconcile/daemonPass.ts';
import { createAlarm } from '../../src/triggers/wake.ts';
import { catalog } from '../support/team.ts';
import type { Disturbance } from './scenario.ts';
import { createPassCache } from '../../src/reconcile/passCache.ts';

type Kill = Extract<Disturbance, { do: 'kill' }>;

/** One process of Holdfast, from its start until it is killed. */
export interface Life {
  request(trigger: Trigger): void;
  /** Schedules the death of the process after `kill.after` further steps. */
  doom(kill: Kill): void;
  /** Kills the process at once: no call of it resolves any more. */
  kill(): void;
  /** Ends it as a daemon does whose lease has ended: nothing more is sent. */
  end(): Promise<void>;
}

export interface LifeOptions {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly store: Store;
  readonly random: () => number;
  readonly throttle: Settings['throttle'];
  readonly config: () => { readonly state: DesiredState; readonly settings: Settings };
  /** Called when a pass reads the config in force. */
  readonly onPass: () => void;
  readonly onReport: (report: Report) => void;
  /** Called when a scheduled kill ends the process. */
  readonly onDeath: (kill: Kill) => void;
  /** Called if the loop rejects, which is a bug. */
  readonly onBug: (error: unknown) => void;
}

/** Never resolves: a dead process receives no responses. */
const silence = new Promise<never>(() => undefined);

/** Starts a process: the real loop, passes, client, and throttle, over a store and a transport that stop with it. */
export function live(options: LifeOptions): Life {
  const { clock, random, throttle, config, onReport, onDeath, onBug } = options;
  let dead = false;
  let doom: { kill: Kill; left: number } | undefined;

  /** Counts a step. Returns whether the process dies at this one. */
  const isLast = (steps: Kill['steps']): boolean => {
    if (doom?.kill.steps !== steps) return false;
    doom.left -= 1;
    return doom.left < 0;
  };
  const die = (): Promise<never> => {
    if (!dead && doom) onDeath(doom.kill);
    dead = true;
    return silence;
  };
  /** Runs work that continues after the death of the process once it has begun. */
  const step = async <Result>(
    steps: Kill['steps'],
    work: () => Promise<Result>,
  ): Promise<Result> => {
    if (dead) return silence;
    const last = isLast(steps);
    if (last && doom?.kill.when === 'before') return die();
    const result = work();
    // A request in flight arrives even if the process dies meanwhile; a store write is committed or not.
    if (last && steps === 'requests') return die();
    const ended = await result.catch((error: unknown) =>
      dead ? silence : Promise.reject(error as Error),
    );
    if (last) return die();
    return dead ? silence : ended;
  };

  const api = createApi({
    url: 'http://team/v1',
    key: 'key',
    throttle,
    requests: { timeout: 30_000, retries: 3 },
    clock,
    random,
    lease: options.store.lease,
    transport: {
      exchange: (request) => step('requests', () => options.transport.exchange(request)),
      [Symbol.dispose]: () => undefined,
    },
  });
  const wake = createAlarm(clock, () => loop.request('schedule'));
  const rounds = createDaemonPass({
    workspace: {
      name: 'default',
      catalog,
      api,
      store: mortal(options.store, step),
      cache: createPassCache(),
      clock,
      random,
      usage: () => api.usage(),
      throttle: () => api.throttle(),
      secretReader: () => (source) => Promise.resolve(`the secret of ${JSON.stringify(source)}`),
    },
    config: () => {
      options.onPass();
      return Promise.resolve(config());
    },
    request: (trigger) => loop.request(trigger),
    scheduleAt: (when) => dead || wake.at(when),
    onEnded: ({ report }) => {
      onReport(report);
      return Promise.resolve();
    },
  });
  /** As in the daemon: a store that cannot be written ends a pass, and the next one tries again. */
  const guarded: LoopPass = (trigger, signals) =>
    rounds(trigger, signals).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
      if (!dead) wake.at(new Date(clock.now().getTime() + 10_000));
    });
  const loop: Loop = startLoop(guarded);
  loop.finished.catch((error: unknown) => {
    if (!dead) onBug(error);
  });
  return {
    request: (trigger) => dead || loop.request(trigger),
    doom(kill) {
      doom = { kill, left: kill.after };
    },
    kill() {
      dead = true;
      wake[Symbol.dispose]();
    },
    async end() {
      wake[Symbol.dispose]();
      const drained = api.drain();
      await loop[Symbol.asyncDispose]();
      await drained;
    },
  };
}

const writes = [
  'recordIntent',
  'clearIntent',
  'recordObligation',
  'clearObligation',
  'claimTeam',
  'bind',
  'unbind',
  'markUnlisted',
  'saveDigests',
  'recordListRead',
  'recordDeletion',
  'cancelDeletion',
  'removeResource',
  'recordOutcomes',
  'consumeApprovals',
  'recordPass',
] as const satisfies readonly (keyof Store)[];

/** The store of a process that may die before or after any write. */
function mortal(
  store: Store,
  step: <Result>(steps: 'store writes', work: () => Promise<Result>) => Promise<Result>,
): Store {
  const wrapped: Record<string, unknown> = { ...store };
  for (const name of writes) {
    const write = store[name] as (...values: unknown[]) => Promise<void>;
    wrapped[name] = (...values: unknown[]) => step('store writes', () => write(...values));
  }
  return wrapped as unknown as Store;
}
