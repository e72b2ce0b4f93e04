/** The actions of a pass while they are carried out. */
export interface ActionProgress {
  readonly total: number;
  /** The number of actions that have not ended. */
  readonly left: number;
  /** The resource of the first of them. */
  readonly next: string | undefined;
  /** Seconds since the first action began. */
  readonly seconds: number;
  /** The estimated duration in seconds. */
  readonly estimated: number;
}

/** `3/12 done after 8 of about 30 s, waiting for machines/a and 8 more`; empty if no action is left. Pure. */
export function progressText({ total, left, next, seconds, estimated }: ActionProgress): string {
  if (next === undefined) return '';
  const elapsed = Math.round(seconds);
  const remaining = left > 1 ? `${next} and ${left - 1} more` : next;
  return `${total - left}/${total} done after ${elapsed} of about ${Math.max(elapsed, estimated)} s, waiting for ${remaining}`;
}
