import { Type } from 'typebox';
import type { Api, Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind/kind.ts';
import type { Spec } from '../model/resource.ts';
import { regionField } from './lib/fields.ts';
import { pathTo } from './lib/path.ts';
import { field, fieldOf, identity, optional, text } from './lib/read.ts';
import { listItems, withoutNulls } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    region: regionField,
    ip: Type.Optional(
      Type.String({
        description:
          'An existing address of the team. Holdfast never requests a new one in its place.',
        format: 'ipv4',
        examples: ['203.0.113.7'],
        immutable: true,
        serverAssigned: true,
      }),
    ),
    machine: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
        description:
          'The machine that has the address, in the same region; null: none. Not set: left as it is.',
        references: 'machines',
        relation: 'one',
        exclusive: true,
        sameRegion: true,
        impliesOnTarget: { publicIpType: 'static' },
      }),
    ),
  },
  { additionalProperties: false },
);

const address = fieldOf('ip', identity);

function read(item: Json): Listed {
  const ip = address(item);
  const region = regionCode(field(item, 'region', text));
  const machine = field(item, 'assignedMachineId', optional(identity));
  return { id: ip, name: ip, spec: withoutNulls({ ip, region, machine }) };
}

const path = '/public-ips';

const assignTo = async (api: Api, ip: string, machineId: string | null): Promise<void> => {
  await api.put(pathTo(path, ip), { machineId }, address);
};

/**
 * Selects the declared address, or else the address of the declared machine, or else an unassigned one in the region.
 */
function adopt(
  { ip, region, machine }: Spec,
  free: readonly Listed[],
  idOf: (reference: unknown) => string | undefined,
): Listed | undefined {
  if (ip !== undefined) return free.find(({ id }) => id === ip);
  const inRegion = free.filter(({ spec }) => spec['region'] === region);
  const holder = idOf(machine);
  return (
    (holder === undefined ? undefined : inRegion.find(({ spec }) => spec['machine'] === holder)) ??
    inRegion.find(({ spec }) => spec['machine'] === undefined)
  );
}

/** Static public IP addresses. The API gives them no names, so a name exists only in the config and in the binding. */
export default {
  name: 'publicIps',
  singular: 'public IP',
  schema,
  examples: [{ name: 'gateway', spec: { region: 'ny2', machine: 'golden' } }],
  list: (api) => listItems(api, path, read),
  adopt,
  /** The API chooses the address. */
  create: async (api, _, { region }) => ({
    id: await api.post(path, { region }, address),
  }),
  remove: async (api, ip) => {
    await api.remove(pathTo(path, ip), {}, address);
    return {};
  },
  relations: {
    machine: {
      assign: (api, ip, machine) => assignTo(api, ip, machine),
      unassign: (api, ip) => assignTo(api, ip, null),
    },
  },
  listedPrice: { unitsOf: () => 1 },
  waste: ({ spec }) =>
    spec['machine'] === undefined ? { reason: 'no machine has it', end: 'absent' } : undefined,
} satisfies ResourceKind;
