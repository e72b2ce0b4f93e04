import type { Catalog } from '../../model/kind/kind.ts';
import type { PassEffects } from '../../model/pass/passEffects.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { addressOf, type Reference } from '../../model/resource.ts';
import { fieldsOf, referencesIn } from '../compare/spec.ts';
import { kindOf } from '../kindOf.ts';
import type { Prepared } from '../workspace.ts';

/** The pass, as far as its effects depend on it. */
type Planned = Pick<Prepared, 'plan' | 'snapshot' | 'desired'>;

/** The kinds that a pass listed, and what it wrote to. Pure. */
export const effectsOf = (
  { catalog: { kinds } }: { readonly catalog: Pick<Catalog, 'kinds'> },
  planned: Planned,
  report: Pick<Report, 'actions' | 'resources'>,
): PassEffects => ({
  kinds: new Set([...planned.snapshot.keys()].filter((kind) => kinds.has(kind))),
  written: writtenIds(kinds, planned, report),
});

/**
 * The resources of all actions that sent a write, their members, and the resources that their specs name: to create a
 * template of a machine starts a job of the machine.
 */
function writtenIds(
  kinds: Catalog['kinds'],
  planned: Planned,
  { actions, resources }: Pick<Report, 'actions' | 'resources'>,
): ReadonlySet<string> {
  const written = new Set<string>();
  const sent = actions.filter(({ attempts }) => attempts > 0);
  if (sent.length === 0) return written;
  const ids = new Map(resources.map(({ kind, name, id }) => [addressOf(kind, name), id]));
  const idOf = (reference: Reference): string | null | undefined => {
    if (reference.by === 'id') return reference.id;
    const listing = planned.snapshot.get(reference.kind);
    const named = listing?.complete ? listing.named(reference.name)[0]?.id : undefined;
    return ids.get(addressOf(reference.kind, reference.name)) ?? named;
  };
  const plannedActions = new Map(planned.plan.actions.map((action) => [action.id, action]));
  for (const { id, kind, name, resourceId } of sent) {
    const { schema } = kindOf(kinds, kind);
    const live = planned.snapshot.get(kind)?.byId.get(resourceId ?? '');
    const declared = planned.desired.get(addressOf(kind, name));
    const named = declared ? referencesIn(schema, declared.spec) : [];
    const liveNames = live
      ? fieldsOf(schema, live.spec).flatMap((field) => (field.schema.references ? field.value : []))
      : [];
    const member = memberOf(plannedActions.get(id));
    const all = [
      resourceId,
      member,
      ...liveNames,
      ...named.map(({ reference }) => idOf(reference)),
    ];
    for (const one of all) if (typeof one === 'string') written.add(one);
  }
  return written;
}

/** The live id of the member of a relation that an action changes. */
const memberOf = (action: Action | undefined): string | undefined =>
  action && 'member' in action && 'id' in action.member ? action.member.id : undefined;
