import type { ResourceKind } from '../../../model/kind/kind.ts';
import type { FieldChange } from '../../../model/pass/plan.ts';
import type { Desired, Observed, Spec } from '../../../model/resource.ts';
import { isIgnored, type Difference } from '../../compare/compare.ts';
import { planPower, powerOf, wantedPower, type Instant, type PowerPlan } from './power.ts';

/** The power actions of a resource, with their changes and the fields that cannot be written because it stays on. */
export interface PowerSteps extends PowerPlan {
  /** The spec field of the power; empty for kinds without power. */
  readonly field: string;
  readonly changes: readonly FieldChange[];
  readonly obstacles: readonly string[];
  /** The start restores a machine that Holdfast stopped. */
  readonly owed: boolean;
}

/** The power steps of a resource without power. */
export const noPower: PowerSteps = {
  field: '',
  stop: false,
  start: false,
  changes: [],
  obstacles: [],
  owed: false,
};

interface PowerInput extends Instant {
  readonly differences: readonly Difference[];
  /** The values that are owed to the resource. */
  readonly due: Spec;
}

/**
 * Decides the power actions from the declared, the owed, and the observed power, and from the fields that require it
 * off.
 */
export function powerSteps(
  { power }: ResourceKind,
  desired: Desired,
  live: Observed,
  { differences, due, ...instant }: PowerInput,
): PowerSteps {
  if (!power) return noPower;
  const { field } = power;
  const ignored = isIgnored(field, desired.lifecycle.ignoreChanges);
  const owed = due[field] === 'running';
  const declared = ignored ? undefined : wantedPower(power, desired, instant);
  const wants = declared ?? (owed ? 'running' : undefined);
  const is = powerOf(power, live);
  const requiringOff = differences.filter(
    ({ schema, obstacle }) => schema.requiresOff && obstacle === undefined,
  );
  const plan = planPower(is, wants, requiringOff.length > 0, desired.lifecycle.allowStop);
  return {
    ...plan,
    field,
    owed: owed && wants === 'running',
    changes:
      wants !== undefined && wants !== is
        ? [{ path: field, desired: wants, observed: is ?? null }]
        : [],
    obstacles:
      plan.obstacle === undefined
        ? []
        : [`${requiringOff.map(({ path }) => path).join(', ')}: ${plan.obstacle}`],
  };
}
