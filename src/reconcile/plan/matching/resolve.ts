import type { Catalog } from '../../../model/kind/kind.ts';
import type { Address, Reference } from '../../../model/resource.ts';
import { addressOf } from '../../../model/resource.ts';
import type { Snapshot } from '../../../model/pass/snapshot.ts';
import type { Match } from './match.ts';

/**
 * The result of resolving a reference. `id`: a live resource; `created`: a resource that this plan creates;
 * `unresolved`: no id yet, with the reason; `invalid`: no resource fits, or two do; `listNeeded`: a list is required
 * that was not read.
 */
export type Resolution =
  | { readonly is: 'id'; readonly id: string }
  | { readonly is: 'created'; readonly address: Address }
  | { readonly is: 'unresolved'; readonly because: string }
  | { readonly is: 'invalid'; readonly because: string }
  | { readonly is: 'listNeeded'; readonly kind: string };

/** Resolves one reference. */
export type ResolveReference = (reference: Reference) => Resolution;

/**
 * Returns a function that resolves references against one snapshot. `matchOf`, `isCreated`, and `isReplaced` describe
 * declared resources.
 */
export function resolver(
  catalog: Catalog,
  snapshot: Snapshot,
  matchOf: (address: Address) => Match | undefined,
  isCreated: (address: Address) => boolean,
  isReplaced: (address: Address) => boolean = () => false,
): ResolveReference {
  return (reference) => {
    switch (reference.by) {
      case 'id':
        return { is: 'id', id: reference.id };
      case 'live':
        return resolveLive(catalog, snapshot, reference.kind, reference.name);
      case 'declared': {
        const address = addressOf(reference.kind, reference.name);
        // A blocked replacement leaves the resource as it is.
        const goes = isReplaced(address) && isCreated(address);
        const found = goes ? ({ is: 'missing' } as const) : matchOf(address);
        return resolveDeclared(address, found, () => isCreated(address));
      }
    }
  };
}

function resolveDeclared(
  address: Address,
  found: Match | undefined,
  isCreated: () => boolean,
): Resolution {
  switch (found?.is) {
    case 'found':
      return { is: 'id', id: found.live.id };
    case 'justCreated':
    case 'late':
      return { is: 'id', id: found.id };
    case 'missing':
      return isCreated()
        ? { is: 'created', address }
        : { is: 'unresolved', because: `${address} is not there and will not be created` };
    case 'ambiguous':
      return { is: 'unresolved', because: `${address} is ambiguous` };
    case 'createUncertain':
    case 'unknown':
      return { is: 'unresolved', because: `whether ${address} is there is not known` };
    case undefined:
      return { is: 'invalid', because: `${address} is not declared` };
  }
}

/** Resolves the name of a live resource. */
export function resolveLive(
  catalog: Catalog,
  snapshot: Snapshot,
  kind: string,
  name: string,
): Resolution {
  const listing = snapshot.get(kind);
  if (!listing) return { is: 'listNeeded', kind };
  if (!listing.complete) return { is: 'unresolved', because: `${kind} could not be listed` };
  const [live, ...more] = listing.named(name);
  const singular = (catalog.kinds.get(kind) ?? catalog.lookups.get(kind))?.singular ?? kind;
  if (!live) return { is: 'invalid', because: `there is no live ${singular} "${name}"` };
  return more.length === 0
    ? { is: 'id', id: live.id }
    : { is: 'invalid', because: `${more.length + 1} live ${singular}s are called "${name}"` };
}
