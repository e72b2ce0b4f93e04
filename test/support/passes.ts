import { createApi, type Client } from '../../src/api/client.ts';
import type { Log } from '../../src/model/log.ts';
import type { Desired } from '../../src/model/resource.ts';
import type { Report, Trigger } from '../../src/model/pass/report.ts';
import type { Store } from '../../src/model/store.ts';
import { enforce } from '../../src/reconcile/enforcePass.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import { reportOn } from '../../src/reconcile/reportPass.ts';
import type { Policy, Workspace } from '../../src/reconcile/workspace.ts';
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/simulator.ts';
import { openTestStore } from './openTestStore.ts';
import { checkContract } from './contract.ts';
import { catalog, now } from './team.ts';
import { autoClock, type AutoClock } from './autoClock.ts';
import { createPassCache } from '../../src/reconcile/passCache.ts';

/** A policy that blocks nothing. */
export const policy: Policy = {
  mode: 'enforce',
  prune: [],
  limits: {
    updates: { percent: 100 },
    deletions: { percent: 100 },
    deletionsPerDay: 100,
    hourlyCost: null,
    disruption: {},
  },
  prices: {},
  grace: 30_000,
  visibility: 120_000,
  throttle: { requestsPerSecond: 100_000, burst: 100_000, concurrency: 8, adaptive: false },
  budgets: [],
  windows: [],
  timezone: 'UTC',
  secrets: { env: [], providers: {} },
  force: false,
};

/** A simulated team and a workspace for it, in one virtual time. Its disposal fails if the contract was violated. */
export interface Bench extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly api: Client;
  readonly store: Store;
  readonly clock: AutoClock;
  readonly workspace: Workspace;
  /** All violations of the API's contract, in requests and answers. */
  readonly contract: { readonly problems: readonly string[] };
  readonly plan: (desired: readonly Desired[], absent?: Absents) => Promise<Report>;
  /** Runs one pass in `enforce` mode. */
  readonly pass: (desired: readonly Desired[], absent?: Absents) => Promise<Report>;
  /** Runs one pass that stops waiting for the API when the signal is aborted. */
  readonly hurry: (signal: AbortSignal, desired: readonly Desired[]) => Promise<Report>;
  /** Runs one pass with another trigger. */
  readonly ask: (trigger: Trigger, desired: readonly Desired[]) => Promise<Report>;
  /** Returns `METHOD /path` of all requests except GETs. */
  readonly writes: () => string[];
}

type Absents = readonly (readonly [kind: string, name: string])[];

/** The empty list, shared, since an unchanged config consists of the same objects in every pass. */
const none: readonly never[] = [];

export interface BenchOptions {
  readonly simulator?: SimulatorOptions;
  readonly policy?: Partial<Policy>;
  readonly retries?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The file of the store. Default: in memory. */
  readonly store?: string;
  /** The trigger of the passes. Default: a person, who does not wait for back-off. */
  readonly trigger?: Trigger;
  /** The initial time. Default: the time of all plan tests. */
  readonly start?: Date;
  /** Called with every log line of the client. */
  readonly onLog?: (line: string) => void;
}

export async function bench(options: BenchOptions = {}): Promise<Bench> {
  await using stack = new AsyncDisposableStack();
  const clock = autoClock(options.start ?? now);
  const simulator = stack.use(
    await startSimulator({ now: () => clock.now().getTime(), ...options.simulator }),
  );
  const contract = checkContract(simulator);
  const store = stack.use(await openTestStore(options.store));
  const bound: Policy = { ...policy, ...options.policy };
  const api = stack.use(
    createApi({
      url: `${simulator.url}/v1`,
      key: 'test-key',
      throttle: bound.throttle,
      requests: { timeout: 10_000, retries: options.retries ?? 2 },
      clock,
      random: () => 0.5,
      ...(options.onLog ? { log: logInto(options.onLog) } : {}),
    }),
  );
  const workspace: Workspace = {
    name: 'default',
    catalog,
    api,
    store,
    cache: createPassCache(),
    clock,
    random: () => 0.5,
    usage: () => api.usage(),
    throttle: () => api.throttle(),
    secretReader: () => async (source) => {
      const value = source.from === 'env' ? options.env?.[source.name] : undefined;
      if (value === undefined) throw new Error('it is not set');
      return value;
    },
  };
  const asks = options.trigger ?? 'cli';
  const prepared = (resources: readonly Desired[], absent: Absents, trigger = asks) =>
    prepare(
      workspace,
      {
        resources,
        absent:
          absent === none
            ? none
            : absent.map(([kind, name]) => ({
                address: `${kind}/${name}`,
                kind,
                name,
                source: { file: 'team.yaml', line: 1, column: 1 },
              })),
        revision: 'r',
      },
      bound,
      trigger,
    );
  const carriedOut = async (
    planned: ReturnType<typeof prepared>,
    hurry = new AbortController().signal,
  ): Promise<Report> => {
    const report = await enforce(workspace, bound, await planned, {
      wait: true,
      stop: new AbortController().signal,
      stopWaiting: hurry,
    });
    await store.recordPass(report, 100);
    return report;
  };
  const opened = stack.move();
  return {
    simulator,
    api,
    store,
    clock,
    workspace,
    contract,
    plan: async (desired, absent = none) =>
      reportOn(workspace, bound, await prepared(desired, absent)),
    pass: (desired, absent = none) => carriedOut(prepared(desired, absent)),
    hurry: (signal, desired) => carriedOut(prepared(desired, none), signal),
    ask: (trigger, desired) => carriedOut(prepared(desired, none, trigger)),
    writes: () =>
      simulator.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '')}`),
    async [Symbol.asyncDispose]() {
      await opened.disposeAsync();
      if (contract.problems.length > 0)
        throw new Error(`the API’s contract was broken:\n${contract.problems.join('\n')}`);
    },
  };
}

const logInto = (onLog: (line: string) => void): Pick<Log, 'debug' | 'warn'> => {
  const line = (fields: object, message: string): void =>
    onLog(`${message} ${JSON.stringify(fields)}`);
  return { debug: line, warn: line };
};

/** The actions with their outcomes: `machines/a:create done`. */
export const outcomesOf = ({ actions }: Report): string[] =>
  actions.map(({ id, outcome }) => `${id} ${outcome}`);

/** The resources that are not in sync, as text. */
export const openOf = ({ resources }: Report): string[] =>
  resources
    .filter(({ status }) => status !== 'inSync')
    .map(
      ({ status, kind, name, reason }) =>
        `${status} ${kind}/${name}${reason === null ? '' : `: ${reason}`}`,
    );
