import type { Kinds } from '../../model/kind/kind.ts';
import { deletedByExpiry, isExpired } from '../../model/pass/expiry.ts';
import { actionId } from '../../model/pass/plan.ts';
import type { Address, Desired, Observed, Reference } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import { fieldsOf } from '../compare/spec.ts';
import { kindOf } from '../kindOf.ts';
import { listingOf } from '../observe/listingOf.ts';
import type { PassCache } from '../passCache.ts';
import { nothing, type PlanContext, type ResourcePlan } from './planContext.ts';
import { whyKept } from './planRemoval.ts';

/** Plans the deletion of a resource that its expiry deletes, as if `absent` listed it. */
export function planExpired(desired: Desired, live: Observed, context: PlanContext): ResourcePlan {
  const { address, kind, name, lifecycle } = desired;
  const expired = deletedByExpiry(desired, context.now) ?? '';
  const blocked = lifecycle.preventDeletion
    ? 'lifecycle.preventDeletion is set'
    : (whyAnother(desired, live, context) ??
      whyKept(live, address, listingOf(context.snapshot, kind), context));
  return {
    id: live.id,
    status: blocked === undefined ? 'drifted' : 'blocked',
    changes: nothing,
    unverifiable: nothing,
    reason: blocked === undefined ? expired : `${expired}; ${blocked}`,
    actions: [
      {
        id: actionId(address, 'delete'),
        verb: 'delete',
        kind,
        name,
        resourceId: live.id,
        ...(live.name === name ? {} : { liveName: live.name }),
        changes: nothing,
        requires: nothing,
        note: expired,
        ...(blocked === undefined ? {} : { blockedReason: blocked }),
      },
    ],
  };
}

/** Why a bound resource is not the one that the spec identifies; undefined if it is. */
function whyAnother(
  { kind, spec }: Desired,
  live: Observed,
  { catalog }: PlanContext,
): string | undefined {
  const other = fieldsOf(kindOf(catalog.kinds, kind).schema, spec).find(
    ({ path, schema, value }) => schema.serverAssigned && live.spec[path] !== value,
  );
  return (
    other &&
    `its ${other.path} is ${String(live.spec[other.path])}, and ${String(other.value)} is declared`
  );
}

/** Why a reference has no target any more: that resource has expired, and its expiry deletes it. */
export function expiredTarget(
  reference: Reference,
  { matches, now }: Pick<PlanContext, 'matches' | 'now'>,
): string | undefined {
  if (reference.by !== 'declared') return undefined;
  const address = addressOf(reference.kind, reference.name);
  const desired = matches.byAddress.get(address)?.desired;
  const expired = desired && deletedByExpiry(desired, now);
  return expired === undefined ? undefined : `${address} ${expired}, and is deleted`;
}

/**
 * Declares `off` for the resources that their expiry switches off, whatever their specs and `ignoreChanges` say.
 * Returns the same resources as before if none has expired since.
 */
export function withExpiredOff(
  kinds: Kinds,
  resources: readonly Desired[],
  { now, cache }: { readonly now: Date; readonly cache: PassCache },
): readonly Desired[] {
  const expired = new Set(resources.filter((one) => isOffByExpiry(one, now)).map(addressIn));
  if (expired.size === 0) return resources;
  return cache.of('resources after expiry', [kinds, resources, [...expired].join('\n')], () =>
    resources.map((desired) =>
      expired.has(desired.address) ? switchedOff(kinds, desired) : desired,
    ),
  );
}

const addressIn = ({ address }: Desired): Address => address;

const isOffByExpiry = ({ lifecycle }: Desired, now: Date): boolean =>
  lifecycle.onExpiry === 'off' && isExpired(lifecycle, now);

function switchedOff(kinds: Kinds, desired: Desired): Desired {
  const { power } = kindOf(kinds, desired.kind);
  if (!power) return desired;
  const { spec, lifecycle } = desired;
  const ignoreChanges = lifecycle.ignoreChanges.filter((path) => path !== power.field);
  return {
    ...desired,
    spec: { ...spec, [power.field]: 'off' },
    lifecycle: { ...lifecycle, ignoreChanges },
  };
}
