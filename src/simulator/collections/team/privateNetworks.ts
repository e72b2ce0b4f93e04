import type { Call } from '../../http/call.ts';
import { badRequest, conflict } from '../../http/refusal.ts';
import { change, find, isDeleted, retire } from '../../world/find.ts';
import { byName, inRegion, list, named } from '../../world/list.ts';
import { readRegion, type Region } from '../../world/regions.ts';
import { deleted, showRegion, time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';

export interface PrivateNetwork extends Row {
  readonly name: string;
  readonly region: Region;
  readonly network: string;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly privateNetworks: PrivateNetwork;
  }
}

const show = (world: World) => (network: PrivateNetwork) => ({
  id: network.id,
  name: network.name,
  region: showRegion(world, network.region),
  network: network.network,
  netmask: '255.255.255.0',
  dtCreated: time(network.dtCreated),
  ...deleted(network.dtDeleted),
});

/** Returns the network. Throws a 404 if it does not exist, and a 400 if it is in another region. */
export function findNetwork(world: World, id: string, region: Region): PrivateNetwork {
  const network = find(world.privateNetworks, id, 'Private network');
  if (network.region !== region) throw badRequest(`Private network ${id} is not in ${region}`);
  return network;
}

/** Returns a private address for a machine in its network, or in the default one. */
export function privateAddress(world: World, networkId: string): string {
  const prefix = world.privateNetworks.get(networkId)?.network.replace(/0$/, '');
  const serial = world.ids.serial();
  return prefix ? `${prefix}${2 + (serial % 250)}` : `10.64.${(serial >> 8) & 255}.${serial & 255}`;
}

export default {
  tables: { privateNetworks: {} },
  handlers: {
    'privateNetworks-list': (call: Call) =>
      list(call, {
        table: call.world.privateNetworks,
        show: show(call.world),
        keep: [named(call.query.name), inRegion(call.query.region)],
        orders: { name: byName },
      }),
    'privateNetworks-create': ({ world, body }: Call<CreateBody>) => {
      const region = readRegion(body.region);
      const serial = world.ids.serial();
      const network = world.privateNetworks.insert({
        id: world.ids.next('n'),
        name: body.name,
        region,
        network: `10.${(serial >> 8) & 63}.${serial & 255}.0`,
        dtCreated: world.now,
        dtDeleted: null,
      });
      if (body.migrateMachines) migrate(world, network);
      return show(world)(network);
    },
    /** Answers null, not 404, for an unknown id (FACTS 1.3). */
    'privateNetworks-get': ({ world, path }: Call) => {
      const network = world.privateNetworks.get(path.id);
      return network && !isDeleted(network) ? show(world)(network) : null;
    },
    'privateNetworks-update': ({ world, path, body }: Call<{ readonly name?: string }>) => {
      const network = find(world.privateNetworks, path.id, 'Private network');
      return show(world)(change(world.privateNetworks, network, body));
    },
    'privateNetworks-delete': ({ world, path }: Call) => {
      const network = find(world.privateNetworks, path.id, 'Private network');
      const holds = (row: Row & { networkId: string }) =>
        row.networkId === network.id && !isDeleted(row);
      if (world.machines.find(holds)) throw conflict('Private network still has machines');
      if (world.sharedDrives.find(holds)) throw conflict('Private network still has shared drives');
      retire(world, 'privateNetworks', network);
      return { id: network.id };
    },
  },
} satisfies Collection;

interface CreateBody {
  readonly name: string;
  readonly region: string;
  readonly migrateMachines?: boolean;
}

function migrate(world: World, network: PrivateNetwork): void {
  const from = world.team.defaultNetworks[network.region];
  for (const machine of world.machines.filter(({ networkId }) => networkId === from))
    world.machines.patch(machine.id, {
      networkId: network.id,
      privateIp: privateAddress(world, network.id),
    });
}
