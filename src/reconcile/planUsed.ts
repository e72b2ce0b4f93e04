import type { Catalog } from '../model/kind.ts';
import type { Action, ActionId } from '../model/plan.ts';
import { addressOf } from '../model/resource.ts';
import type { Draft, Planning } from './planning.ts';

/** A field through which resources of a kind use what it names. */
interface Use {
  readonly kind: string;
  readonly field: string;
}

/**
 * The deletions that the API would refuse, and why: something live uses what they delete, and is not deleted by the same plan. Lists that
 * are needed to tell and were not read are noted as needed.
 */
export function usedDeletions(
  actions: readonly Action[],
  planning: Planning,
): ReadonlyMap<ActionId, string> {
  const deletions = actions.filter(({ verb, held }) => verb === 'delete' && held === undefined);
  if (deletions.length === 0) return new Map();
  const deleted = new Set(
    actions.flatMap(({ verb, kind, resourceId }) =>
      verb === 'delete' ? [`${kind}/${resourceId}`] : [],
    ),
  );
  return new Map(
    deletions.flatMap((action) => {
      const reason = useOf(action, deleted, planning);
      return reason === undefined ? [] : [[action.id, reason] as const];
    }),
  );
}

function useOf(
  { kind, resourceId }: Action,
  deleted: ReadonlySet<string>,
  planning: Planning,
): string | undefined {
  for (const use of usesOf(planning.catalog, kind)) {
    const listing = planning.listed(use.kind);
    const user = listing?.items.find(
      ({ id, spec }) => spec[use.field] === resourceId && !deleted.has(`${use.kind}/${id}`),
    );
    if (user) return `${addressOf(use.kind, user.name)} (${user.id}) still uses it`;
    if (!listing?.complete)
      return `whether any of the ${use.kind} uses it is not known: they could not be listed`;
  }
  return undefined;
}

/** The fields whose resources keep what they name from being deleted. */
const usesOf = ({ kinds }: Catalog, target: string): readonly Use[] =>
  [...kinds.values()].flatMap(({ name, schema }) =>
    Object.entries(schema.properties).flatMap(([field, { references, keepsTarget }]) =>
      keepsTarget && references === target ? [{ kind: name, field }] : [],
    ),
  );

/** A draft with the deletions held that would be refused. */
export function withUsed(draft: Draft, used: ReadonlyMap<ActionId, string>): Draft {
  const reason = draft.actions.map(({ id }) => used.get(id)).find((one) => one !== undefined);
  if (reason === undefined) return draft;
  return {
    ...draft,
    status: 'blocked',
    reason: draft.reason === undefined ? reason : `${draft.reason}; ${reason}`,
    actions: draft.actions.map((action) => {
      const held = used.get(action.id);
      return held === undefined ? action : { ...action, held };
    }),
  };
}
