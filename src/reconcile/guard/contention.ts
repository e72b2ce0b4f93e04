import type { Action, Plan } from '../../model/pass/plan.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { Memory, Write } from '../../model/memory.ts';

const hourMs = 60 * 60_000;

/** The number of writes of one field in an hour after which somebody else is assumed to change it too. */
const maxWrites = 3;

/**
 * The paths that an action writes, as the history of writes records them: the fields of an update, the member of a
 * relation, the desired power state, or `create`. A deletion is never repeated, so it has none.
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

/** The end of a path's contention: one hour after the third-last write, if that is in the last hour; else undefined. */
function contendedUntil(
  writes: readonly Write[],
  path: string,
  now: { readonly at: Date; readonly fingerprint: string },
): Date | undefined {
  const times = writes
    .filter((write) => write.path === path && write.fingerprint === now.fingerprint)
    .map(({ at }) => Date.parse(at))
    .filter((at) => at > now.at.getTime() - hourMs)
    .toSorted((a, b) => b - a);
  const first = times[maxWrites - 1];
  return first === undefined ? undefined : new Date(first + hourMs);
}

/** The history of writes, and what identifies the present state. */
export interface Writes {
  readonly memory: Pick<Memory, 'writes'>;
  readonly now: Date;
  readonly fingerprints: { readonly yaml: (address: Address) => string };
}

/** A path that Holdfast does not write until a time. */
interface Contended {
  readonly path: string;
  readonly until: Date;
}

/** The contended paths of an action: those that Holdfast wrote three times in the last hour for the same YAML. */
export function contendedPaths(
  action: Action,
  { memory: { writes }, now, fingerprints }: Writes,
): readonly Contended[] {
  const address = addressOf(action.kind, action.name);
  const history = writes.get(address);
  if (!history) return [];
  const at = { at: now, fingerprint: fingerprints.yaml(address) };
  return writtenPaths(action).flatMap((path) => {
    const until = contendedUntil(history, path, at);
    return until ? [{ path, until }] : [];
  });
}

/** The reason that reports show for contended paths. */
export const contentionReason = (contended: readonly Contended[]): string => {
  const until = new Date(Math.max(...contended.map(({ until: end }) => end.getTime())));
  return `${contended.map(({ path }) => path).join(', ')}: written three times within an hour and found changed again; left alone until ${until.toISOString()}, or until it is resumed`;
};

/** The plan without contended fields in its updates; an update whose fields are all contended stays as it is. Pure. */
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
  const assessments = plan.assessments.map((assessment) => {
    const reason = reasons.get(addressOf(assessment.kind, assessment.name));
    return reason === undefined
      ? assessment
      : { ...assessment, status: 'contended' as const, reason };
  });
  return { ...plan, actions, assessments };
}
