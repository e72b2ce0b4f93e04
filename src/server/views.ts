import type { PassSummary, Report, ReportedResource, Trigger } from '../model/pass/report.ts';
import type { Deed } from '../model/store.ts';
import type { Events } from './events.ts';

/** `/api/v1/status` (INTERFACE 5). */
export interface Status {
  readonly schema: 'holdfast/status/v1';
  readonly workspace: string;
  readonly mode: 'observe' | 'enforce';
  readonly revision: string;
  /** Why the config that lies there now is not in force. */
  readonly configError: string | null;
  readonly lastPass: Pick<PassSummary, 'pass' | 'finishedAt' | 'summary'> | null;
  readonly nextPass: string | null;
  /** The pass under way; overdue: it takes longer than any pass should. */
  readonly currentPass: {
    readonly trigger: Trigger;
    readonly startedAt: string;
    readonly overdue: boolean;
  } | null;
  readonly writer: boolean;
}

/** `/api/v1/resources/{kind}/{name}`: the resource as reports have it, and its history, newest first. */
export interface ShownResource extends ReportedResource {
  readonly schema: 'holdfast/resource/v1';
  /** Since when it is left alone because somebody said so. */
  readonly suspended: string | null;
  readonly history: readonly Deed[];
}

/** What the server shows. */
export interface Shown {
  /** A page for people, as HTML. */
  dashboard(): Promise<string>;
  status(): Status;
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  report(pass: string): Promise<Report | undefined>;
  /** What the last pass found of a resource, and what was done to it before. */
  resource(kind: string, name: string): Promise<ShownResource | undefined>;
  /** What is measured, in Prometheus' text format. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  /** Tells of passes as they end. */
  readonly events: Pick<Events, 'answer'>;
  /** Why the daemon is not ready; undefined once a pass has ended and the store answers. */
  whyNotReady(): Promise<string | undefined>;
}
