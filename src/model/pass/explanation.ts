import type { FieldChange, Status } from './plan.ts';
import type { ReportedAction, ReportedResource } from './report.ts';
import type { Address, Lifecycle, Source, Spec } from '../resource.ts';
import type { Labels } from '../selection/labels.ts';
import type { ActionRecord, FailureRecord } from '../memory.ts';

/** A reference from one resource to another. `path` is the field of the spec. */
export interface Link {
  readonly path: string;
  readonly to: Address;
  /** A free-form field names it, so it may be a live resource, or something else of that name. */
  readonly mentioned?: true;
}

/** The record of an ended action, with its changes as data. */
export type Done = Omit<ActionRecord, 'address' | 'changes'> & {
  readonly changes: readonly FieldChange[];
};

/** Everything known about one resource after a pass: from the YAML, the store, and the lists that the pass read. */
export interface Knowledge {
  readonly kind: string;
  readonly name: string;
  /** When the team was observed, RFC 3339. */
  readonly at: string;
  readonly status: Status;
  readonly reason: string | null;
  /** Since when it has been in this status, RFC 3339. */
  readonly since: string;
  readonly changes: readonly FieldChange[];
  readonly unverifiable: readonly string[];
  /** The declaration; for a secret, where it is read. Null: not declared. */
  readonly declared: {
    readonly source: Source;
    readonly spec: Spec;
    readonly lifecycle: Lifecycle;
    /** Not set: none. */
    readonly labels?: Labels;
  } | null;
  /** The position in `absent` that lists it. */
  readonly absent: Source | null;
  /** The live resource; a value that may be a secret is `(hidden)`. Null: there is none. */
  readonly live: {
    readonly id: string;
    readonly name: string;
    readonly spec: Spec;
    /** Members of relations with lists of their own, by relation. */
    readonly members: Readonly<Record<string, readonly string[]>>;
    readonly settled: boolean;
    readonly activity: string | null;
    readonly failure: string | null;
    readonly fixed: string | null;
    readonly facts: Readonly<Record<string, unknown>>;
  } | null;
  /** The planned actions. A guarded action is `blocked`, with the reason in `error`. */
  readonly actions: readonly ReportedAction[];
  /** The failure records: failed actions, and when they may be tried again. */
  readonly setbacks: readonly Omit<FailureRecord, 'fingerprint' | 'address'>[];
  /** Since when it has been suspended, RFC 3339. */
  readonly suspended: string | null;
  /** Its timetable is overridden; null: it is not. */
  readonly wake: ReportedResource['wake'] | null;
  /** Its expiry, if that is over or within 48 hours. */
  readonly expiry: ReportedResource['expiry'] | null;
  readonly refersTo: readonly Link[];
  /** The declared resources that reference it, and the fields that do. */
  readonly referredToBy: readonly { readonly path: string; readonly from: Address }[];
  /** When rotated relations were last read. */
  readonly readings: NonNullable<ReportedResource['readings']>;
  /** Ended actions, newest first. */
  readonly history: readonly Done[];
}

/** The answer of `holdfast explain`, `holdfast/explanation/v1`, which asks the API for more. */
export interface Explanation extends Knowledge {
  readonly schema: 'holdfast/explanation/v1';
  /** Details from the API: events, runs. */
  readonly companions: Readonly<Record<string, unknown>>;
  /** Details that could not be read, and why. */
  readonly unread: Readonly<Record<string, string>>;
}
