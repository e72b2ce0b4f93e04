import type { Simulator } from '../../src/simulator/simulator.ts';

/** The config of a team with one trouble of each kind, for pages that show them. */
export const troubledConfig: Readonly<Record<string, string>> = {
  'config/holdfast.yaml': `settings:
  mode: enforce
  schedule: null
  limits: { deletions: 0 }
  server: { publicUrl: https://holdfast.example.com }
`,
  'config/team.yaml': `privateNetworks:
  research: { region: ny2 }
  europe: { region: ams1 }
  old: { region: ny2 }

machines:
  "worker-{01..06}":
    machineType: A4000
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 100
    network: research
    state: running

  notebook-eu:
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ams1
    diskSize: 50
    network: europe
    state: { running: "Mon-Fri 08:00-19:00", timezone: Europe/Berlin }

  observed:
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 50
    labels: { owner: ml, env: "a & <b>" }

startupScripts:
  install-docker:
    script: "apt-get install -y docker.io"
    assignedMachines: [worker-01, worker-02, worker-03]
  mount-data:
    script: "mount /data"
`,
};

/** The config with more to do: a script that the API refuses, and a network to delete beyond the limit. */
export const troubledChange: Readonly<Record<string, string>> = {
  'config/team.yaml': (troubledConfig['config/team.yaml'] ?? '')
    .replace('  old: { region: ny2 }\n', '')
    .replace('  observed:\n', '  observed:\n    lifecycle: { manage: observe }\n'),
  'config/more.yaml': `startupScripts:
  refused: { script: "exit 1" }
absent:
  privateNetworks: [old]
`,
};

/** Does by hand what Holdfast has to find: resizes machines, and makes some that no YAML declares. */
export function trouble({ world, fault }: Pick<Simulator, 'world' | 'fault'>): void {
  for (const machine of world.machines) {
    if (machine.name === 'worker-02') world.machines.patch(machine.id, { machineType: 'A5000' });
    if (machine.name === 'observed') world.machines.patch(machine.id, { machineType: 'C7' });
  }
  fault({ method: 'POST', path: '**/startup-scripts', times: Infinity, kind: { status: 400 } });
}
