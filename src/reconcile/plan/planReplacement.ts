import { actionId, type ActionId } from '../../model/pass/plan.ts';
import type { Address, Desired, Observed } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import { changesOf, compare, type Difference } from '../compare/compare.ts';
import { planCreate } from './planCreate.ts';
import { kindOf } from '../kindOf.ts';
import { type Draft, type Planning } from './planContext.ts';
import { isRelation, referencesIn } from '../compare/spec.ts';

/** Whether a live resource is to be deleted and created again, since a fixed field differs and its lifecycle says so. */
export function willBeReplaced(desired: Desired, live: Observed, planning: Planning): boolean {
  const { lifecycle, kind } = desired;
  if (lifecycle.onImmutableChange !== 'replace' || lifecycle.manage === 'observe') return false;
  if (!live.settled && live.failure === undefined) return false;
  const { differences } = compare(
    kindOf(planning.catalog.kinds, kind).schema,
    desired,
    live,
    planning.comparing,
  );
  return differences.some(({ schema }) => schema.immutable);
}

/**
 * A resource that is replaced: deleted after what refers to it and is replaced too, and created again. What refers to it and stays
 * would be left behind, so then nothing is done.
 */
export function planReplacement(
  desired: Desired,
  live: Observed,
  differences: readonly Difference[],
  planning: Planning,
): Draft | undefined {
  const { address, kind, name } = desired;
  if (!planning.isReplaced(address)) return undefined;
  const created = planCreate(desired, planning);
  const referring = referringTo(address, planning);
  const staying = referring.find((one) => stays(one, planning));
  const held = whyNot(kind, staying, planning) ?? created.reason;
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
        ...(live.name === name ? {} : { liveName: live.name }),
        changes: [],
        requires: deletionsOf(referring, planning),
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

function whyNot(
  kind: string,
  staying: Address | undefined,
  planning: Planning,
): string | undefined {
  const { remove, singular } = kindOf(planning.catalog.kinds, kind);
  if (!remove) return `the API cannot delete a ${singular}`;
  const listing = planning.snapshot.get(kind);
  if (!listing?.complete) return `${kind} could not be listed to the end`;
  return staying === undefined
    ? undefined
    : `it is not replaced while ${staying} refers to it and stays; replace that too, or take the reference away`;
}

/** Whether a resource is there, and will be afterwards as it is. */
const stays = (address: Address, planning: Planning): boolean =>
  planning.isThere(address) && !planning.isReplaced(address);

const deletionsOf = (addresses: readonly Address[], planning: Planning): readonly ActionId[] =>
  addresses
    .filter((address) => planning.isReplaced(address))
    .map((address) => actionId(address, 'delete'));

/** The declared resources that name this one in a field. Relations do not count: they are written anew. */
const referringTo = (address: Address, planning: Planning): readonly Address[] =>
  planning
    .declared()
    .filter((desired) =>
      referencesIn(kindOf(planning.catalog.kinds, desired.kind).schema, desired.spec).some(
        ({ schema, reference }) =>
          !isRelation(schema) &&
          reference.by === 'declared' &&
          addressOf(reference.kind, reference.name) === address,
      ),
    )
    .map((desired) => desired.address);
