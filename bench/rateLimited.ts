import { createApi } from '../src/api/client.ts';
import { prepare } from '../src/reconcile/preparePass.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { openTestStore } from '../test/support/openTestStore.ts';
import { benchPolicy } from './policy.ts';
import { declaredTeam, seedTeam } from './team.ts';
import { workspaceOn } from './workspace.ts';

/** The cost of reading a team at a rate limit. */
export interface RateLimited {
  readonly pass: { readonly seconds: number; readonly requests: number };
  /** One request for each resource. */
  readonly each: { readonly seconds: number; readonly requests: number };
}

/** The number of concurrent requests when each resource is read by itself. */
const together = 10;

/**
 * Reads machines and their scripts from a simulator that refuses more than `perSecond` requests a second, through a
 * client that is configured with that limit: once in a pass, and once each by its id.
 */
export async function measureRateLimited(
  machines: number,
  perSecond: number,
): Promise<RateLimited> {
  const burst = together;
  await using simulator = await startSimulator({ rateLimit: { perSecond, burst: 2 * burst } });
  seedTeam(simulator.world, machines);
  const desired = { resources: declaredTeam(simulator.world), absent: [], revision: 'bench' };
  await using store = await openTestStore();
  const throttle = { requestsPerSecond: perSecond, burst, concurrency: together, adaptive: false };
  const timed = async (read: (api: ReturnType<typeof createApi>) => Promise<unknown>) => {
    await using api = createApi({
      url: `${simulator.url}/v1`,
      key: 'bench',
      throttle,
      requests: { timeout: 30_000, retries: 0 },
    });
    const start = performance.now();
    await read(api);
    const { requests, rateLimited } = api.usage();
    if (rateLimited > 0) throw new Error(`${rateLimited} requests were refused`);
    return { seconds: (performance.now() - start) / 1000, requests };
  };
  const pass = await timed(async (api) => {
    const policy = { ...benchPolicy, throttle };
    const { plan } = await prepare(await workspaceOn(api, store), desired, policy, 'schedule');
    if (plan.assessments.length < machines) throw new Error('the plan is not of the whole team');
  });
  const paths = [
    ...[...simulator.world.machines].map(({ id }) => `/machines/${id}`),
    ...[...simulator.world.startupScripts].map(({ id }) => `/startup-scripts/${id}`),
  ];
  const each = await timed((api) => Promise.all(paths.map((path) => api.get(path))));
  return { pass, each };
}
