import type { BudgetStatus } from '../money/budget.ts';
import type { Expiry } from './expiry.ts';
import type { Suspension } from './suspension.ts';
import type { Wake } from './wake.ts';
import type { FieldChange, Outcome, Status, Verb } from './plan.ts';
import type { ThrottleState, Usage } from '../api.ts';
import type { DeclaredAt, GitRevision } from '../resource.ts';
import type { Labels } from '../selection/labels.ts';

/** What caused a pass. */
export type Trigger =
  | 'cli'
  | 'schedule'
  | 'change'
  | 'git'
  | 'webhook'
  | 'request'
  | 'event'
  | 'start';

/** The number of resources by status, and of actions by verb. Blocked actions are not counted. */
export type Summary = Readonly<Record<Status, number>> & {
  readonly actions: Readonly<Record<Verb, number>>;
};

/** One resource in a report. */
export interface ReportedResource {
  readonly kind: string;
  readonly name: string;
  readonly id: string | null;
  readonly status: Status;
  readonly changes: readonly FieldChange[];
  readonly unverifiable: readonly string[];
  readonly reason: string | null;
  /** Since when it has been in this status, RFC 3339. */
  readonly since: string;
  /** When rotated relations were last read: `{ accessors: RFC 3339 }`; null: not yet. */
  readonly readings?: Readonly<Record<string, string | null>>;
  /** Not set: it has none. */
  readonly labels?: Labels;
  /** In a report on a selection: why it is in it without being selected. */
  readonly included?: string;
  /** Its timetable is overridden: it runs until this time. Not set: it follows its declaration. */
  readonly wake?: Pick<Wake, 'until' | 'by'>;
  /** Its expiry, from 48 hours before it on. */
  readonly expiry?: Expiry;
  readonly source: DeclaredAt | null;
  /** Its cost in USD/h, and the change by its actions; null: unknown. Not set for kinds without a counted cost. */
  readonly cost?: ResourceCost;
}

/** What a resource costs, and the change by its actions, in USD/h; null: unknown. `change` is not set without actions. */
export interface ResourceCost {
  readonly hourly: number | null;
  readonly change?: number | null;
}

/** One action in a report. */
export interface ReportedAction {
  readonly id: string;
  readonly verb: Verb;
  readonly kind: string;
  readonly name: string;
  /** The relation and the member of the action; null for an action on the resource itself. */
  readonly relation: string | null;
  readonly member: string | null;
  readonly resourceId: string | null;
  /** On a deletion: the name of the live resource, where it differs from `name`. */
  readonly liveName?: string;
  readonly changes: readonly FieldChange[];
  /** The ids of the actions that must succeed before it. */
  readonly requires: readonly string[];
  readonly outcome: Outcome['result'];
  readonly error: string | null;
  /**
   * A remark for people beside the outcome: a connection test that failed, a live resource with almost the same name.
   */
  readonly note: string | null;
  readonly attempts: number;
}

/** The findings and actions of a pass, `holdfast/report/v1` (INTERFACE 4). */
export interface Report {
  readonly schema: 'holdfast/report/v1';
  readonly pass: string;
  readonly workspace: string;
  readonly trigger: Trigger;
  readonly revision: string;
  readonly digest: string;
  readonly mode: 'observe' | 'enforce';
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The snapshot of the team that was planned against, and its age at the start. Not set: the team itself. */
  readonly snapshot?: { readonly takenAt: string; readonly ageSeconds: number };
  /** The commit of the config. Not set for a directory. */
  readonly git?: GitRevision;
  /** The suspension of every resource. Not set: there is none. */
  readonly suspended?: Suspension;
  /**
   * The selectors of the resources that the pass acted on, with what those need. Not set: it acted on the whole team.
   */
  readonly only?: readonly string[];
  readonly complete: boolean;
  /** The incomplete listings, and why. */
  readonly incomplete: readonly { readonly kind: string; readonly error: string }[];
  readonly summary: Summary;
  readonly resources: readonly ReportedResource[];
  readonly actions: readonly ReportedAction[];
  /** How long its stages took. Waiting for a person's confirmation is no stage. Not set by earlier versions. */
  readonly stages?: readonly {
    readonly stage: 'observe' | 'plan' | 'apply';
    readonly milliseconds: number;
  }[];
  /** The API requests of the pass, and the state of the throttle at its end, which the first versions did not set. */
  readonly api: Usage & { readonly throttle?: ThrottleState };
  readonly estimate: { readonly requests: number; readonly seconds: number };
  readonly cost: {
    readonly currency: 'USD';
    /** Machine types whose rate is unknown. The sums leave them out. */
    readonly unpriced: readonly string[];
    /** Whether the sums of `hourly`, and `change`, are complete. Not set by earlier versions. */
    readonly known?: { readonly hourly: boolean; readonly change: boolean };
    readonly hourly: {
      readonly managed: number;
      readonly unmanaged: number;
      readonly change: number;
    };
    /** USD in an average month of 730 hours. */
    readonly monthly: { readonly change: number };
  };
  /** The budgets at the start of the pass. Not set: there are none; null: they could not be checked. */
  readonly budgets?: readonly BudgetStatus[] | null;
}

/** One entry in a list of passes. */
export type PassSummary = Pick<
  Report,
  'pass' | 'trigger' | 'mode' | 'startedAt' | 'finishedAt' | 'summary'
>;
