import type { Action, Plan } from '../../model/pass/plan.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { Memory, Write } from '../../model/store.ts';

const hourMs = 60 * 60_000;

/** How often a field may be written in an hour before it is taken for somebody else's. */
const mostWrites = 3;

/**
 * What an action writes, for the memory of writes: the fields of an update, the member of a relation, the power that is wanted, the
 * whole resource. A deletion is not repeated, so it is not remembered.
 */
export function writtenPaths(action: Action): readonly string[] {
  if ('relation' in action) return [`${action.relation}/${action.memberName}`];
  switch (action.verb) {
    case 'update':
      return action.fields;
    case 'create':
      return ['create'];
    case 'start':
    case 'stop':
      return [`state=${action.verb}`];
    case 'delete':
      return [];
  }
}

/** Until when a path is left alone because it was written so often in an hour and found changed again; undefined when it is not. */
function contendedUntil(
  writes: readonly Write[],
  path: string,
  now: { readonly at: Date; readonly fingerprint: string },
): Date | undefined {
  const own = writes
    .filter((write) => write.path === path && write.fingerprint === now.fingerprint)
    .map(({ at }) => Date.parse(at))
    .filter((at) => at > now.at.getTime() - hourMs)
    .toSorted((a, b) => b - a);
  const first = own[mostWrites - 1];
  return first === undefined ? undefined : new Date(first + hourMs);
}

/** What contention is judged by. */
export interface Writes {
  readonly memory: Pick<Memory, 'writes'>;
  readonly now: Date;
  readonly fingerprints: { readonly yaml: (address: Address) => string };
}

/** A path that is left to somebody else, and until when. */
interface Contended {
  readonly path: string;
  readonly until: Date;
}

/** What of an action somebody else writes again and again, and until when it is left to them. */
export function contendedPaths(
  action: Action,
  { memory: { writes }, now, fingerprints }: Writes,
): readonly Contended[] {
  const address = addressOf(action.kind, action.name);
  const own = writes.get(address);
  if (!own) return [];
  const at = { at: now, fingerprint: fingerprints.yaml(address) };
  return writtenPaths(action).flatMap((path) => {
    const until = contendedUntil(own, path, at);
    return until ? [{ path, until }] : [];
  });
}

/** Why it is left alone, for people. */
export const contentionReason = (contended: readonly Contended[]): string => {
  const until = new Date(Math.max(...contended.map((one) => one.until.getTime())));
  return `${contended.map(({ path }) => path).join(', ')}: written three times within an hour and found changed again; left alone until ${until.toISOString()}`;
};

/** A plan whose updates leave out the fields that are contended, where others are left to write. Pure. */
export function withoutContended(plan: Plan, input: Writes): Plan {
  if (input.memory.writes.size === 0) return plan;
  const reasons = new Map<Address, string>();
  const actions = plan.actions.map((action) => {
    if (action.verb !== 'update' || 'relation' in action) return action;
    const contended = contendedPaths(action, input);
    const paths = new Set(contended.map(({ path }) => path));
    const fields = action.fields.filter((path) => !paths.has(path));
    if (contended.length === 0 || fields.length === 0) return action;
    reasons.set(addressOf(action.kind, action.name), contentionReason(contended));
    return { ...action, fields, changes: action.changes.filter(({ path }) => !paths.has(path)) };
  });
  if (reasons.size === 0) return plan;
  const assessments = plan.assessments.map((one) => {
    const reason = reasons.get(addressOf(one.kind, one.name));
    return reason === undefined ? one : { ...one, status: 'contended' as const, reason };
  });
  return { ...plan, actions, assessments };
}
