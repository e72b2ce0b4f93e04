// Decides which actions of a plan may run. In: a plan and what blocks actions. Out: the plan with a reason on every
// blocked action. `guard` applies the rules of `contention.ts` and `backoff.ts` and of its input, and then `limits.ts`
// (with `budgetLimits.ts` and ../pricing) to what is left; `disruption.ts` puts stops one after another,
// and `block.ts` marks the resources. The pass prepares the input with `budgets.ts`, `windows.ts`, `capacity.ts`, and
// `savedPlan.ts`; before, `selection.ts` leaves out what is not selected. `locks.ts` serves apply.

import type { Action, Plan, Status, Verb } from '../../model/pass/plan.ts';
import { everything, suspensionText } from '../../model/pass/suspension.ts';
import type { Address } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Kinds } from '../../model/kind/kind.ts';
import type { Memory } from '../../model/memory.ts';
import { shellWord } from '../../model/text/shellWord.ts';
import { contendedPaths, contentionReason, withoutContended, type Writes } from './contention.ts';
import { markBlocked, worse } from './block.ts';
import { oneAfterAnother } from './disruption.ts';
import { overLimits, type LimitsInput } from './limits.ts';
import { blockDependants } from '../plan/order.ts';
import { backoffReason } from './backoff.ts';
import type { WindowState } from './windows.ts';

/** Everything that can block an action of a plan. */
export interface GuardInput extends LimitsInput, Writes {
  readonly memory: Pick<Memory, 'suspended' | 'failures' | 'writes' | 'obligations'>;
  readonly kinds: Kinds;
  readonly window: WindowState;
  /** Lifts limits, windows, back-off, and refusals: the operator passed `--force`. */
  readonly force: boolean;
  /** Lifts the limits: somebody approved exactly this plan. */
  readonly approved: boolean;
  /** Whether failed actions back off. False if a person asked for the pass. */
  readonly honourBackoff: boolean;
  /** The reasons of actions for which the API has no capacity. */
  readonly shortages: ReadonlyMap<Action['id'], string>;
  /** The reason why the team of the API key is unknown; undefined if it is known. */
  readonly unknownTeam: string | undefined;
  /** Until when nothing is created or deleted; undefined: there is nothing to wait for. */
  readonly graceUntil: Date | undefined;
  /** The reason why an action is not approved; undefined if it is. */
  readonly notApproved: (action: Action) => string | undefined;
  /** Fingerprints of a resource: of its YAML, and of its YAML and live state together. */
  readonly fingerprints: {
    readonly yaml: (address: Address) => string;
    readonly both: (address: Address) => string;
  };
}

/** The reason why an action is blocked, and the status that its resource gets. */
interface Block {
  readonly reason: string;
  readonly status: Status;
}

type Rule = (action: Action) => Block | undefined;

/**
 * Blocks the actions that must not run: of an unknown team, within the grace after another process, suspended,
 * contended, not approved, outside the windows, backing off, without capacity, or over a limit. A blocked action stays
 * in the plan with its reason, and so do the actions that depend on it. Limits count only actions that no other rule
 * blocks. Stops for a change then wait for each other, as `limits.disruption` says. Pure; returns the plan itself if
 * nothing is blocked.
 */
export function guard(plan: Plan, input: GuardInput): Plan {
  const rules = [
    identity(input),
    grace(input),
    suspension(input),
    contention(input),
    approval(input),
    window(input),
    backoff(input),
    capacity(input),
  ];
  const guarded = blockBy(withoutContended(plan, input), rules);
  const limits = input.force || input.approved ? undefined : overLimits(guarded, input);
  const limited = limits ? blockBy(guarded, [ruleOf(limits)]) : guarded;
  const { plan: rolled, blocked } = oneAfterAnother(limited, {
    kinds: input.kinds,
    disruption: input.force ? {} : input.limits.disruption,
    obligations: input.memory.obligations,
  });
  return blockBy(rolled, [ruleOf(blocked)]);
}

const ruleOf =
  (reasonOf: (action: Action) => string | undefined): Rule =>
  (action) => {
    const reason = reasonOf(action);
    return reason === undefined ? undefined : { reason, status: 'blocked' };
  };

const identity =
  ({ unknownTeam }: GuardInput): Rule =>
  () =>
    unknownTeam === undefined ? undefined : { reason: unknownTeam, status: 'blocked' };

/** The verbs that make or end something: a member of a relation may be a resource in the API. */
const waiting: ReadonlySet<Verb> = new Set(['create', 'delete', 'assign', 'unassign']);

/** The process that wrote before this one may have sent a create or a delete, which would be repeated. */
function grace({ graceUntil }: GuardInput): Rule {
  if (!graceUntil) return () => undefined;
  const reason = `the process that wrote before did not hand this workspace over, and what it sent may still arrive; creates and deletes wait until ${graceUntil.toISOString()}`;
  return ({ verb }) => (waiting.has(verb) ? { reason, status: 'blocked' } : undefined);
}

const suspension =
  ({ memory: { suspended } }: GuardInput): Rule =>
  ({ kind, name }) => {
    const ofAll = suspended.get(everything);
    if (ofAll)
      return {
        reason: `everything is ${suspensionText(ofAll)}; to end that: holdfast resume --all`,
        status: 'blocked',
      };
    const own = suspended.get(addressOf(kind, name));
    return (
      own && {
        reason: `${suspensionText(own)}; to end that: holdfast resume ${shellWord(addressOf(kind, name))}`,
        status: 'blocked',
      }
    );
  };

/**
 * Contended fields were removed from updates before, so this blocks an action only if all that it writes is contended.
 */
const contention =
  (input: GuardInput): Rule =>
  (action) => {
    const contended = action.owed ? [] : contendedPaths(action, input);
    return contended.length === 0
      ? undefined
      : { reason: contentionReason(contended), status: 'contended' };
  };

const approval =
  ({ notApproved }: GuardInput): Rule =>
  (action) => {
    const reason = notApproved(action);
    return reason === undefined ? undefined : { reason, status: 'blocked' };
  };

function window({ window: state, force }: GuardInput): Rule {
  if (state.open || force) return () => undefined;
  const opens = state.next ? `, the next opens at ${state.next.toISOString()}` : '';
  return ({ owed }) =>
    owed
      ? undefined
      : {
          reason: `outside settings.windows${opens}; apply with --force does not wait`,
          status: 'blocked',
        };
}

const backoff =
  ({ memory: { failures }, now, force, honourBackoff, fingerprints }: GuardInput): Rule =>
  ({ id, kind, name }) => {
    const failure = failures.get(id);
    if (!failure || force) return undefined;
    const fingerprint = fingerprints.both(addressOf(kind, name));
    const reason = backoffReason(failure, { at: now, honourBackoff, fingerprint });
    return reason === undefined ? undefined : { reason, status: 'failed' };
  };

const capacity =
  ({ shortages }: GuardInput): Rule =>
  ({ id }) => {
    const reason = shortages.get(id);
    return reason === undefined ? undefined : { reason, status: 'blocked' };
  };

/** Blocks each action to which a rule applies, with the reason of the first, and the actions that depend on it. */
function blockBy(plan: Plan, rules: readonly Rule[]): Plan {
  const statuses = new Map<Address, Status>();
  const actions = plan.actions.map((action) => {
    if (action.blockedReason !== undefined) return action;
    const block = firstBlock(rules, action);
    if (!block) return action;
    const address = addressOf(action.kind, action.name);
    statuses.set(address, worse(statuses.get(address), block.status));
    return { ...action, blockedReason: block.reason };
  });
  if (statuses.size === 0) return plan;
  const blocked = blockDependants(actions);
  return {
    ...plan,
    actions: blocked,
    assessments: markBlocked(plan.assessments, plan.actions, blocked, statuses),
  };
}

function firstBlock(rules: readonly Rule[], action: Action): Block | undefined {
  for (const rule of rules) {
    const block = rule(action);
    if (block) return block;
  }
  return undefined;
}
