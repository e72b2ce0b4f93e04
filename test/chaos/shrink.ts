import { run } from './run.ts';
import type { Disturbance, Scenario, Version } from './scenario.ts';

/** Shrinks a scenario that breaks a rule: removes everything that the failure does not need. */
export async function shrink(scenario: Scenario): Promise<Scenario> {
  let smallest = scenario;
  for (let previous: Scenario | undefined; previous !== smallest;) {
    previous = smallest;
    for (const candidate of smallerThan(smallest)) {
      if ((await run(candidate)).violations.length === 0) continue;
      smallest = candidate;
      break;
    }
  }
  return smallest;
}

/** Yields scenarios with one thing less: first without a disturbance, then with less config, and so on. */
function* smallerThan(scenario: Scenario): Iterable<Scenario> {
  const { disturbances, versions } = scenario;
  for (const index of disturbances.keys())
    yield { ...scenario, disturbances: without(disturbances, index) };
  for (const [at, version] of versions.entries())
    for (const smaller of smallerVersions(version))
      yield { ...scenario, versions: versions.with(at, smaller) };
  if (scenario.latency > 0) yield { ...scenario, latency: 0 };
  if (scenario.simulator.rateLimit) {
    const { rateLimit: _, ...simulator } = scenario.simulator;
    yield { ...scenario, simulator };
  }
}

const without = (disturbances: readonly Disturbance[], index: number): readonly Disturbance[] =>
  disturbances.filter((_, at) => at !== index);

/** Versions with one resource less, of those that no other references, or with one `absent` less. */
const smallerVersions = ({ resources, absent }: Version): readonly Version[] => [
  ...absent.map((_, index) => ({ resources, absent: absent.filter((__, at) => at !== index) })),
  ...resources
    .filter(({ kind, name }) => !isNamed(resources, kind, name))
    .map((one) => ({ resources: resources.filter((other) => other !== one), absent })),
];

const isNamed = (resources: Version['resources'], kind: string, name: string): boolean =>
  resources.some(({ spec }) =>
    JSON.stringify(spec).includes(JSON.stringify({ by: 'declared', kind, name })),
  );
