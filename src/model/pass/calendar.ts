import type { Address } from '../resource.ts';

/** Something that the config or a suspension fixes for a time to come. */
export interface CalendarEntry {
  /** RFC 3339. */
  readonly at: string;
  /**
   * `start`, `stop`: a timetable turns. `windowOpens`, `windowCloses`: writes are allowed from then, or no longer.
   * `suspensionEnds`: without a resume.
   */
  readonly event: 'start' | 'stop' | 'windowOpens' | 'windowCloses' | 'suspensionEnds';
  /** The resources concerned; empty: all. */
  readonly resources: readonly Address[];
}
