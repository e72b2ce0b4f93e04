import type { Catalog } from '../../model/kind/kind.ts';
import { actionId, memberActionId, type Action, type ActionId } from '../../model/pass/plan.ts';
import { addressOf, type Desired } from '../../model/resource.ts';
import { kindOf } from '../kindOf.ts';
import type { ResourcePlan } from './planContext.ts';

/**
 * Makes creates and updates follow the actions that bring what their free-form fields name. A name that this plan
 * brings nothing for is live, or the API will refuse it.
 */
export function afterMentions(
  plans: readonly { readonly desired: Desired; readonly plan: ResourcePlan }[],
  { kinds }: Catalog,
): ReadonlyMap<ResourcePlan, ResourcePlan> {
  const mentioning = plans.filter(({ desired }) => kindOf(kinds, desired.kind).softReferences);
  if (mentioning.length === 0) return new Map();
  const planned = new Set(plans.flatMap(({ plan }) => plan.actions.map(({ id }) => id)));
  return new Map(
    mentioning.flatMap(({ desired, plan }) => {
      const first = mentionedActions(desired, kinds).filter((id) => planned.has(id));
      return first.length === 0 ? [] : [[plan, requiring(plan, first)] as const];
    }),
  );
}

const mentionedActions = ({ kind, spec }: Desired, kinds: Catalog['kinds']): readonly ActionId[] =>
  (kindOf(kinds, kind).softReferences?.(spec) ?? []).map((mention) => {
    const address = addressOf(mention.kind, mention.name);
    const { member } = mention;
    return member
      ? memberActionId(address, 'assign', member.relation, member.name)
      : actionId(address, 'create');
  });

const requiring = (plan: ResourcePlan, first: readonly ActionId[]): ResourcePlan => ({
  ...plan,
  actions: plan.actions.map((action) =>
    action === firstFieldWrite(plan.actions)
      ? { ...action, requires: [...new Set([...action.requires, ...first])] }
      : action,
  ),
});

/** The action that sends the declared fields first: the create, or else the update of the resource itself. */
const firstFieldWrite = (actions: readonly Action[]): Action | undefined =>
  actions.find(({ verb }) => verb === 'create') ??
  actions.find(
    (action) =>
      action.verb === 'update' && !('relation' in action) && action.restores === undefined,
  );
