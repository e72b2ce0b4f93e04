import { actionId, type Action, type Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import { addressOf } from '../model/resource.ts';
import type { Limit, Settings } from '../model/settings.ts';
import { holdDependants } from './order.ts';

/** What the guard needs to know beside the plan. */
export interface GuardInput {
  readonly limits: Settings['limits'];
  readonly cost: Report['cost'];
  /** How many resources of a kind are live. */
  readonly liveCount: (kind: string) => number;
  /** Deletions in the last 24 hours. */
  readonly deletedToday: number;
  /** Lifts every limit: somebody said so. */
  readonly force: boolean;
}

/** A limit in per cent holds only once a kind has this many live resources (INTERFACE 2.2). */
const fewest = 10;

/**
 * Withholds what goes over a limit, as a class: all updates of that kind, or all deletions. What is withheld stays in the plan, with the
 * figure that withheld it; what depends on it is withheld too. Pure.
 */
export function guard(plan: Plan, input: GuardInput): Plan {
  if (input.force) return plan;
  const reasons = [...classReasons(plan, input), ...dayReason(plan, input), ...costReason(input)];
  if (reasons.length === 0) return plan;
  const hold = (action: Action): Action => {
    const reason = reasons.find(({ covers }) => covers(action))?.reason;
    return reason === undefined || action.held !== undefined ? action : { ...action, held: reason };
  };
  const actions = holdDependants(plan.actions.map(hold));
  return { ...plan, actions, assessments: withHeld(plan, actions) };
}

interface Reason {
  readonly reason: string;
  readonly covers: (action: Action) => boolean;
}

function classReasons({ actions }: Plan, { limits, liveCount }: GuardInput): readonly Reason[] {
  const classes = [
    { verb: 'update', limit: limits.updates, setting: 'limits.updates' },
    { verb: 'delete', limit: limits.deletions, setting: 'limits.deletions' },
  ] as const;
  return classes.flatMap(({ verb, limit, setting }) => {
    const isOf = (action: Action): boolean => action.verb === verb && !followsCreate(action);
    const ofVerb = actions.filter((action) => isOf(action) && action.held === undefined);
    return [...Map.groupBy(ofVerb, ({ kind }) => kind)].flatMap(([kind, { length }]) =>
      exceeds(limit, length, liveCount(kind))
        ? [
            {
              reason: `${length} of ${liveCount(kind)} ${kind} to ${verb}, over ${setting}: ${shownLimit(limit)}`,
              covers: (action: Action) => isOf(action) && action.kind === kind,
            },
          ]
        : [],
    );
  });
}

/** Whether an update only completes the create of its own resource: then nothing that is live changes. */
const followsCreate = ({ kind, name, requires }: Action): boolean =>
  requires.includes(actionId(addressOf(kind, name), 'create'));

const exceeds = (limit: Limit, count: number, live: number): boolean =>
  'percent' in limit ? live >= fewest && count * 100 > limit.percent * live : count > limit.count;

const shownLimit = (limit: Limit): string =>
  'percent' in limit ? `${limit.percent}%` : String(limit.count);

function dayReason({ actions }: Plan, { limits, deletedToday }: GuardInput): readonly Reason[] {
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

function costReason({ limits: { hourlyCost }, cost: { hourly } }: GuardInput): readonly Reason[] {
  const now = hourly.managed + hourly.unmanaged;
  if (hourlyCost === null || hourly.change <= 0 || now + hourly.change <= hourlyCost) return [];
  return [
    {
      reason: `${now} USD/h now and ${hourly.change} more, over limits.hourlyCost: ${hourlyCost}`,
      covers: ({ verb }) => verb === 'create' || verb === 'start',
    },
  ];
}

/** A resource of which something is withheld is blocked, and says why. */
function withHeld({ assessments }: Plan, actions: readonly Action[]): Plan['assessments'] {
  const held = new Map(
    actions.flatMap((action) =>
      action.held === undefined ? [] : [[`${action.kind}/${action.name}`, action.held] as const],
    ),
  );
  return assessments.map((one) => {
    const reason = held.get(`${one.kind}/${one.name}`);
    return reason === undefined || one.status === 'blocked'
      ? one
      : { ...one, status: 'blocked', reason: one.reason ? `${one.reason}; ${reason}` : reason };
  });
}
