import type { Api, ThrottleState, Usage } from '../model/api.ts';
import type { Clock } from '../model/time/clock.ts';
import type { Tracer } from '../model/tracer.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { Action, Plan } from '../model/pass/plan.ts';
import type { Report, Trigger } from '../model/pass/report.ts';
import type { Address, Desired, DesiredState } from '../model/resource.ts';
import type { SecretProviders, Settings } from '../model/settings.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import type { Memory, FailureRecord, Team } from '../model/memory.ts';
import type { Store } from '../model/store.ts';
import type { Fingerprints } from './compare/fingerprints.ts';
import type { CheckedBudget } from './guard/budgets.ts';
import type { CapacityCheck } from './guard/capacity.ts';
import type { PlanCostInput } from './pricing/planCost.ts';
import type { TeamCost } from './pricing/teamCost.ts';
import type { Selector } from '../model/selection/selector.ts';
import type { Selection } from './guard/selection.ts';
import type { PassCache } from './passCache.ts';
import type { ReadSecret, Values, Written } from './compare/writeOnly.ts';

/** The dependencies of the first half of a pass, which reads and plans. */
export interface PlanningWorkspace {
  readonly name: string;
  readonly catalog: Catalog;
  readonly api: Api;
  readonly usage: () => Usage;
  readonly throttle: () => ThrottleState;
  /** Without the recorded costs, budgets are not checked. */
  readonly store: Pick<Store, 'memory' | 'digest'> & Partial<Pick<Store, 'costs' | 'lease'>>;
  readonly clock: Clock;
  readonly cache: PassCache;
  /** Records passes. Default: nothing is recorded. */
  readonly tracer?: Tracer;
  /** Creates the reader of the secrets of one pass, which asks a provider for a key at most once. */
  readonly secretReader: (providers: SecretProviders) => ReadSecret;
  /** The knowledge of write-only values. Default: their digests are compared with those in the store. */
  readonly written?: Written;
  /** A random number in [0, 1), to spread pauses. */
  readonly random: () => number;
  /** The store may be claimed for the team of the key, even if it belongs to another. */
  readonly acceptTeam?: boolean;
}

/** Until when nothing is created or deleted, since another process did not hand the workspace over. */
export function graceUntil(
  { lease }: Partial<Pick<Store, 'lease'>>,
  { grace }: Pick<Settings, 'grace'>,
  now: Date,
): Date | undefined {
  const since = lease?.sinceTakeOver();
  const left = since === undefined ? 0 : grace - since;
  return left > 0 ? new Date(now.getTime() + left) : undefined;
}

/** The dependencies of every pass of one workspace. */
export interface Workspace extends PlanningWorkspace {
  readonly store: Store;
}

/** The policy of a pass: the settings, and `force` to lift the limits. */
export type Policy = Pick<
  Settings,
  | 'mode'
  | 'prune'
  | 'limits'
  | 'budgets'
  | 'prices'
  | 'visibility'
  | 'grace'
  | 'throttle'
  | 'windows'
  | 'timezone'
  | 'secrets'
> & {
  readonly force: boolean;
  /** Restricts the pass to selected resources and what they need. Default: all. */
  readonly only?: readonly Selector[];
  /** Whether back-off after failures is honoured. Default: unless a person requests the pass. */
  readonly honourBackoff?: boolean;
  /** Restricts the pass to approved actions: returns why an action is not one. Default: all are. */
  readonly approvedActions?: (
    plan: Plan,
    fingerprints: Fingerprints,
  ) => (action: Action) => string | undefined;
};

/** A guarded plan with everything that reporting and enforcing it need. */
export interface Prepared {
  readonly pass: string;
  readonly trigger: Trigger;
  readonly plan: Plan;
  /** What the pass acts on; undefined: the whole team. The assessments of the plan are of the whole team. */
  readonly selection: Selection | undefined;
  /** The sha256 of the plan without the guard. */
  readonly digest: string;
  /** The team of the key; undefined if nothing in the plan needs it. */
  readonly team: Team | undefined;
  /** The capacity answers of the API. */
  readonly capacity: CapacityCheck;
  /** Creates whose resource disappeared before it was ready. */
  readonly vanished: readonly FailureRecord[];
  readonly fingerprints: Fingerprints;
  readonly costs: TeamCost;
  /** The budgets at the start of the pass; null: there are some, and they could not be checked. */
  readonly budgets: readonly CheckedBudget[] | null;
  /** Together with a plan, it tells the cost of that plan against the same snapshot. */
  readonly priced: PlanCostInput;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly state: DesiredState;
  readonly values: Values;
  readonly memory: Memory;
  readonly snapshot: Snapshot;
  readonly startedAt: Date;
  readonly usageBefore: Usage;
  readonly stages: NonNullable<Report['stages']>;
}
