import type { Catalog } from '../../model/kind/kind.ts';
import type { Action, ActionId } from '../../model/pass/plan.ts';
import { addressOf } from '../../model/resource.ts';
import type { ResourcePlan, PlanContext } from './planContext.ts';

/** A field with which resources of a kind use its target. */
interface Use {
  readonly kind: string;
  readonly field: string;
}

/**
 * The deletions that the API would refuse, with the reason: a live resource uses the target, and this plan does not
 * delete that resource. Lists that this needs are noted as required.
 */
export function usedDeletions(
  actions: readonly Action[],
  context: PlanContext,
): ReadonlyMap<ActionId, string> {
  const deletions = actions.filter(
    ({ verb, blockedReason }) => verb === 'delete' && blockedReason === undefined,
  );
  if (deletions.length === 0) return new Map();
  const deleted = new Set(
    actions.flatMap(({ verb, kind, resourceId }) =>
      verb === 'delete' ? [`${kind}/${resourceId}`] : [],
    ),
  );
  return new Map(
    deletions.flatMap((action) => {
      const reason = useOf(action, deleted, context);
      return reason === undefined ? [] : [[action.id, reason] as const];
    }),
  );
}

function useOf(
  { kind, resourceId }: Action,
  deleted: ReadonlySet<string>,
  context: PlanContext,
): string | undefined {
  for (const use of usesOf(context.catalog, kind)) {
    const listing = context.listed(use.kind);
    const user = listing?.items.find(
      ({ id, spec }) => spec[use.field] === resourceId && !deleted.has(`${use.kind}/${id}`),
    );
    if (user) return `${addressOf(use.kind, user.name)} (${user.id}) still uses it`;
    if (!listing?.complete)
      return `whether any of the ${use.kind} uses it is not known: they could not be listed`;
  }
  return undefined;
}

/** The fields that keep their targets from being deleted. */
const usesOf = ({ kinds }: Catalog, target: string): readonly Use[] =>
  [...kinds.values()].flatMap(({ name, schema }) =>
    Object.entries(schema.properties).flatMap(([field, { references, blocksTargetDeletion }]) =>
      blocksTargetDeletion && references === target ? [{ kind: name, field }] : [],
    ),
  );

/** Blocks the refused deletions in a plan. */
export function withUsed(
  resourcePlan: ResourcePlan,
  used: ReadonlyMap<ActionId, string>,
): ResourcePlan {
  const reason = resourcePlan.actions
    .map(({ id }) => used.get(id))
    .find((one) => one !== undefined);
  if (reason === undefined) return resourcePlan;
  return {
    ...resourcePlan,
    status: 'blocked',
    reason: resourcePlan.reason === undefined ? reason : `${resourcePlan.reason}; ${reason}`,
    actions: resourcePlan.actions.map((action) => {
      const blocked = used.get(action.id);
      return blocked === undefined ? action : { ...action, blockedReason: blocked };
    }),
  };
}

/** Orders deletions as the API takes them: a network after its machines. */
export function afterUsers<Planned extends { readonly resourcePlan: ResourcePlan }>(
  planned: readonly Planned[],
  context: PlanContext,
): readonly Planned[] {
  const deletions = new Map(
    planned.flatMap(({ resourcePlan }) =>
      resourcePlan.actions.flatMap(({ verb, kind, resourceId, id }) =>
        verb === 'delete' ? [[`${kind}/${resourceId}`, id] as const] : [],
      ),
    ),
  );
  if (deletions.size < 2) return planned;
  const users = usersAmong(deletions, context);
  const after = (action: Action): Action => {
    const more = users.get(action.id);
    return more ? { ...action, requires: [...new Set([...action.requires, ...more])] } : action;
  };
  return planned.map((one) =>
    one.resourcePlan.actions.some(({ id }) => users.has(id))
      ? {
          ...one,
          resourcePlan: { ...one.resourcePlan, actions: one.resourcePlan.actions.map(after) },
        }
      : one,
  );
}

/** For each deletion, the deletions of the live resources that refer to its target. */
function usersAmong(
  deletions: ReadonlyMap<string, ActionId>,
  { snapshot, catalog }: PlanContext,
): ReadonlyMap<ActionId, readonly ActionId[]> {
  const users = new Map<ActionId, ActionId[]>();
  for (const listing of snapshot.values()) {
    const references = singleReferences(catalog, listing.kind);
    for (const live of listing.items) {
      const own = deletions.get(`${listing.kind}/${live.id}`);
      if (own === undefined) continue;
      for (const { field, target } of references) {
        const used = deletions.get(`${target}/${String(live.spec[field])}`);
        if (used !== undefined) users.set(used, [...(users.get(used) ?? []), own]);
      }
    }
  }
  return users;
}

/** The fields of a kind that refer to one other resource. */
const singleReferences = (
  { kinds }: Catalog,
  kind: string,
): readonly { readonly field: string; readonly target: string }[] =>
  Object.entries(kinds.get(kind)?.schema.properties ?? {}).flatMap(([field, schema]) =>
    schema.references !== undefined && schema.type !== 'array'
      ? [{ field, target: schema.references }]
      : [],
  );
