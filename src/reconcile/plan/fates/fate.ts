import type { ActionId, Member } from '../../../model/pass/plan.ts';
import type { Address, Observed } from '../../../model/resource.ts';
import type { Owed } from '../../apply/obligations.ts';
import type { CompareContext, Comparison } from '../../compare/compare.ts';
import type { PlanContext, ResourcePlan } from '../planContext.ts';
import type { PowerSteps } from '../power/powerSteps.ts';
import type { ResolveReference } from '../matching/resolve.ts';

/** A live resource that stays, with its differences. */
export interface KeepFate {
  readonly is: 'keep';
  readonly live: Observed;
  readonly comparison: Comparison;
  readonly owed: Owed;
  readonly power: PowerSteps;
  /** The API is at work on it, so nothing is written now. */
  readonly isBusy: boolean;
}

/** A resource to create. */
export interface CreateFate {
  readonly is: 'create';
  /** Creates and stops that come first. */
  readonly requires: readonly ActionId[];
  /** Relations of other resources that its create call carries. */
  readonly carries: readonly { readonly field: string; readonly member: Member }[];
  /** Why it cannot be created now. */
  readonly blocked?: string;
}

/** A live resource to delete and create again, because a field differs that is fixed at creation. */
export interface ReplaceFate {
  readonly is: 'replace';
  readonly live: Observed;
  readonly comparison: Comparison;
  readonly create: CreateFate;
  /** Why it is not replaced now; it stays as it is. */
  readonly blocked?: string;
}

/** A live resource that its expiry deletes, though it is declared. */
export interface ExpireFate {
  readonly is: 'expire';
  readonly live: Observed;
}

/** Nothing is written to the resource itself in this pass. `plan` says why. */
export interface IdleFate {
  readonly is: 'idle';
  readonly plan: ResourcePlan;
}

/** The fate of a declared resource in this pass. */
export type Fate = KeepFate | CreateFate | ReplaceFate | ExpireFate | IdleFate;

/**
 * The context for decisions that depend on the fates of other resources. While the fates are decided, in dependency
 * order, `fates` holds those of all dependencies.
 */
export interface FateContext extends PlanContext {
  readonly fates: ReadonlyMap<Address, Fate>;
  /** Resources that are replaced unless something blocks that. */
  readonly replaceable: ReadonlySet<Address>;
  readonly resolve: ResolveReference;
  readonly comparing: CompareContext;
}

/** Whether a declared resource is live and to be replaced, even if something blocks that. */
export const isReplaced = (
  address: Address,
  { fates, replaceable }: Pick<FateContext, 'fates' | 'replaceable'>,
): boolean => {
  const fate = fates.get(address);
  return fate === undefined ? replaceable.has(address) : fate.is === 'replace';
};
