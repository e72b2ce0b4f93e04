import type { Call } from '../../http/call.ts';
import { GB } from '../../world/catalog.ts';
import { change, find, retire } from '../../world/find.ts';
import { byName, inRegion, list, named } from '../../world/list.ts';
import { readRegion, type Region } from '../../world/regions.ts';
import { deleted, showRegion, time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import { findNetwork } from './privateNetworks.ts';

interface SharedDrive extends Row {
  readonly name: string;
  /** GB. */
  readonly size: number;
  readonly mountPoint: string;
  readonly username: string;
  readonly password: string;
  readonly networkId: string;
  readonly region: Region;
  readonly dtCreated: number;
  readonly dtDeleted: number | null;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly sharedDrives: SharedDrive;
  }
}

const show = (world: World) => (drive: SharedDrive) => ({
  id: drive.id,
  name: drive.name,
  dtCreated: time(drive.dtCreated),
  ...deleted(drive.dtDeleted),
  size: drive.size * GB,
  mountPoint: drive.mountPoint,
  username: drive.username,
  password: drive.password,
  networkId: drive.networkId,
  region: showRegion(world, drive.region),
});

interface CreateBody {
  readonly name: string;
  readonly size: number;
  readonly region: string;
  readonly networkId: string;
}

const called = ({ world, path }: Call) => find(world.sharedDrives, path.id, 'Shared drive');

export default {
  tables: { sharedDrives: {} },
  handlers: {
    'sharedDrives-list': (call: Call) =>
      list(call, {
        table: call.world.sharedDrives,
        show: show(call.world),
        keep: [named(call.query.name), inRegion(call.query.region)],
        orders: { name: byName },
      }),
    'sharedDrives-create': ({ world, body }: Call<CreateBody>) => {
      const region = readRegion(body.region);
      const network = findNetwork(world, body.networkId, region);
      const id = world.ids.next('sd');
      const drive = world.sharedDrives.insert({
        id,
        name: body.name,
        size: body.size,
        mountPoint: `//${network.network.replace(/0$/, '2')}/${id}`,
        username: id,
        password: world.ids.next('pw'),
        networkId: network.id,
        region,
        dtCreated: world.now,
        dtDeleted: null,
      });
      return show(world)(drive);
    },
    'sharedDrives-get': (call: Call) => show(call.world)(called(call)),
    'sharedDrives-update': (call: Call<{ readonly name?: string }>) =>
      show(call.world)(change(call.world.sharedDrives, called(call), call.body)),
    'sharedDrives-delete': (call: Call) => ({
      id: retire(call.world, 'sharedDrives', called(call)).id,
    }),
  },
} satisfies Collection;
