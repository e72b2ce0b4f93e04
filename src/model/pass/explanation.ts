import type { FieldChange, Status } from './plan.ts';
import type { ReportedAction, ReportedResource } from './report.ts';
import type { Address, Lifecycle, Source, Spec } from '../resource.ts';
import type { Deed, Setback } from '../store.ts';

/** One resource that another one names, and where in the spec: by its address, or by a live id. */
export interface Link {
  readonly path: string;
  readonly to: Address;
  /** It stands where no reference can, so it may be live, or be another thing of that name. */
  readonly mentioned?: true;
}

/** An action as it ended, with what it changed. */
export type Done = Omit<Deed, 'address' | 'changes'> & { readonly changes: readonly FieldChange[] };

/** Everything known of one resource, `holdfast/explanation/v1`: from the YAML, the store and one observation. */
export interface Explanation {
  readonly schema: 'holdfast/explanation/v1';
  readonly kind: string;
  readonly name: string;
  /** When the team was looked at, RFC 3339. */
  readonly at: string;
  readonly status: Status;
  readonly reason: string | null;
  /** Since when it has been in this status, RFC 3339. */
  readonly since: string;
  readonly changes: readonly FieldChange[];
  readonly unverifiable: readonly string[];
  /** What the YAML says of it; of a secret, where it is read. Null: nothing. */
  readonly declared: {
    readonly source: Source;
    readonly spec: Spec;
    readonly lifecycle: Lifecycle;
  } | null;
  /** Where `absent` names it. */
  readonly absent: Source | null;
  /** What the API shows of it; what may be a secret is `(hidden)`. Null: nothing. */
  readonly live: {
    readonly id: string;
    readonly name: string;
    readonly spec: Spec;
    /** Members of relations that were read apart, by relation. */
    readonly members: Readonly<Record<string, readonly string[]>>;
    readonly settled: boolean;
    readonly activity: string | null;
    readonly failure: string | null;
    readonly fixed: string | null;
    readonly facts: Readonly<Record<string, unknown>>;
  } | null;
  /** What a pass would do to it now; what is withheld is `blocked`, and says why in `error`. */
  readonly actions: readonly ReportedAction[];
  /** Actions that failed, and when they may be tried again. */
  readonly setbacks: readonly Omit<Setback, 'fingerprint' | 'address'>[];
  /** Since when it is left alone because somebody said so. */
  readonly suspended: string | null;
  readonly refersTo: readonly Link[];
  /** The declared resources that name it, and where in their specs. */
  readonly referredToBy: readonly { readonly path: string; readonly from: Address }[];
  /** When relations were read that are not read in every pass. */
  readonly readings: NonNullable<ReportedResource['readings']>;
  /** What was done to it, newest first. */
  readonly history: readonly Done[];
  /** What the API tells of it beside: events, runs. */
  readonly companions: Readonly<Record<string, unknown>>;
  /** Companions that could not be read, and why. */
  readonly unread: Readonly<Record<string, string>>;
}
