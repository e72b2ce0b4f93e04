import type { Desired } from '../src/model/resource.ts';
import { addressOf, defaultLifecycle } from '../src/model/resource.ts';
import { seedMachines, type World } from '../src/simulator/simulator.ts';

/** The number of machines that run the same startup script. */
const machinesPerScript = 100;

/** Adds machines and their startup scripts to a simulated team. */
export const seedTeam = (world: World, machines: number): void =>
  seedMachines(world, machines, { scripts: Math.ceil(machines / machinesPerScript) });

/** The declared fields of each machine, except its template. */
const machinesIn = (world: World) =>
  [...world.machines].map(({ name, machineType, region, diskSize, autoShutdownEnabled }) => ({
    name,
    fields: { machineType, region, diskSize, autoShutdownEnabled },
  }));

/** The scripts with the names of their machines. */
function scriptsIn(world: World) {
  const names = new Map([...world.machines].map(({ id, name }) => [id, name]));
  return [...world.startupScripts].map(({ name, script, isRunOnce, assignedMachineIds }) => ({
    name,
    script,
    isRunOnce,
    machines: assignedMachineIds.map((id) => names.get(id) ?? id),
  }));
}

/** Declares every machine and every script of the simulated team, in sync with it. */
export const declaredTeam = (world: World): readonly Desired[] => [
  ...scriptsIn(world).map(({ name, script, isRunOnce, machines }) =>
    declared('startupScripts', name, {
      script: { from: 'value', value: script },
      isRunOnce,
      assignedMachines: machines.map((machine) => ({
        by: 'declared',
        kind: 'machines',
        name: machine,
      })),
    }),
  ),
  ...machinesIn(world).map(({ name, fields }) =>
    declared('machines', name, {
      ...fields,
      template: { by: 'live', kind: 'osTemplates', name: 'Ubuntu 22.04' },
    }),
  ),
];

const declared = (kind: string, name: string, spec: Desired['spec']): Desired => ({
  address: addressOf(kind, name),
  kind,
  name,
  spec,
  lifecycle: defaultLifecycle,
  source: { file: 'team.yaml', line: 1, column: 1 },
});

/** The same declarations as YAML, in `files` files. */
export function asYaml(world: World, files: number): readonly string[] {
  const scripts = scriptsIn(world).map(({ name, script, isRunOnce, machines: assignedMachines }) =>
    entry(name, { script, isRunOnce, assignedMachines }),
  );
  const machines = machinesIn(world).map(({ name, fields }) =>
    entry(name, { ...fields, template: { os: 'Ubuntu 22.04' } }),
  );
  const isIn = (file: number) => (_: string, index: number) => index % files === file;
  return Array.from({ length: files }, (_, file) =>
    [
      ...section('startupScripts', scripts.filter(isIn(file))),
      ...section('machines', machines.filter(isIn(file))),
    ].join(''),
  );
}

const section = (kind: string, entries: readonly string[]): readonly string[] =>
  entries.length === 0 ? [] : [`${kind}:\n`, ...entries];

const entry = (name: string, spec: object): string =>
  `  ${JSON.stringify(name)}: ${JSON.stringify(spec)}\n`;
