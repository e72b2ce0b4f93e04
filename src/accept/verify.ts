import { isDeepStrictEqual } from 'node:util';
import type { Address, Desired, DesiredState } from '../model/resource.ts';

/**
 * The addresses that differ between two desired states, apart from the given fields of one resource: a changed line may
 * be shared through an anchor. Pure.
 */
export function sideEffects(
  before: DesiredState,
  after: DesiredState,
  accepted: { readonly address: Address; readonly fields: readonly string[] },
): readonly Address[] {
  const without = (resource: Desired | undefined) =>
    resource && comparable(resource, resource.address === accepted.address ? accepted.fields : []);
  const [old, now] = [byAddress(before), byAddress(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (address) => !isDeepStrictEqual(without(old.get(address)), without(now.get(address))),
  );
}

const byAddress = ({ resources }: DesiredState): ReadonlyMap<Address, Desired> =>
  new Map(resources.map((resource) => [resource.address, resource]));

const comparable = ({ spec, lifecycle }: Desired, except: readonly string[]) => ({
  spec: Object.fromEntries(Object.entries(spec).filter(([field]) => !except.includes(field))),
  lifecycle,
});
