import type { Api, ThrottleState, Usage } from '../model/api.ts';
import type { Clock } from '../model/time/clock.ts';
import type { Catalog } from '../model/kind.ts';
import type { Action, Plan } from '../model/pass/plan.ts';
import type { Report, Trigger } from '../model/pass/report.ts';
import type { Address, Desired, DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import type { Memory, Setback, Store, Team } from '../model/store.ts';
import type { Fingerprints } from './compare/fingerprints.ts';
import type { CapacityAnswers } from './guard/capacity.ts';
import type { ReadSecret, Values } from './compare/writeOnly.ts';

/** What every pass of one workspace has at hand. */
export interface Workspace {
  readonly name: string;
  readonly catalog: Catalog;
  readonly api: Api;
  readonly usage: () => Usage;
  readonly throttle: () => ThrottleState;
  readonly store: Store;
  readonly clock: Clock;
  readonly readSecret: ReadSecret;
  /** In [0, 1): spreads pauses. */
  readonly random: () => number;
  /** The store may be given to the team of the key, whichever it belongs to. */
  readonly acceptTeam?: boolean;
}

/** The rules that passes go by: the settings, and `force` to lift the limits. */
export type Policy = Pick<
  Settings,
  'mode' | 'prune' | 'limits' | 'prices' | 'visibility' | 'throttle' | 'windows' | 'timezone'
> & {
  readonly force: boolean;
  /** Whether what failed waits before it is tried again. Default: unless a person asks for the pass. */
  readonly honourBackoff?: boolean;
  /** Makes of a plan what somebody agreed to: tells why an action is not part of that. Default: everything is. */
  readonly agreed?: (
    plan: Plan,
    fingerprints: Fingerprints,
  ) => (action: Action) => string | undefined;
};

/** A plan with all that reporting it and carrying it out takes. */
export interface Prepared {
  readonly pass: string;
  readonly trigger: Trigger;
  readonly plan: Plan;
  /** The sha256 of what the plan would do if nothing were withheld. */
  readonly digest: string;
  /** The team that the key acts for; undefined where nothing in the plan needs to know. */
  readonly team: Team | undefined;
  /** What the API answered about capacity. */
  readonly capacity: CapacityAnswers;
  /** Creates whose resource has vanished before it was ready. */
  readonly vanished: readonly Setback[];
  readonly fingerprints: Fingerprints;
  readonly cost: Report['cost'];
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly state: DesiredState;
  readonly values: Values;
  readonly memory: Memory;
  readonly snapshot: Snapshot;
  readonly startedAt: Date;
  readonly usageBefore: Usage;
}
