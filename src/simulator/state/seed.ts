import type { OsTemplate, TemplateMachineType } from '../collections/machines/osTemplates.ts';
import { machineTypes } from '../world/catalog.ts';
import { regions } from '../world/regions.ts';
import type { World } from '../world/world.ts';

const day = 86_400_000;
const founded = Date.UTC(2024, 0, 15, 9);

const people = [
  ['ada', 'Ada', 'Lovelace', 'owner'],
  ['grace', 'Grace', 'Hopper', 'admin'],
  ['linus', 'Linus', 'Torvalds', 'member'],
] as const;

type TemplateRow = readonly [id: string, name: string, label: string, kind: keyof typeof kinds];

const templates: readonly TemplateRow[] = [
  ['t0nspur5', 'Ubuntu 22.04', 'Ubuntu 22.04', 'linux'],
  ['tkni3aa4', 'Ubuntu 20.04', 'Ubuntu 20.04', 'linux'],
  ['tvimtol9', 'Ubuntu 22.04 Desktop', 'Ubuntu 22.04', 'desktop'],
  ['twnlo3zj', 'Ubuntu 20.04 Desktop', 'Ubuntu 20.04', 'desktop'],
  ['t7vp562h', 'ML-in-a-Box 22.04', 'Ubuntu 22.04', 'machineLearning'],
  ['tilqt47t', 'ML-in-a-Box 20.04', 'Ubuntu 20.04', 'machineLearning'],
  ['t17b2fr6', 'Ubuntu 24.04', 'Ubuntu 24.04', 'linux'],
  ['tdc2h9q1', 'Debian 12', 'Debian 12', 'linux'],
  ['tcs9m4x8', 'CentOS Stream 9', 'CentOS Stream 9', 'linux'],
  ['tw10pro4', 'Windows 10', 'Windows 10', 'windows'],
  ['tws19k3d', 'Windows Server 2019', 'Windows Server 2019', 'windows'],
  ['tws22r8f', 'Windows Server 2022', 'Windows Server 2022', 'closed'],
  ['tqqsxr6b', 'ML-in-a-Box 22.04 A100', 'Ubuntu 22.04', 'machineLearning'],
];

const kinds = {
  linux: { agentType: 'LinuxHeadless', size: 50, offers: () => true },
  desktop: { agentType: 'LinuxDesktop', size: 50, offers: (label: string) => label !== 'C1' },
  machineLearning: { agentType: 'LinuxHeadless', size: 100, offers: isGpu },
  windows: { agentType: 'WindowsDesktop', size: 50, offers: (label: string) => label !== 'C1' },
  /** Newer teams cannot use Windows (FACTS 3.8). */
  closed: { agentType: 'WindowsDesktop', size: 50, offers: () => false },
} as const;

/** Fills an empty world with the content of every team: its members and the public templates. */
export function seedTeam(world: World): void {
  const members = people.map(([name, firstName, lastName, role], index) =>
    world.members.insert({
      id: world.ids.next('u'),
      email: `${name}@example.com`,
      firstName,
      lastName,
      isOwner: role === 'owner',
      isAdmin: role !== 'member',
      dtConfirmed: founded + index * day,
    }),
  );
  const [ny2, ca1, ams1] = regions.map(() => world.ids.next('n'));
  world.team = {
    id: world.ids.next('te'),
    namespace: 'example',
    name: 'Example',
    dtCreated: founded,
    userId: members[0]?.id ?? '',
    defaultNetworks: { ny2: ny2 ?? '', ca1: ca1 ?? '', ams1: ams1 ?? '' },
  };
  seedTemplates(world);
}

/** Adds the public templates that the world lacks. */
export function seedTemplates(world: World): void {
  for (const [index, row] of templates.entries())
    if (!world.osTemplates.get(row[0]))
      world.osTemplates.insert(osTemplate(row, founded + index * day));
}

function osTemplate([id, name, label, kind]: TemplateRow, dtCreated: number): OsTemplate {
  const { agentType, size, offers } = kinds[kind];
  return {
    id,
    name,
    agentType,
    operatingSystemLabel: label,
    defaultSizeGb: size,
    availableMachineTypes: offered(offers),
    dtCreated,
  };
}

/** Returns all machine types, each with whether the template offers it. */
const offered = (offers: (label: string) => boolean): readonly TemplateMachineType[] =>
  machineTypes.map(({ label }) => ({ machineTypeLabel: label, isAvailable: offers(label) }));

function isGpu(label: string): boolean {
  return machineTypes.some((type) => type.label === label && type.gpu !== null);
}
