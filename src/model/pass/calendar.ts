import type { Address } from '../resource.ts';

/** Something that the config, a suspension, or a wake fixes for a time to come. */
export interface CalendarEntry {
  /** RFC 3339. */
  readonly at: string;
  /**
   * `start`, `stop`: a timetable turns. `windowOpens`, `windowCloses`: writes are allowed from then, or no longer.
   * `suspensionEnds`: without a resume. `wakeEnds`: the timetable applies again. `expires`:
   * resources of the config.
   */
  readonly event:
    | 'start'
    | 'stop'
    | 'windowOpens'
    | 'windowCloses'
    | 'suspensionEnds'
    | 'wakeEnds'
    | 'expires';
  /** The resources concerned; empty: all. */
  readonly resources: readonly Address[];
}
