import type { Api } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind.ts';
import { oneOfEach } from '../model/oneOfEach.ts';
import type { Spec } from '../model/resource.ts';
import type { OwedValue } from '../model/store.ts';
import { diskSizes } from './lib/fields.ts';
import { found, listed, present, removedBy, startedBy, withIds } from './lib/rest.ts';
import { jobsOf } from './lib/machineEvents.ts';
import { machineSchema } from './lib/machineSchema.ts';
import { gigabytes, regionCode } from './lib/units.ts';

/** What the answers of the API carry and Holdfast reads (schema Machine). */
interface Machine {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly machineType: string;
  readonly region: string;
  readonly storageTotal: number | string;
  readonly networkId: string | null;
  readonly publicIpType: string;
  readonly autoSnapshotEnabled: boolean;
  readonly autoSnapshotFrequency: string | null;
  readonly autoSnapshotSaveCount: number | null;
  readonly autoShutdownEnabled: boolean;
  readonly autoShutdownTimeout: number | null;
  readonly autoShutdownForce: boolean | null;
  readonly restorePointEnabled: boolean;
  readonly restorePointFrequency: string | null;
  readonly restorePointSnapshotId: string | null;
  readonly usageRate: number;
  readonly storageRate: number;
}

/** The states in which a machine may be acted on; every other one, known or not, passes (FACTS 4.1). */
const settledStates: Readonly<Record<string, string>> = { ready: 'running', off: 'off' };

/** Networks and rates are few, however many machines there are. */
const networks = oneOfEach((id: string | null) => id, 1000);
const rates = oneOfEach(
  ({ usageRate, storageRate }: Pick<Machine, 'usageRate' | 'storageRate'>) =>
    `${usageRate} ${storageRate}`,
  1000,
);

function read(machine: Machine): Listed {
  const { id, name, state, usageRate, storageRate } = machine;
  return {
    id,
    name,
    spec: present({
      machineType: machine.machineType,
      region: regionCode(machine.region),
      diskSize: gigabytes(machine.storageTotal, diskSizes),
      network: networks(machine.networkId),
      publicIpType: machine.publicIpType,
      autoSnapshotEnabled: machine.autoSnapshotEnabled,
      autoSnapshotFrequency: machine.autoSnapshotFrequency,
      autoSnapshotSaveCount: machine.autoSnapshotSaveCount,
      autoShutdownEnabled: machine.autoShutdownEnabled,
      autoShutdownTimeout: machine.autoShutdownTimeout,
      autoShutdownForce: machine.autoShutdownForce,
      restorePointEnabled: machine.restorePointEnabled,
      restorePointFrequency: machine.restorePointFrequency,
      restorePointSnapshot: machine.restorePointSnapshotId,
      state: settledStates[state],
    }),
    settled: state in settledStates,
    activity: state,
    facts: rates({ usageRate, storageRate }),
  };
}

const path = '/machines';
const idFields = ['network', 'template', 'startupScript', 'restorePointSnapshot'];

/** A start or stop. The body is `{}`: an empty one labelled JSON is refused (FACTS 1.9). */
const power = (verb: 'start' | 'stop') => async (api: Api, id: string) =>
  startedBy(await api.patch<{ event?: { id: string } }>(`${path}/${id}/${verb}`, {}));

const put = async (api: Api, id: string, changed: Spec) =>
  startedBy(await api.put<{ event?: { id: string } }>(`${path}/${id}`, withIds(changed, idFields)));

/** A machine whose power is not declared is created running, unless `startOnCreate` says otherwise. */
const runsOnCreate = ({ startOnCreate }: Spec, wanted: 'running' | 'off' | undefined): boolean =>
  wanted === undefined ? startOnCreate !== false : wanted === 'running';

/** New settings of a shutdown that is on may not stick: it is turned off, and on again with them (FACTS 3.1, 8.3). */
function shutdownSwitchedFor(changed: Spec, live: Spec): Record<string, OwedValue> | undefined {
  const isInUse = live['autoShutdownEnabled'] === true && changed['autoShutdownEnabled'] !== false;
  if (!isInUse || !('autoShutdownTimeout' in changed || 'autoShutdownForce' in changed))
    return undefined;
  const settings = present({
    autoShutdownTimeout: live['autoShutdownTimeout'],
    autoShutdownForce: live['autoShutdownForce'],
  });
  return {
    autoShutdownEnabled: { owed: true, temporary: false },
    ...Object.fromEntries(Object.entries(settings).map(([field, owed]) => [field, { owed }])),
  };
}

/** A restore point is switched on together with its snapshot (FACTS 9). */
const withSnapshot = (changed: Spec, { desired, live }: { desired: Spec; live: Spec }): Spec =>
  changed['restorePointEnabled'] === true
    ? {
        ...present({
          restorePointSnapshot: desired['restorePointSnapshot'] ?? live['restorePointSnapshot'],
        }),
        ...changed,
      }
    : changed;

/** Whether the API has any machine of this type in this region just now; undefined where it does not say. */
async function availability(api: Api, { machineType, region }: Spec): Promise<unknown> {
  const answer = await api.get<{ available: boolean }>('/machine-availability', {
    machineType: String(machineType),
    region: String(region),
  });
  return answer?.available;
}

interface Accessor {
  readonly user: { readonly id: string; readonly email: string };
}

export default {
  name: 'machines',
  singular: 'machine',
  schema: machineSchema,
  examples: [
    {
      name: 'trainer-1',
      spec: {
        machineType: 'A4000',
        template: { os: 'Ubuntu 22.04' },
        region: 'ny2',
        diskSize: 100,
        network: 'research',
        publicIpType: 'dynamic',
        autoShutdownEnabled: true,
        autoShutdownTimeout: 8,
        restorePointEnabled: true,
        restorePointFrequency: 'shutdown',
        restorePointSnapshot: 'trainer-1-base',
        accessors: ['grace@example.com'],
        state: 'running',
      },
    },
    {
      name: 'golden',
      spec: {
        machineType: 'C5',
        template: { os: 'Ubuntu 22.04' },
        region: 'ny2',
        diskSize: 50,
        state: 'off',
      },
    },
  ],
  list: (api) => listed(api, path, read),
  get: (api, id) => found(api, `${path}/${id}`, read),
  create: async (api, name, { state, accessors, ...spec }) => {
    const answer = await api.post<{ event: { id: string }; data: { id: string } }>(path, {
      name,
      publicIpType: 'none',
      ...withIds(spec, idFields),
      ...present({ accessorIds: accessors }),
      startOnCreate: runsOnCreate(spec, state as 'running' | 'off' | undefined),
    });
    return { id: answer.data.id, ...startedBy(answer) };
  },
  createJob: { verb: 'create' },
  stock: {
    nameOf: ({ machineType, region }) => `${String(machineType)}@${String(region)}`,
    isThere: async (api, spec) => (await availability(api, spec)) !== false,
    isRefusal: ({ message, verdict }) =>
      verdict !== 'uncertain' && /capacity|out of stock|sold out|no .* available/i.test(message),
  },
  update: (api, id, changed, sides) => put(api, id, withSnapshot(changed, sides)),
  switchedFor: shutdownSwitchedFor,
  remove: async (api, id) =>
    removedBy(await api.remove<{ event?: { id: string } }>(`${path}/${id}`)),
  power: { field: 'state', start: power('start'), stop: power('stop'), runsOnCreate },
  pricing: {
    usageOf: ({ machineType }) => String(machineType),
    storageOf: ({ diskSize }) => Number(diskSize),
    fields: ['machineType', 'diskSize'],
  },
  companions: {
    events: (api, { id }) => jobsOf(api, id),
    availability: async (api, { spec }) => ({
      machineType: spec['machineType'],
      region: spec['region'],
      available: await availability(api, spec),
    }),
  },
  relations: {
    accessors: {
      createdWith: true,
      rotated: true,
      members: (api, id) =>
        listed<Accessor>(api, `${path}/${id}/accessors`, ({ user }) => ({
          id: user.id,
          name: user.email,
          spec: {},
        })),
      assign: async (api, id, userId) => {
        await api.post(`${path}/${id}/accessors`, { userId });
      },
      unassign: async (api, id, userId) => {
        await api.remove(`${path}/${id}/accessors/${userId}`);
      },
    },
  },
} satisfies ResourceKind;
