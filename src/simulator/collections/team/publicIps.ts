import type { Call } from '../../http/call.ts';
import { badRequest, conflict, notFound } from '../../http/refusal.ts';
import { find } from '../../world/find.ts';
import { inRegion, list } from '../../world/list.ts';
import { readRegion, type Region } from '../../world/regions.ts';
import { showRegion, time } from '../../world/show.ts';
import type { Row } from '../../world/table.ts';
import type { World } from '../../world/world.ts';
import type { Collection } from '../lib/collection.ts';
import type { Machine, PublicIpType } from '../machines/machines.ts';

/** A claimed address. Its id is the address. */
interface PublicIp extends Row {
  readonly region: Region;
  readonly machineId: string | null;
  readonly dtCreated: number;
}

declare module '../../world/world.ts' {
  interface Rows {
    readonly publicIps: PublicIp;
  }
}

/** An unassigned address has no assignedMachineId. */
const show = (world: World) => (address: PublicIp) => ({
  ip: address.id,
  region: showRegion(world, address.region),
  ...(address.machineId !== null && { assignedMachineId: address.machineId }),
  dtCreated: time(address.dtCreated),
});

/** Claims an address and assigns it to the machine. */
export function claimAddress(world: World, machine: Machine): void {
  assign(world, claim(world, machine.region), machine);
}

/** Applies a change of publicIpType. A static address is unassigned, but stays claimed. */
export function changeAddress(world: World, machine: Machine, to: PublicIpType): void {
  if (to === machine.publicIpType) return;
  const address = addressOf(world, machine.id);
  if (address) free(world, address);
  if (to === 'static') claimAddress(world, machine);
  else world.machines.patch(machine.id, { publicIpType: to, publicIp: null });
}

export default {
  tables: { publicIps: {} },
  handlers: {
    'publicIps-list': (call: Call) =>
      list(call, {
        table: call.world.publicIps,
        show: show(call.world),
        keep: [inRegion(call.query.region)],
      }),
    'publicIps-claim': ({ world, body }: Call<{ readonly region: string }>) =>
      show(world)(claim(world, readRegion(body.region))),
    'publicIps-assign': ({ world, path, body }: Call<{ readonly machineId: string | null }>) => {
      const address = called(world, path.ip);
      if (body.machineId === null) free(world, address);
      else if (body.machineId !== address.machineId) assignById(world, address, body.machineId);
      return show(world)(called(world, path.ip));
    },
    /** Succeeds even if the address is assigned (FACTS 3.5). */
    'publicIps-release': ({ world, path }: Call) => {
      const address = called(world, path.ip);
      free(world, address);
      world.publicIps.delete(address.id);
      return { ip: address.id };
    },
  },
} satisfies Collection;

const called = (world: World, ip: string) => find(world.publicIps, ip, 'Public IP');

const addressOf = (world: World, machineId: string) =>
  world.publicIps.find((address) => address.machineId === machineId);

function claim(world: World, region: Region): PublicIp {
  const serial = world.ids.serial();
  return world.publicIps.insert({
    id: `184.105.${(serial >> 8) & 255}.${serial & 255}`,
    region,
    machineId: null,
    dtCreated: world.now,
  });
}

function assignById(world: World, address: PublicIp, machineId: string): void {
  const machine = world.machines.get(machineId);
  if (!machine) throw notFound(`Machine ${machineId}`);
  if (machine.region !== address.region)
    throw badRequest(`Machine ${machineId} is not in the region of ${address.id}`);
  if (address.machineId !== null) throw conflict(`Public IP ${address.id} is assigned already`);
  if (addressOf(world, machineId)) throw conflict(`Machine ${machineId} has a public IP already`);
  assign(world, address, machine);
}

function assign(world: World, address: PublicIp, machine: Machine): void {
  world.publicIps.patch(address.id, { machineId: machine.id });
  world.machines.patch(machine.id, { publicIpType: 'static', publicIp: address.id });
}

function free(world: World, address: PublicIp): void {
  if (address.machineId === null) return;
  world.publicIps.patch(address.id, { machineId: null });
  world.machines.patch(address.machineId, { publicIpType: 'none', publicIp: null });
}
