import { actionId, type Action, type Plan } from '../../model/pass/plan.ts';
import { addressOf } from '../../model/resource.ts';
import type { Limit, Settings } from '../../model/settings.ts';
import type { PlannedCost } from './cost.ts';

/** What limits are held against. */
export interface LimitsInput {
  readonly limits: Settings['limits'];
  /** What a plan costs that is done as far as it is not held. */
  readonly costOf: (plan: Plan) => PlannedCost;
  /** How many resources of a kind are live. */
  readonly liveCount: (kind: string) => number;
  /** Deletions in the last 24 hours. */
  readonly deletedToday: number;
}

/** A limit in per cent holds only once a kind has this many live resources (INTERFACE 2.2). */
const fewest = 10;

/** A class of actions that goes over a limit, and the figure that says so. */
interface Reason {
  readonly reason: string;
  readonly covers: (action: Action) => boolean;
}

/**
 * Tells of each action which limit withholds it, with the figure: what goes over is held as a class, all updates of that kind, or all
 * deletions. What is held already does not count. Pure.
 */
export function overLimits(
  plan: Plan,
  input: LimitsInput,
): ((action: Action) => string | undefined) | undefined {
  const reasons = [
    ...classReasons(plan, input),
    ...dayReason(plan, input),
    ...costReasons(plan, input),
  ];
  return reasons.length === 0
    ? undefined
    : (action) => reasons.find(({ covers }) => covers(action))?.reason;
}

function classReasons({ actions }: Plan, { limits, liveCount }: LimitsInput): readonly Reason[] {
  const classes = [
    { verb: 'update', limit: limits.updates, setting: 'limits.updates' },
    { verb: 'delete', limit: limits.deletions, setting: 'limits.deletions' },
  ] as const;
  return classes.flatMap(({ verb, limit, setting }) => {
    const isOf = (action: Action): boolean => action.verb === verb && !followsCreate(action);
    const ofVerb = actions.filter((action) => isOf(action) && action.held === undefined);
    return [...Map.groupBy(ofVerb, ({ kind }) => kind)].flatMap(([kind, own]) => {
      const count = new Set(own.map(({ name }) => name)).size;
      return exceeds(limit, count, liveCount(kind))
        ? [
            {
              reason: `${count} of ${liveCount(kind)} ${kind} to ${verb}, over ${setting}: ${shownLimit(limit)}`,
              covers: (action: Action) => isOf(action) && action.kind === kind,
            },
          ]
        : [];
    });
  });
}

/** Whether an update only completes the create of its own resource: then nothing that is live changes. */
const followsCreate = ({ kind, name, requires }: Action): boolean =>
  requires.includes(actionId(addressOf(kind, name), 'create'));

const exceeds = (limit: Limit, count: number, live: number): boolean =>
  'percent' in limit ? live >= fewest && count * 100 > limit.percent * live : count > limit.count;

const shownLimit = (limit: Limit): string =>
  'percent' in limit ? `${limit.percent}%` : String(limit.count);

function dayReason({ actions }: Plan, { limits, deletedToday }: LimitsInput): readonly Reason[] {
  const planned = actions.filter(
    ({ verb, held }) => verb === 'delete' && held === undefined,
  ).length;
  if (planned === 0 || deletedToday + planned <= limits.deletionsPerDay) return [];
  return [
    {
      reason: `${deletedToday} deleted in 24 hours and ${planned} to delete, over limits.deletionsPerDay: ${limits.deletionsPerDay}`,
      covers: ({ verb }) => verb === 'delete',
    },
  ];
}

/**
 * What raises the cost is held as a class when the sum would go over the limit. A price that is not known is never taken to be within the
 * limit. What gets cheaper is not held.
 */
function costReasons(
  plan: Plan,
  { limits: { hourlyCost }, costOf }: LimitsInput,
): readonly Reason[] {
  if (hourlyCost === null) return [];
  const { cost, isKnown, raising } = costOf(plan);
  const { managed, unmanaged, change } = cost.hourly;
  const now = Math.round((managed + unmanaged) * 10_000) / 10_000;
  const limit = `limits.hourlyCost: ${hourlyCost}`;
  const unpriced = `no price is known for ${cost.unpriced.join(', ')} (settings.prices)`;
  const covers = ({ id }: Action): boolean => raising.has(id);
  const unknown: Reason = {
    reason: `${unpriced}, so the cost may go over ${limit}`,
    covers: ({ id }) => raising.get(id) === 'unknown',
  };
  if (!isKnown) return [{ ...unknown, covers }];
  if (change <= 0 || now + change <= hourlyCost) return [unknown];
  return [unknown, { reason: `${now} USD/h now and ${change} more, over ${limit}`, covers }];
}
