// The lifetimes of alerts. In: what a sink knows, and the findings of a pass. Out: what changes, and the message that
// tells the sink. `alertChanges.ts` does this for all sinks, the store keeps the result in the transaction of the pass,
// and `outbox.ts` delivers the messages through `sinks/`.

import type { Alert, Message, TrackedAlert } from '../model/alert.ts';
import { addressOf } from '../model/resource.ts';
import type { Routing } from '../model/settings.ts';
import type { Findings } from './findings.ts';

/** A sink before a pass. */
export interface FollowedSink extends Routing {
  /** Its id. */
  readonly sink: string;
  /** Whether it has its baseline: a complete pass has ended since it was configured. */
  readonly hasBaseline: boolean;
  readonly alerts: readonly TrackedAlert[];
}

/** What a pass changes for one sink. */
export interface SinkChanges {
  readonly write: readonly TrackedAlert[];
  readonly forget: readonly TrackedAlert[];
  /** What to tell it; undefined: nothing. */
  readonly news: Pick<Message, 'event' | 'opened' | 'resolved'> | undefined;
}

/**
 * Follows the alerts of one sink through a pass. An incomplete pass neither opens nor resolves an alert of a resource.
 * The first complete pass is the baseline: what it finds is told as a number, and never announced by itself.
 */
export function followAlerts(sink: FollowedSink, findings: Findings): SinkChanges {
  const tracked = new Map(sink.alerts.map((alert) => [keyOf(alert), alert]));
  const found = findings.alerts.filter((alert) => isRouted(alert, sink));
  const changeable = found.filter((alert) => isDecided(alert, findings));
  if (!sink.hasBaseline && findings.complete) return baseline(sink, changeable, findings.at);
  const steps = changeable.map((alert) =>
    step(tracked.get(keyOf(alert)), alert, sink, findings.at),
  );
  const present = new Set(found.map(keyOf));
  const ended = sink.alerts.filter(
    (alert) => !present.has(keyOf(alert)) && isDecided(alert, findings),
  );
  const opened = steps.filter(({ event }) => event === 'opened').map(({ after }) => after);
  const resolved = ended.filter((alert) => alert.state === 'open' && isRouted(alert, sink));
  const hasNews = opened.length + resolved.length > 0;
  const due = hasNews ? [] : steps.filter(({ event }) => event === 'due').map(({ after }) => after);
  return {
    write: [
      ...steps.filter(({ event }) => event === 'counted').map(({ after }) => after),
      ...opened,
      ...due,
    ],
    forget: ended,
    news: newsOf(opened, resolved, due),
  };
}

function newsOf(
  opened: readonly TrackedAlert[],
  resolved: readonly TrackedAlert[],
  due: readonly TrackedAlert[],
): SinkChanges['news'] {
  if (opened.length > 0)
    return { event: 'opened', opened: opened.map(alertOf), resolved: resolved.map(alertOf) };
  if (resolved.length > 0)
    return { event: 'resolved', opened: [], resolved: resolved.map(alertOf) };
  return due.length > 0 ? { event: 'reminder', opened: due.map(alertOf), resolved: [] } : undefined;
}

/** The alerts of a sink's first complete pass. */
function baseline(
  { sink, alerts }: FollowedSink,
  found: readonly Alert[],
  at: string,
): SinkChanges {
  const write = found.map((alert) => ({
    ...alertOf(alert),
    sink,
    state: 'baseline' as const,
    passes: 1,
    toldAt: at,
  }));
  const news = { event: 'baseline' as const, opened: found.map(alertOf), resolved: [] };
  return { write, forget: alerts, news: found.length > 0 ? news : undefined };
}

/** An alert that a pass found, after it. `due`: a reminder is. */
interface Step {
  readonly event: 'opened' | 'counted' | 'due' | 'unchanged';
  readonly after: TrackedAlert;
}

function step(
  before: TrackedAlert | undefined,
  alert: Alert,
  sink: FollowedSink,
  at: string,
): Step {
  if (before !== undefined && before.state !== 'settling') {
    const isDue =
      before.state === 'open' &&
      sink.remind !== null &&
      Date.parse(at) - Date.parse(before.toldAt ?? at) >= sink.remind;
    return isDue
      ? { event: 'due', after: { ...before, reason: alert.reason, toldAt: at } }
      : { event: 'unchanged', after: before };
  }
  const passes = (before?.passes ?? 0) + 1;
  const since = before?.since ?? alert.since;
  const counted = { ...alertOf(alert), since, sink: sink.sink, passes };
  return passes >= settleOf(alert, sink)
    ? { event: 'opened', after: { ...counted, state: 'open', toldAt: at } }
    : { event: 'counted', after: { ...counted, state: 'settling', toldAt: null } };
}

/** A config that is not valid stays so until somebody mends it, so it is told at once. */
const settleOf = (alert: Alert, { settle }: Routing): number =>
  alert.class === 'config' ? 1 : settle;

/** Whether an alert goes to a sink. */
const isRouted = (alert: Alert, { on, kinds }: Routing): boolean =>
  on.includes(alert.class) && (alert.kind === null || kinds === null || kinds.includes(alert.kind));

/** Whether a pass can tell that an alert has begun or ended. */
const isDecided = ({ kind, name }: Alert, { complete, pending }: Findings): boolean =>
  kind === null || name === null || (complete && !pending.has(addressOf(kind, name)));

const keyOf = ({ class: alertClass, kind, name }: Alert): string =>
  JSON.stringify([alertClass, kind, name]);

const alertOf = ({ class: alertClass, kind, name, since, reason }: Alert): Alert => ({
  class: alertClass,
  kind,
  name,
  since,
  reason,
});
