import { actionId } from '../model/plan.ts';
import type { Address, Desired, Observed } from '../model/resource.ts';
import { addressOf } from '../model/resource.ts';
import { changesOf, type Difference } from './compare.ts';
import { planCreate } from './planCreate.ts';
import { kindOf, type Draft, type Planning } from './planning.ts';
import { isRelation, referencesIn } from './spec.ts';

/**
 * A resource whose fixed field differs and that may be replaced: deleted, and created again. Undefined where nothing is to be
 * replaced. What something else refers to by its id is not replaced, since that would be left behind.
 */
export function planReplacement(
  desired: Desired,
  live: Observed,
  differences: readonly Difference[],
  planning: Planning,
): Draft | undefined {
  const { lifecycle, address, kind, name } = desired;
  const isFixed = differences.some(({ schema }) => schema.immutable);
  if (lifecycle.onImmutableChange !== 'replace' || lifecycle.manage === 'observe' || !isFixed)
    return undefined;
  const created = planCreate(desired, planning);
  const held = whyNot(address, live, planning) ?? created.reason;
  const remove = actionId(address, 'delete');
  return {
    ...created,
    id: live.id,
    status: held === undefined ? 'drifted' : 'blocked',
    changes: changesOf(differences),
    ...(held === undefined ? {} : { reason: held }),
    actions: [
      {
        id: remove,
        verb: 'delete',
        kind,
        name,
        resourceId: live.id,
        changes: [],
        requires: [],
        ...(held === undefined ? {} : { held }),
      },
      ...created.actions.map((action) => ({
        ...action,
        requires: action.verb === 'create' ? [...action.requires, remove] : action.requires,
        ...(held === undefined ? {} : { held }),
      })),
    ],
  };
}

function whyNot(address: Address, live: Observed, planning: Planning): string | undefined {
  const { remove, singular } = kindOf(planning, live.kind);
  if (!remove) return `the API cannot delete a ${singular}`;
  const listing = planning.snapshot.get(live.kind);
  if (!listing?.complete) return `${live.kind} could not be listed to the end`;
  const referring = referringTo(address, planning);
  return referring === undefined
    ? undefined
    : `it is not replaced while ${referring} refers to it; take that away first`;
}

/** The first declared resource that names this one in a field. Relations do not count: they are written anew. */
function referringTo(address: Address, planning: Planning): Address | undefined {
  for (const desired of planning.declared()) {
    const { schema } = kindOf(planning, desired.kind);
    const names = referencesIn(schema, desired.spec).some(
      ({ schema: field, reference }) =>
        !isRelation(field) &&
        reference.by === 'declared' &&
        addressOf(reference.kind, reference.name) === address,
    );
    if (names) return desired.address;
  }
  return undefined;
}
