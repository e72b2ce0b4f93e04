import type { Call } from '../../http/call.ts';
import { forbidden } from '../../http/refusal.ts';
import { takeCapacity } from '../../world/capacity.ts';
import { find, isDeleted } from '../../world/find.ts';
import { readRegion, type Region } from '../../world/regions.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { changeSettings, defaultSettings, type SettingsBody } from '../lib/machineSettings.ts';
import { offeredType, usableTemplate, type Template } from '../lib/templates.ts';
import { findNetwork, privateAddress } from '../team/privateNetworks.ts';
import { claimAddress } from '../team/publicIps.ts';
import { findMember } from '../team/teamMembers.ts';
import { addAccessor } from './accessors.ts';
import { showEvent, startJob } from './events.ts';
import { showMachine, type Machine, type PublicIpType } from './machines.ts';
import { assignScript } from './startupScripts.ts';

/** The body of machines-create. */
interface CreateBody extends SettingsBody {
  readonly name: string;
  readonly machineType: string;
  readonly templateId: string;
  readonly diskSize: number;
  readonly region: string;
  readonly networkId?: string;
  readonly publicIpType?: PublicIpType;
  readonly takeInitialSnapshot?: boolean;
  readonly startupScriptId?: string;
  readonly startOnCreate?: boolean;
  readonly accessorIds?: readonly string[];
}

/** The data that the end of the create job needs. */
export interface CreateData {
  readonly start: boolean;
  readonly snapshot: boolean;
}

export default {
  handlers: {
    'machines-create': ({ world, body }: Call<CreateBody>) => {
      const { machine, attach } = prepare(world, body);
      takeCapacity(world, machine.machineType, machine.region);
      world.machines.insert(machine);
      attach();
      const data: CreateData = {
        start: body.startOnCreate ?? true,
        snapshot: body.takeInitialSnapshot ?? false,
      };
      const { create, boot } = world.settings.durations;
      const booting = data.start && world.settings.createDone === 'after-boot';
      const event = startJob(world, {
        name: 'create',
        machineId: machine.id,
        takes: booting ? create + boot : create,
        data,
      });
      return {
        event: showEvent(event),
        data: showMachine(world)(world.machines.get(machine.id) ?? machine),
      };
    },
  },
} satisfies Collection;

/** Looks up everything before anything changes, so that a refusal has no effect. */
function prepare(world: World, body: CreateBody) {
  const region = readRegion(body.region);
  const template = usableTemplate(world, body.templateId, region);
  const machineType = offeredType(template, body.machineType);
  const settings = changeSettings(defaultSettings, body, false);
  const script =
    body.startupScriptId === undefined
      ? undefined
      : find(world.startupScripts, body.startupScriptId, 'Startup script');
  const members = [...new Set(body.accessorIds)].map((id) => findMember(world, id));
  const networkId = networkFor(world, body.networkId, region);
  if (world.machines.filter((machine) => !isDeleted(machine)).length >= world.maxMachines)
    throw forbidden('Your team has reached its maximum number of machines');
  const machine: Machine = {
    ...newMachine(world, template),
    ...settings,
    name: body.name,
    machineType,
    diskSize: body.diskSize,
    region,
    networkId,
    privateIp: privateAddress(world, networkId),
    publicIpType: body.publicIpType ?? 'none',
  };
  const attach = () => {
    if (body.publicIpType === 'static') claimAddress(world, machine);
    if (script) assignScript(world, machine, script);
    for (const member of members) addAccessor(world, machine.id, member);
  };
  return { machine, attach };
}

function networkFor(world: World, id: string | undefined, region: Region): string {
  return id === undefined ? world.team.defaultNetworks[region] : findNetwork(world, id, region).id;
}

const newMachine = (world: World, template: Template) => ({
  id: world.ids.next('psm'),
  state: 'provisioning' as const,
  os: template.operatingSystemLabel,
  agentType: template.agentType,
  templateId: template.id,
  publicIp: null,
  restorePointSnapshotId: null,
  storageUsed: 0,
  dtCreated: world.now,
  dtModified: world.now,
  dtDeleted: null,
  startupScriptId: null,
  scriptRan: false,
  boots: 0,
  scriptRuns: [],
  busy: null,
});
