import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { Plan } from '../../model/pass/plan.ts';
import type { Address, Desired, Lifecycle } from '../../model/resource.ts';
import { addressOf, defaultLifecycle } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Values } from './writeOnly.ts';

/** Hashes that tell whether a resource has changed since a failure, an approval, or a saved plan. */
export interface Fingerprints {
  /** Changes with the YAML of the resource and with the secrets that it names. */
  readonly yaml: (address: Address) => string;
  /** Changes with the live spec. */
  readonly live: (address: Address) => string;
  /** Changes with either. */
  readonly both: (address: Address) => string;
  /** Whether the resource has write-only values, which count by keyed digest. */
  readonly hasValues: (address: Address) => boolean;
}

/** The fingerprints of the resources in a plan. Each is computed on demand: a quiet team needs none. */
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
    return sha256(spec, lifecycle && counted(lifecycle), secrets);
  };
  const live = (address: Address): string => {
    const id = (ids ??= idsIn(plan)).get(address);
    const kind = address.slice(0, address.indexOf('/'));
    const observed = id === undefined ? undefined : snapshot.get(kind)?.byId.get(id);
    return sha256(observed?.id, observed?.name, observed?.spec, observed?.ready);
  };
  return {
    yaml,
    live,
    both: (address) => sha256(yaml(address), live(address)),
    hasValues: (address) => (values.get(address)?.size ?? 0) > 0,
  };
}

/**
 * The lifecycle without what earlier versions did not have, if it has its default: a fingerprint that such a version
 * has stored stays valid.
 */
const counted = ({ onExpiry, ...lifecycle }: Lifecycle): Partial<Lifecycle> =>
  onExpiry === defaultLifecycle.onExpiry ? lifecycle : { ...lifecycle, onExpiry };

/** The live ids of the resources in a plan, by address. */
export const idsIn = ({ assessments }: Plan): Map<Address, string> =>
  new Map(
    assessments.flatMap(({ kind, name, id }) =>
      id === undefined ? [] : [[addressOf(kind, name), id] as const],
    ),
  );

const sha256 = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts, inConfig)).digest('hex');

/** The path of a file in the config counts from there: each commit of a repository has its files in another place. */
function inConfig(_: string, value: unknown): unknown {
  const { path, within } = (value ?? {}) as { readonly path?: unknown; readonly within?: unknown };
  return typeof path === 'string' && typeof within === 'string'
    ? { ...(value as object), path: relative(within, path), within: '' }
    : value;
}
