import { actionId, type ActionId } from '../../model/pass/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { changesOf } from '../compare/compare.ts';
import { referringTo } from './fates/decideFates.ts';
import type { FateContext, ReplaceFate } from './fates/fate.ts';
import type { ResourcePlan } from './planContext.ts';
import { planCreate } from './planCreate.ts';

/** Plans a replacement: deletes the resource after the replaced resources that refer to it, and creates it again. */
export function planReplacement(
  desired: Desired,
  { live, comparison, create, blocked }: ReplaceFate,
  context: FateContext,
): ResourcePlan {
  const { address, kind, name } = desired;
  const created = planCreate(desired, create, context);
  const remove = actionId(address, 'delete');
  const block = blocked === undefined ? {} : { blockedReason: blocked };
  return {
    ...created,
    id: live.id,
    status: blocked === undefined ? 'drifted' : 'blocked',
    changes: changesOf(comparison.differences),
    unverifiable: comparison.unverifiable,
    ...(blocked === undefined ? {} : { reason: blocked }),
    actions: [
      {
        id: remove,
        verb: 'delete',
        kind,
        name,
        resourceId: live.id,
        ...(live.name === name ? {} : { liveName: live.name }),
        changes: [],
        requires: deletionsOfReferrers(desired, context),
        ...block,
      },
      ...created.actions.map((action) => ({
        ...action,
        requires: action.verb === 'create' ? [...action.requires, remove] : action.requires,
        ...block,
      })),
    ],
  };
}

const deletionsOfReferrers = ({ address }: Desired, context: FateContext): readonly ActionId[] =>
  referringTo(address, context)
    .filter((referrer) => context.fates.get(referrer)?.is === 'replace')
    .map((referrer) => actionId(referrer, 'delete'));
