import { nextExpiryEdge } from '../../model/pass/expiry.ts';
import type { PlanInput } from './planInput.ts';
import { nextPowerEdge } from './power/power.ts';

/**
 * The first instant after `now` at which the same input could give another plan: a timetable turns, a wake ends, a
 * resource expires, or something stops being too recent for lists to show it. Undefined if time changes nothing.
 */
export function validUntil({
  catalog,
  desired,
  memory,
  now,
  visibility,
}: PlanInput): Date | undefined {
  const recent = [
    ...recentBindings(memory.bindings, new Date(now.getTime() - visibility).toISOString()),
    ...[...memory.intents.values()].flatMap(({ witnessedAt = [], until }) =>
      [until].concat(witnessedAt),
    ),
    ...[...memory.memberIntents.values()].flatMap((intents) =>
      Object.values(intents).map(({ until }) => until),
    ),
    ...[...memory.obligations.values()].map(({ at }) => at),
  ].map((at) => Date.parse(at) + visibility);
  const wakeEnds = [...memory.wakes.values()].map(({ until }) => Date.parse(until));
  const edges = [
    nextPowerEdge(catalog, desired.resources, now),
    nextExpiryEdge(desired.resources, now),
  ].flatMap((edge) => edge?.getTime() ?? []);
  const instants = [...recent, ...wakeEnds, ...edges].filter((instant) => instant > now.getTime());
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
}

/** The times from which bindings count as missing, of those that are later than `since`. */
function recentBindings(
  bindings: PlanInput['memory']['bindings'],
  since: string,
): readonly string[] {
  const times: string[] = [];
  bindings.forEach(({ boundAt, created, unlistedSince }) => {
    if (created && boundAt > since) times.push(boundAt);
    if (unlistedSince !== undefined) times.push(unlistedSince);
  });
  return times;
}
