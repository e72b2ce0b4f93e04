import { createApi } from '../src/api/client.ts';
import type { Desired } from '../src/model/resource.ts';
import { addressOf, defaultLifecycle } from '../src/model/resource.ts';
import { enforce } from '../src/reconcile/enforcePass.ts';
import { prepare } from '../src/reconcile/preparePass.ts';
import { reportOn } from '../src/reconcile/reportPass.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { openTestStore } from '../test/support/openTestStore.ts';
import { benchPolicy } from './policy.ts';
import { workspaceOn } from './workspace.ts';

/** The cost of creating many machines. Times are in seconds. */
export interface Applying {
  /** The estimate of the plan. */
  readonly estimated: number;
  readonly took: number;
  /** The time from the create request of the last machine until it was ready. */
  readonly lastWait: number;
  readonly requests: number;
  /** The most requests that the API received in any second. */
  readonly busiestSecond: number;
}

/** The number of machines that are created first, to give the estimate a history. */
const learned = 10;

/** Creates `count` machines at a known rate limit, with the default job times of the simulator. */
export async function measureApplying(count: number, requestsPerSecond: number): Promise<Applying> {
  await using simulator = await startSimulator();
  const throttle = { requestsPerSecond, burst: requestsPerSecond, concurrency: 8, adaptive: false };
  await using store = await openTestStore();
  await using api = createApi({
    url: `${simulator.url}/v1`,
    key: 'bench',
    throttle,
    requests: { timeout: 30_000, retries: 0 },
  });
  const workspace = await workspaceOn(api, store);
  const policy = { ...benchPolicy, throttle };
  const never = new AbortController().signal;
  const apply = async (machines: number) => {
    const prepared = await prepare(workspace, declared(machines), policy, 'cli');
    const { estimate } = reportOn(workspace, policy, prepared);
    const start = performance.now();
    const report = await enforce(workspace, policy, prepared, {
      wait: true,
      stop: never,
      stopWaiting: never,
    });
    const took = (performance.now() - start) / 1000;
    await store.recordPass(report, 10);
    if (report.actions.some(({ outcome }) => outcome !== 'done'))
      throw new Error('not every machine was created');
    return { estimate, took };
  };
  await apply(learned);
  const before = api.usage().requests;
  const starts: number[] = [];
  simulator.onExchange(() => starts.push(performance.now()));
  const { estimate, took } = await apply(learned + count);
  const waits = await store.actionHistory(addressOf('machines', `m${learned + count - 1}`), 1);
  return {
    estimated: estimate.seconds,
    took,
    lastWait: (waits[0]?.took ?? 0) / 1000,
    requests: api.usage().requests - before,
    busiestSecond: Math.max(
      ...starts.map((start) => starts.filter((at) => at >= start && at < start + 1000).length),
    ),
  };
}

const declared = (count: number) => ({
  resources: Array.from({ length: count }, (_, index) => machine(`m${index}`)),
  absent: [],
  revision: `bench ${count}`,
});

const machine = (name: string): Desired => ({
  address: addressOf('machines', name),
  kind: 'machines',
  name,
  spec: {
    machineType: 'C5',
    region: 'ny2',
    diskSize: 50,
    template: { by: 'live', kind: 'osTemplates', name: 'Ubuntu 22.04' },
  },
  lifecycle: defaultLifecycle,
  source: { file: 'machines.yaml', line: 1, column: 1 },
});
