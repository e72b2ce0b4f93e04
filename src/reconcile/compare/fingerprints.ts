import { createHash } from 'node:crypto';
import type { Plan } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Values } from './writeOnly.ts';

/** What tells whether a resource is as it was. */
export interface Fingerprints {
  /** Another one when its YAML says something else, or a secret that it names is another. */
  readonly yaml: (address: Address) => string;
  /** Another one when the API shows something else of it. */
  readonly live: (address: Address) => string;
  /** Of both. */
  readonly both: (address: Address) => string;
  /** Whether the YAML of a resource holds values that count by their keyed digest. */
  readonly hasValues: (address: Address) => boolean;
}

/** The fingerprints of what a plan was made from. They are worked out when they are asked for: in a quiet team, never. */
export function fingerprintsOf(
  desired: ReadonlyMap<Address, Desired>,
  values: Values,
  snapshot: Snapshot,
  plan: Plan,
): Fingerprints {
  let ids: ReadonlyMap<Address, string> | undefined;
  const yaml = (address: Address): string => {
    const { spec, lifecycle } = desired.get(address) ?? {};
    const secrets = [...(values.get(address) ?? [])].map(([path, value]) => [
      path,
      value.ok ? value.digest : value.because,
    ]);
    return sha256(spec, lifecycle, secrets);
  };
  const live = (address: Address): string => {
    const id = (ids ??= idsIn(plan)).get(address);
    const kind = address.slice(0, address.indexOf('/'));
    const observed = id === undefined ? undefined : snapshot.get(kind)?.byId.get(id);
    return sha256(observed?.id, observed?.name, observed?.spec, observed?.settled);
  };
  return {
    yaml,
    live,
    both: (address) => sha256(yaml(address), live(address)),
    hasValues: (address) => (values.get(address)?.size ?? 0) > 0,
  };
}

/** The live ids of what a plan speaks of. */
export const idsIn = ({ assessments }: Plan): Map<Address, string> =>
  new Map(
    assessments.flatMap(({ kind, name, id }) =>
      id === undefined ? [] : [[addressOf(kind, name), id] as const],
    ),
  );

const sha256 = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
