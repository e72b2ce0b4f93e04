import type { Desired } from '../src/model/resource.ts';
import { addressOf, defaultLifecycle } from '../src/model/resource.ts';
import type { World } from '../src/simulator/simulator.ts';

/** What would have to be declared so that every machine of the simulated team is in sync. */
export const declaredMachines = (world: World): readonly Desired[] =>
  [...world.machines].map(({ name, machineType, region, diskSize, autoShutdownEnabled }) => ({
    address: addressOf('machines', name),
    kind: 'machines',
    name,
    spec: {
      machineType,
      region,
      diskSize,
      autoShutdownEnabled,
      template: { by: 'live', kind: 'osTemplates', name: 'Ubuntu 22.04' },
    },
    lifecycle: defaultLifecycle,
    source: { file: 'machines.yaml', line: 1, column: 1 },
  }));

/** The same as YAML, spread over `files` files. */
export function asYaml(resources: readonly Desired[], files: number): readonly string[] {
  const texts = Array.from({ length: files }, () => ['machines:']);
  for (const [index, { name, spec }] of resources.entries())
    texts[index % files]?.push(
      `  ${JSON.stringify(name)}: ${JSON.stringify({ ...spec, template: { os: 'Ubuntu 22.04' } })}`,
    );
  return texts.map((lines) => `${lines.join('\n')}\n`);
}
