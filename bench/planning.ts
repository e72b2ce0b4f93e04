import { loadCatalog } from '../src/kinds/lib/catalog.ts';
import { addressOf } from '../src/model/resource.ts';
import { plan } from '../src/reconcile/plan/plan.ts';
import type { PlanInput } from '../src/reconcile/plan/planInput.ts';
import { observe } from '../src/reconcile/observe/observe.ts';
import { showMachine } from '../src/simulator/collections/machines/machines.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import type { Api } from '../src/model/api.ts';
import { declaredTeam, seedTeam } from './team.ts';
import { createPassCache } from '../src/reconcile/passCache.ts';

/**
 * Measures planning a team in sync without network: milliseconds by team size and round. The sizes alternate, so that
 * other load on the machine affects all of them.
 */
export async function measurePlanning(
  counts: readonly number[],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const teams = await Promise.all(counts.map(inputFor));
  const times = Array.from({ length: rounds + 1 }, () => teams.map(timed));
  const [, ...counted] = times;
  return counts.map((_, team) => counted.map((round) => round[team] ?? Number.NaN));
}

function timed(input: PlanInput): number {
  const start = performance.now();
  const { actions } = plan(input);
  if (actions.length > 0) throw new Error('the benchmark team is not in sync');
  return performance.now() - start;
}

async function inputFor(count: number): Promise<PlanInput> {
  const catalog = await loadCatalog();
  await using simulator = await startSimulator({ record: false });
  seedTeam(simulator.world, count);
  const resources = declaredTeam(simulator.world);
  const machines = [...simulator.world.machines].map(showMachine(simulator.world));
  const scripts = [...simulator.world.startupScripts];
  const api = {
    list: async function* (path: string, _query: object, read: (item: unknown) => unknown) {
      yield (path === '/machines' ? machines : scripts).map(read);
    },
  } as unknown as Api;
  const snapshot = await observe({ catalog, api, cache: createPassCache() }, [
    'startupScripts',
    'machines',
  ]);
  const boundAt = new Date(0).toISOString();
  return {
    catalog,
    desired: { resources, absent: [], revision: 'bench' },
    snapshot,
    memory: {
      wakes: new Map(),
      bindings: new Map(
        [...snapshot.values()].flatMap(({ kind, items }) =>
          items.map(
            ({ id, name }) =>
              [addressOf(kind, name), { id, boundAt, created: false, protected: false }] as const,
          ),
        ),
      ),
      intents: new Map(),
      memberIntents: new Map(),
      obligations: new Map(),
      digests: new Map(),
      lastReadAt: new Map(),
    },
    written: { is: () => true, unreadable: () => undefined },
    prune: [],
    visibility: 120_000,
    now: new Date(),
  };
}
