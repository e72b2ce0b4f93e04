import type { Flags } from './elements/command.ts';
import type { Report } from '../model/pass/report.ts';
import type { Suspension, SuspensionTarget } from '../model/pass/suspension.ts';
import type { Wake } from '../model/pass/wake.ts';
import type { Address } from '../model/resource.ts';
import type { Shown } from '../server/views.ts';

/** The data of the pages. Each method is called at most once per page, and reads only. */
export interface DashboardData extends Pick<
  Shown,
  | 'status'
  | 'passes'
  | 'report'
  | 'resources'
  | 'resource'
  | 'graph'
  | 'trends'
  | 'calendar'
  | 'waste'
  | 'cost'
> {
  /** The report of the last pass; undefined before the first has ended. */
  lastReport(): Report | undefined;
  suspensions(): Promise<ReadonlyMap<SuspensionTarget, Suspension>>;
  /** The machines that run in spite of their timetables. */
  wakes(): Promise<ReadonlyMap<Address, Wake>>;
  /** Why no passes run, or why the last one was given up; undefined: they run. The rest is then the last known state. */
  waiting(): Promise<string | undefined>;
  /** The flags of the commands that pages show. */
  flags(): Flags;
  now(): Date;
}
