import type { CalendarEntry } from '../model/pass/calendar.ts';
import type { Knowledge } from '../model/pass/explanation.ts';
import type { Graph } from '../model/pass/graph.ts';
import type { PassSummary, Report, ReportedResource, Trigger } from '../model/pass/report.ts';
import type { ResourcePage, ResourceQuery } from '../model/pass/resourceQuery.ts';
import type { TrendHour } from '../model/pass/trend.ts';
import type { Suspension } from '../model/pass/suspension.ts';
import type { CostReport } from '../model/money/costReport.ts';
import type { GitRevision } from '../model/resource.ts';
import type { WasteReport } from '../model/money/waste.ts';
import type { ActionRecord } from '../model/memory.ts';
import type { Events } from './events.ts';

/** The body of `/api/v1/status` (INTERFACE 5). */
export interface Status {
  readonly schema: 'holdfast/status/v1';
  readonly workspace: string;
  readonly mode: 'observe' | 'enforce';
  readonly revision: string;
  /** The commit of the config in force; null for a directory. */
  readonly git: GitRevision | null;
  /** Why the present config files are not in force; null if they are. */
  readonly configError: string | null;
  /** The last pass; null before the first has ended. */
  readonly lastPass: Pick<PassSummary, 'pass' | 'finishedAt' | 'summary'> | null;
  /** When the next pass is due, RFC 3339; null if none is scheduled. */
  readonly nextPass: string | null;
  /** The running pass, if any. `overdue`: it takes longer than any pass should. */
  readonly currentPass: {
    readonly trigger: Trigger;
    readonly startedAt: string;
    readonly overdue: boolean;
  } | null;
  /** The sinks of notifications: what waits, since when, why the last attempt failed, and whether the receiver is gone. */
  readonly notifications: readonly {
    readonly sink: string;
    readonly pending: number;
    readonly oldest: string | null;
    readonly error: string | null;
    readonly off: boolean;
  }[];
  /** The suspension of every resource; null: there is none. */
  readonly suspended: Suspension | null;
  /** Whether this process has the right to write to the store. */
  readonly writer: boolean;
}

/** The body of `/api/v1/resources/{kind}/{name}`. */
export interface ShownResource
  extends Omit<Knowledge, 'history'>, Pick<ReportedResource, 'id' | 'source' | 'cost'> {
  readonly schema: 'holdfast/resource/v1';
  /** Its suspension, with its reason and end; null if it is not suspended. */
  readonly suspension: Suspension | null;
  /** Its past actions, newest first. */
  readonly history: readonly ActionRecord[];
}

/**
 * The data that the server serves. Each method is called once per request, and reads only. A `StoreError` becomes a 503
 * with its message; any other error a 500, and is logged.
 */
export interface Shown {
  /** The status of the daemon. Must not fail while the store is locked. */
  status(): Promise<Status>;
  /** At most `limit` passes, newest first; only those older than the pass `before`. */
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  /** The hours of the last 30 days in which a pass ended, oldest first. */
  trends(): Promise<readonly TrendHour[]>;
  /** The report of a pass; undefined if none is kept. */
  report(pass: string): Promise<Report | undefined>;
  /** The resources of the last report; none before the first pass has ended. */
  resources(query: ResourceQuery): ResourcePage;
  /** The declared resources of the config in force, and their references. */
  graph(): Graph;
  /** What costs money and seems unused, in the lists that the last pass read. */
  waste(): WasteReport;
  /** What the team cost in the last 30 days, by kind, machine type, or label, and the forecast of the month. */
  cost(by: string): Promise<CostReport>;
  /** What timetables, windows, suspensions, wakes, and expiries fix for the next seven days. */
  calendar(): Promise<readonly CalendarEntry[]>;
  /** A resource of the last report, with its history; undefined if the report has no such resource. */
  resource(kind: string, name: string): Promise<ShownResource | undefined>;
  /** All metrics in Prometheus' text format. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  /** The events of passes that end. */
  readonly events: Pick<Events, 'answer'>;
  /** Why the daemon is not ready; undefined once a pass has ended and the store can be read. */
  whyNotReady(): Promise<string | undefined>;
}
