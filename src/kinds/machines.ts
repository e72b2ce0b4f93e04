import type { Api, Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import { interner } from '../model/interner.ts';
import type { Spec } from '../model/resource.ts';
import type { OwedValue } from '../model/memory.ts';
import { diskSizes } from './lib/fields.ts';
import { jobsOf } from './lib/machines/events.ts';
import { machineSchema } from './lib/machines/schema.ts';
import { machineTypeLabel } from './lib/machines/types.ts';
import { machineWaste } from './lib/machines/waste.ts';
import { pathTo } from './lib/path.ts';
import {
  amount,
  bytes,
  field,
  fieldOf,
  flag,
  identity,
  instant,
  optional,
  text,
} from './lib/read.ts';
import {
  createdWithJob,
  getItem,
  listItems,
  withoutNulls,
  removeWithJob,
  readStarted,
  withIds,
} from './lib/rest.ts';
import { gigabytes, regionCode } from './lib/units.ts';
import { readUser } from './lib/users.ts';

/**
 * The states in which a machine accepts actions, with their power. Any other state, known or not, is a transition
 * (FACTS 4.1).
 */
const readyStates: ReadonlyMap<string, string> = new Map([
  ['ready', 'running'],
  ['off', 'off'],
]);

/**
 * A team has few networks and rates, however many machines it has: equal values share one object. With the region codes
 * of `units.ts`, that saves 83 MB of the 659 MB of a daemon with 100,000 machines (`npm run bench`).
 */
const internNetwork = interner((id: string | null) => id, 1000);
const internRates = interner(
  ({ usageRate, storageRate }: { readonly usageRate: number; readonly storageRate: number }) =>
    `${usageRate} ${storageRate}`,
  1000,
);

function read(machine: Json): Listed {
  const state = field(machine, 'state', text);
  return {
    id: field(machine, 'id', identity),
    name: field(machine, 'name', text),
    spec: withoutNulls({
      machineType: field(machine, 'machineType', text),
      region: regionCode(field(machine, 'region', text)),
      diskSize: gigabytes(field(machine, 'storageTotal', bytes), diskSizes),
      network: internNetwork(field(machine, 'networkId', optionalId)),
      publicIpType: field(machine, 'publicIpType', text),
      autoSnapshotEnabled: field(machine, 'autoSnapshotEnabled', flag),
      autoSnapshotFrequency: field(machine, 'autoSnapshotFrequency', optionalText),
      autoSnapshotSaveCount: field(machine, 'autoSnapshotSaveCount', optionalAmount),
      autoShutdownEnabled: field(machine, 'autoShutdownEnabled', flag),
      autoShutdownTimeout: field(machine, 'autoShutdownTimeout', optionalAmount),
      autoShutdownForce: field(machine, 'autoShutdownForce', optionalFlag),
      restorePointEnabled: field(machine, 'restorePointEnabled', flag),
      restorePointFrequency: field(machine, 'restorePointFrequency', optionalText),
      restorePointSnapshot: field(machine, 'restorePointSnapshotId', optionalId),
      state: readyStates.get(state),
    }),
    ready: readyStates.has(state),
    transition: state,
    ...changedAtOf(field(machine, 'dtModified', optional(instant))),
    attributes: internRates({
      usageRate: field(machine, 'usageRate', amount),
      storageRate: field(machine, 'storageRate', amount),
    }),
  };
}

const changedAtOf = (at: string | null): Pick<Listed, 'changedAt'> =>
  at === null ? {} : { changedAt: Math.floor(Date.parse(at) / 1000) };

const optionalId = optional(identity);
const optionalText = optional(text);
const optionalFlag = optional(flag);
const optionalAmount = optional(amount);

const path = '/machines';
const idFields = ['network', 'template', 'startupScript', 'restorePointSnapshot'];

/**
 * Starts or stops a machine. The body is `{}`, since the API refuses an empty body with a JSON content type (FACTS
 * 1.9).
 */
const power = (verb: 'start' | 'stop') => (api: Api, id: string) =>
  api.patch(pathTo(path, id, verb), {}, readStarted);

/** Replaces the machine type by the API's spelling. */
const withSpelledType = (spec: Spec): Spec =>
  typeof spec['machineType'] === 'string'
    ? { ...spec, machineType: machineTypeLabel(spec['machineType']) }
    : spec;

const put = (api: Api, id: string, changed: Spec) =>
  api.put(pathTo(path, id), withIds(withSpelledType(changed), idFields), readStarted);

/** A machine without a declared power runs after its create, unless `startOnCreate` is false. */
const runsOnCreate = ({ startOnCreate }: Spec, wanted: 'running' | 'off' | undefined): boolean =>
  wanted === undefined ? startOnCreate !== false : wanted === 'running';

/**
 * The API may drop new settings of an auto-shutdown that is on: it is switched off first, and on again together with
 * the new settings (FACTS 3.1, 8.3).
 */
function shutdownSwitchedFor(changed: Spec, live: Spec): Record<string, OwedValue> | undefined {
  const isInUse = live['autoShutdownEnabled'] === true && changed['autoShutdownEnabled'] !== false;
  if (!isInUse || !('autoShutdownTimeout' in changed || 'autoShutdownForce' in changed))
    return undefined;
  const settings = withoutNulls({
    autoShutdownTimeout: live['autoShutdownTimeout'],
    autoShutdownForce: live['autoShutdownForce'],
  });
  return {
    autoShutdownEnabled: { owed: true, temporary: false },
    ...Object.fromEntries(Object.entries(settings).map(([name, owed]) => [name, { owed }])),
  };
}

/** The API accepts a restore point only together with its snapshot (FACTS 9). */
const withSnapshot = (changed: Spec, { desired, live }: { desired: Spec; live: Spec }): Spec =>
  changed['restorePointEnabled'] === true
    ? {
        ...withoutNulls({
          restorePointSnapshot: desired['restorePointSnapshot'] ?? live['restorePointSnapshot'],
        }),
        ...changed,
      }
    : changed;

/** Asks whether the API has a machine of this type in this region now. */
const availability = (api: Api, { machineType, region }: Spec): Promise<boolean> =>
  api.get(
    '/machine-availability',
    { machineType: machineTypeLabel(String(machineType)), region: String(region) },
    fieldOf('available', flag),
  );

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
  list: (api) => listItems(api, path, read),
  get: (api, id) => getItem(api, path, id, read),
  create: (api, name, { state, accessors, ...spec }) => {
    const body = {
      name,
      publicIpType: 'none',
      ...withIds(withSpelledType(spec), idFields),
      ...withoutNulls({ accessorIds: accessors }),
      startOnCreate: runsOnCreate(spec, state as 'running' | 'off' | undefined),
    };
    return api.post(path, body, createdWithJob);
  },
  createJob: { verb: 'create' },
  capacity: {
    nameOf: ({ machineType, region }) =>
      `${machineTypeLabel(String(machineType))}@${String(region)}`,
    isAvailable: availability,
    isRefusal: ({ message, verdict, code }) =>
      verdict !== 'uncertain' &&
      code !== undefined &&
      /capacity|out of stock|sold out|no .* available/i.test(message),
  },
  update: (api, id, changed, sides) => put(api, id, withSnapshot(changed, sides)),
  switchedFor: shutdownSwitchedFor,
  remove: (api, id) => removeWithJob(api, pathTo(path, id)),
  terraformTypes: ['paperspace_machine'],
  power: { field: 'state', start: power('start'), stop: power('stop'), runsOnCreate },
  pricing: {
    usageOf: ({ machineType }) => String(machineType),
    storageOf: ({ diskSize }) => Number(diskSize),
    fields: ['machineType', 'diskSize'],
  },
  waste: machineWaste,
  details: {
    events: (api, { id }) => jobsOf(api, id),
    availability: async (api, { spec }) => ({
      machineType: spec['machineType'],
      region: spec['region'],
      available: await availability(api, spec),
    }),
  },
  relations: {
    accessors: {
      setByOwnCreate: true,
      rotated: true,
      members: (api, id) => listItems(api, pathTo(path, id, 'accessors'), readUser),
      assign: async (api, id, userId) => {
        await api.post(pathTo(path, id, 'accessors'), { userId }, readUser);
      },
      unassign: async (api, id, userId) => {
        await api.remove(pathTo(path, id, 'accessors', userId), {}, readUser);
      },
    },
  },
} satisfies ResourceKind;
