import type { Action, Plan, Status } from '../../model/pass/plan.ts';
import type { Address } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Memory } from '../../model/store.ts';
import { contendedPaths, contentionReason, withoutContended, type Writes } from './contention.ts';
import { markHeld, worse } from './block.ts';
import { overLimits, type LimitsInput } from './limits.ts';
import { holdDependants } from '../plan/order.ts';
import { waitsAfter } from './backoff.ts';
import type { WindowState } from './windows.ts';

/** What the guard needs to know beside the plan. */
export interface GuardInput extends LimitsInput, Writes {
  readonly memory: Pick<Memory, 'suspended' | 'setbacks' | 'writes'>;
  readonly window: WindowState;
  /** Lifts limits, windows, pauses and refusals: somebody said so. */
  readonly force: boolean;
  /** Lifts the limits: somebody has approved this very plan. */
  readonly approved: boolean;
  /** Whether what failed waits before it is tried again; a person who asks does not. */
  readonly pauses: boolean;
  /** Why the API has no capacity for an action. */
  readonly shortages: ReadonlyMap<Action['id'], string>;
  /** Why it is not known whose team this is. */
  readonly unknownTeam: string | undefined;
  /** Why an action is not part of what was agreed to. */
  readonly outside: (action: Action) => string | undefined;
  /** Of the YAML of a resource, and of that and its live state. */
  readonly fingerprints: {
    readonly yaml: (address: Address) => string;
    readonly both: (address: Address) => string;
  };
}

/** Why something is withheld, and what that makes of its resource. */
interface Hold {
  readonly reason: string;
  readonly status: Status;
}

type Rule = (action: Action) => Hold | undefined;

/**
 * Withholds what may not be done, now or at all: what is suspended, contended, outside the windows, waiting after a setback, out of
 * stock, not agreed to, or over a limit. What is withheld stays in the plan, with the reason or the figure that withheld it; what depends on it
 * is withheld too. Pure: the plan itself where nothing is.
 */
export function guard(plan: Plan, input: GuardInput): Plan {
  const rules = [
    identity(input),
    suspension(input),
    contention(input),
    agreement(input),
    window(input),
  ];
  const more = [setback(input), shortage(input)];
  const held = withhold(withoutContended(plan, input), [...rules, ...more]);
  const limits = input.force || input.approved ? undefined : overLimits(held, input);
  if (!limits) return held;
  return withhold(held, [
    (action) => {
      const reason = limits(action);
      return reason === undefined ? undefined : { reason, status: 'blocked' };
    },
  ]);
}

const identity =
  ({ unknownTeam }: GuardInput): Rule =>
  () =>
    unknownTeam === undefined ? undefined : { reason: unknownTeam, status: 'blocked' };

const suspension =
  ({ memory: { suspended } }: GuardInput): Rule =>
  ({ kind, name }) => {
    const since = suspended.get(addressOf(kind, name));
    return since === undefined
      ? undefined
      : { reason: `suspended since ${since}`, status: 'blocked' };
  };

/** What is left of an update once contended fields are taken from it is done; an action that is contended as a whole is held. */
const contention =
  (input: GuardInput): Rule =>
  (action) => {
    const contended = action.owed ? [] : contendedPaths(action, input);
    return contended.length === 0
      ? undefined
      : { reason: contentionReason(contended), status: 'contended' };
  };

const agreement =
  ({ outside }: GuardInput): Rule =>
  (action) => {
    const reason = outside(action);
    return reason === undefined ? undefined : { reason, status: 'blocked' };
  };

function window({ window: state, force }: GuardInput): Rule {
  if (state.open || force) return () => undefined;
  const opens = state.next ? `, the next opens at ${state.next.toISOString()}` : '';
  return ({ owed }) =>
    owed ? undefined : { reason: `outside settings.windows${opens}`, status: 'blocked' };
}

const setback =
  ({ memory: { setbacks }, now, force, pauses, fingerprints }: GuardInput): Rule =>
  ({ id, kind, name }) => {
    const before = setbacks.get(id);
    if (!before || force) return undefined;
    const fingerprint = fingerprints.both(addressOf(kind, name));
    const reason = waitsAfter(before, { at: now, pauses, fingerprint });
    return reason === undefined ? undefined : { reason, status: 'failed' };
  };

const shortage =
  ({ shortages }: GuardInput): Rule =>
  ({ id }) => {
    const reason = shortages.get(id);
    return reason === undefined ? undefined : { reason, status: 'blocked' };
  };

/** The plan with what the rules withhold held; of several rules, the first counts. */
function withhold(plan: Plan, rules: readonly Rule[]): Plan {
  const statuses = new Map<Address, Status>();
  const actions = plan.actions.map((action) => {
    if (action.held !== undefined) return action;
    const hold = firstOf(rules, action);
    if (!hold) return action;
    const address = addressOf(action.kind, action.name);
    statuses.set(address, worse(statuses.get(address), hold.status));
    return { ...action, held: hold.reason };
  });
  if (statuses.size === 0) return plan;
  const all = holdDependants(actions);
  return {
    ...plan,
    actions: all,
    assessments: markHeld(plan.assessments, plan.actions, all, statuses),
  };
}

function firstOf(rules: readonly Rule[], action: Action): Hold | undefined {
  for (const rule of rules) {
    const hold = rule(action);
    if (hold) return hold;
  }
  return undefined;
}
