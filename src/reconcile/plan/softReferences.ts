import type { ActionId } from '../../model/pass/plan.ts';
import { memberActionId } from '../../model/pass/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import { kindOf } from '../kindOf.ts';
import { type Planning } from './planContext.ts';

/** The actions of this plan that bring what free-form fields name: they come first. What is live, or not declared, brings none. */
export const mentionedFirst = ({ kind, spec }: Desired, planning: Planning): readonly ActionId[] =>
  (kindOf(planning.catalog.kinds, kind).mentions?.(spec) ?? []).flatMap((named) => {
    const address = addressOf(named.kind, named.name);
    const { member } = named;
    return (planning.draftOf(address)?.actions ?? [])
      .filter(({ id, verb }) =>
        member
          ? id === memberActionId(address, 'assign', member.relation, member.name)
          : verb === 'create',
      )
      .map(({ id }) => id);
  });
