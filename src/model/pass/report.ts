import type { FieldChange, Outcome, Status, Verb } from './plan.ts';
import type { ThrottleState, Usage } from '../api.ts';
import type { Source } from '../resource.ts';

/** What caused a pass. */
export type Trigger = 'cli' | 'schedule' | 'change' | 'git' | 'webhook' | 'request' | 'start';

/** How many resources and actions there are of each sort; held-back actions are not counted. */
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
  /** When relations were read that are not read in every pass: `{ accessors: RFC 3339 }`; null: not yet. */
  readonly readings?: Readonly<Record<string, string | null>>;
  readonly source: Source | null;
}

/** One action in a report. */
export interface ReportedAction {
  readonly id: string;
  readonly verb: Verb;
  readonly kind: string;
  readonly name: string;
  /** The relation and the member that the action is about; null where it is about the resource itself. */
  readonly relation: string | null;
  readonly member: string | null;
  readonly resourceId: string | null;
  /** On a deletion: the name of the live resource, where it differs from `name`. */
  readonly liveName?: string;
  readonly changes: readonly FieldChange[];
  /** The ids of the actions that come before it. */
  readonly requires: readonly string[];
  readonly outcome: Outcome['result'];
  readonly error: string | null;
  /** What people should know beside the outcome: a connection test that failed, a live resource with almost the same name. */
  readonly note: string | null;
  readonly attempts: number;
}

/** What a pass found and did, `holdfast/report/v1` (INTERFACE 4). */
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
  readonly complete: boolean;
  /** Listings that did not end well, and why. */
  readonly incomplete: readonly { readonly kind: string; readonly error: string }[];
  readonly summary: Summary;
  readonly resources: readonly ReportedResource[];
  readonly actions: readonly ReportedAction[];
  /** What the pass asked of the API, and what the throttle allows at its end. */
  readonly api: Usage & { readonly throttle: ThrottleState };
  readonly estimate: { readonly requests: number; readonly seconds: number };
  readonly cost: {
    readonly currency: 'USD';
    /** Machine types to be created that no live machine and no setting has a rate for: they count as nothing. */
    readonly unpriced: readonly string[];
    readonly hourly: {
      readonly managed: number;
      readonly unmanaged: number;
      readonly change: number;
    };
    /** USD in an average month of 730 hours. */
    readonly monthly: { readonly change: number };
  };
}

/** A pass in a list of passes. */
export type PassSummary = Pick<
  Report,
  'pass' | 'trigger' | 'mode' | 'startedAt' | 'finishedAt' | 'summary'
>;
