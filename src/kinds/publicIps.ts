import { Type } from 'typebox';
import type { Api, Json } from '../model/api.ts';
import type { Listed, ResourceKind } from '../model/kind.ts';
import type { Spec } from '../model/resource.ts';
import { regionField } from './lib/fields.ts';
import { pathTo } from './lib/path.ts';
import { field, fieldOf, identity, optional, text } from './lib/read.ts';
import { listed, present } from './lib/rest.ts';
import { regionCode } from './lib/units.ts';

const schema = Type.Object(
  {
    region: regionField,
    ip: Type.Optional(
      Type.String({
        description: 'This address of the team, and no other. It is never claimed anew.',
        format: 'ipv4',
        examples: ['203.0.113.7'],
        immutable: true,
        given: true,
      }),
    ),
    machine: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
        description:
          'The machine that has it, in the same region; null: none. Not set: left as it is.',
        references: 'machines',
        relation: 'one',
        exclusive: true,
        sameRegion: true,
        targetIs: { publicIpType: 'static' },
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
  return { id: ip, name: ip, spec: present({ ip, region, machine }) };
}

const path = '/public-ips';

const give = async (api: Api, ip: string, machineId: string | null): Promise<void> => {
  await api.put(pathTo(path, ip), { machineId }, address);
};

/** The address that is declared; else the one that the declared machine has; else a free one of the region. */
function adopt(
  { ip, region, machine }: Spec,
  free: readonly Listed[],
  idOf: (reference: unknown) => string | undefined,
): Listed | undefined {
  if (ip !== undefined) return free.find(({ id }) => id === ip);
  const here = free.filter(({ spec }) => spec['region'] === region);
  const holder = idOf(machine);
  return (
    (holder === undefined ? undefined : here.find(({ spec }) => spec['machine'] === holder)) ??
    here.find(({ spec }) => spec['machine'] === undefined)
  );
}

/** Static addresses. The API gives them no name, so the name is Holdfast's own, and known from the binding. */
export default {
  name: 'publicIps',
  singular: 'public IP',
  schema,
  examples: [{ name: 'gateway', spec: { region: 'ny2', machine: 'golden' } }],
  list: (api) => listed(api, path, read),
  adopt,
  /** Claims an address, which the API chooses. */
  create: async (api, _, { region }) => ({
    id: await api.post(path, { region }, address),
  }),
  remove: async (api, ip) => {
    await api.remove(pathTo(path, ip), {}, address);
    return {};
  },
  relations: {
    machine: {
      assign: (api, ip, machine) => give(api, ip, machine),
      unassign: (api, ip) => give(api, ip, null),
    },
  },
} satisfies ResourceKind;
