import type { Kinds } from '../../model/kind/kind.ts';
import type { Memory } from '../../model/memory.ts';
import { actionId, type Action, type ActionId, type Plan } from '../../model/pass/plan.ts';
import { addressOf, splitAddress, type Address } from '../../model/resource.ts';
import { inOrder } from '../plan/order.ts';

/** The limits, and what is disrupted already. */
export interface DisruptionInput {
  readonly kinds: Kinds;
  /** `limits.disruption`: how many resources of a kind may be stopped for a change at a time. */
  readonly disruption: Readonly<Record<string, number>>;
  readonly obligations: Memory['obligations'];
}

/** The plan, and why stops for a change must wait for another pass. */
export interface Rolled {
  readonly plan: Plan;
  readonly blocked: (action: Action) => string | undefined;
}

/**
 * Lets no more resources of a kind be stopped for a change at a time than the limit: each further stop requires that
 * the start of an earlier one is done, so a machine that does not become ready again holds up all that follow it. A
 * start that an earlier pass owes comes first. A resource that is stopped and cannot be started in this pass takes its
 * place until it is ready. Stops that somebody declares are not limited. Pure; returns the plan itself if nothing
 * waits.
 */
export function oneAfterAnother(plan: Plan, input: DisruptionInput): Rolled {
  const kinds = Object.keys(input.disruption);
  const rolled = kinds.map((kind) => rollKind(plan.actions, kind, input));
  const requirements = new Map(rolled.flatMap(({ requirements: own }) => [...own]));
  const reasons = new Map(rolled.flatMap(({ reason, stops }) => stops.map((id) => [id, reason])));
  return {
    plan: requirements.size === 0 ? plan : withRequirements(plan, requirements),
    blocked: ({ id }) => reasons.get(id),
  };
}

interface RolledKind {
  /** The start that each stop requires. */
  readonly requirements: ReadonlyMap<ActionId, ActionId>;
  /** The stops that must not run in this pass, and why. */
  readonly stops: readonly ActionId[];
  readonly reason: string | undefined;
}

function rollKind(
  actions: readonly Action[],
  kind: string,
  { kinds, disruption, obligations }: DisruptionInput,
): RolledKind {
  const limit = disruption[kind] ?? Infinity;
  const runnable = actions.filter(
    (action) => action.kind === kind && action.blockedReason === undefined,
  );
  const stops = runnable.filter(({ verb, ...action }) => verb === 'stop' && 'restart' in action);
  const owed = runnable.filter(({ verb, owed: isOwed }) => verb === 'start' && isOwed);
  const stuck = stuckOf(kind, kinds, obligations, owed);
  const places = limit - stuck.length;
  if (places <= 0)
    return {
      requirements: new Map(),
      stops: stops.map(({ id }) => id),
      reason: `waits until ${stuck.slice(0, 3).join(', ')} is ready again (limits.disruption: ${kind}: ${limit})`,
    };
  const chain = [...owed.map(({ id }) => id), ...stops.map(startOf)];
  const requirements = stops.flatMap(({ id }, index) => {
    const earlier = chain[owed.length + index - places];
    return earlier === undefined ? [] : [[id, earlier] as const];
  });
  return { requirements: new Map(requirements), stops: [], reason: undefined };
}

/** The resources that were stopped for a change, and that this pass does not start. */
function stuckOf(
  kind: string,
  kinds: Kinds,
  obligations: Memory['obligations'],
  owed: readonly Action[],
): readonly Address[] {
  const field = kinds.get(kind)?.power?.field;
  const started = new Set(owed.map((action) => addressOf(action.kind, action.name)));
  return [...obligations].flatMap(([address, { fields }]) =>
    splitAddress(address).kind === kind &&
    field !== undefined &&
    fields[field]?.owed === 'running' &&
    !started.has(address)
      ? [address]
      : [],
  );
}

const startOf = ({ kind, name }: Action): ActionId => actionId(addressOf(kind, name), 'start');

const withRequirements = (plan: Plan, requirements: ReadonlyMap<ActionId, ActionId>): Plan => ({
  ...plan,
  actions: inOrder(
    plan.actions.map((action) => {
      const required = requirements.get(action.id);
      return required === undefined
        ? action
        : { ...action, requires: [...action.requires, required] };
    }),
  ),
});
