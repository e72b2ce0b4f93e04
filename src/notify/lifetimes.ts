// The lifetimes of alerts. In: what a sink knows, and the findings of a pass. Out: what changes, and the message that
// tells the sink. `alertChanges.ts` does this for all sinks, the store keeps the result in the transaction of the pass,
// and `outbox.ts` delivers the messages through `sinks/`.

import type { Alert, Message, TrackedAlert } from '../model/notify/alert.ts';
import { addressOf } from '../model/resource.ts';
import { hasLabels } from '../model/selection/labels.ts';
import type { Routing } from '../model/settings.ts';
import type { Findings } from './findings.ts';

/** A sink before a pass. */
export interface FollowedSink extends Routing {
  /** Its id. */
  readonly sink: string;
  /**
   * Whether the receiver keeps alerts by key. It gets no baseline, reminders in every pass in which they are due, and
   * the end of an alert even if `on` or `match` no longer lists it.
   */
  readonly keepsAlerts: boolean;
  /** Whether it has its baseline: a complete pass has ended since it was configured. */
  readonly hasBaseline: boolean;
  readonly alerts: readonly TrackedAlert[];
}

/** What to tell a sink. */
export type News = Pick<Message, 'event' | 'opened' | 'resolved'>;

/** What a pass changes for one sink. */
export interface SinkChanges {
  readonly write: readonly TrackedAlert[];
  readonly forget: readonly TrackedAlert[];
  /** Undefined: nothing. */
  readonly news: News | undefined;
}

/**
 * Follows the alerts of one sink through a pass. An incomplete pass neither opens nor resolves an alert of a resource.
 * The first complete pass is the baseline: its alerts are counted in one message, and never announced one by one.
 */
export function followAlerts(sink: FollowedSink, findings: Findings): SinkChanges {
  const { at, complete } = findings;
  const tracked = new Map(sink.alerts.map((alert) => [keyOf(alert), alert]));
  const found = findings.alerts.filter((alert) => isRouted(alert, sink));
  const changeable = found.filter((alert) => isDecided(alert, findings));
  if (!sink.hasBaseline && complete) return baseline(sink, changeable, at);
  const steps = changeable.flatMap((alert) => step(tracked.get(keyOf(alert)), alert, sink, at));
  const present = new Map(found.map((alert) => [keyOf(alert), alert]));
  const [kept, ended] = partition(
    sink.alerts,
    (alert) => present.has(keyOf(alert)) || !mayEnd(alert, findings),
  );
  const opened = steps.filter(({ state }) => state === 'open');
  const resolved = announcedEnds(ended, sink, findings);
  const hasNews = opened.length + resolved.length > 0;
  const due = hasNews && !sink.keepsAlerts ? [] : kept.filter((alert) => isDue(alert, sink, at));
  const reminded = due.map((alert) => ({
    ...alert,
    ...labelsOf(present.get(keyOf(alert))),
    reason: (present.get(keyOf(alert)) ?? alert).reason,
    toldAt: at,
  }));
  return {
    write: [...steps, ...reminded],
    forget: ended,
    news: newsOf(opened, resolved, reminded),
  };
}

/**
 * The ended alerts of which a sink hears: those that were announced to it, and that it would still get. One that is
 * still found has other labels now. Of one that is over, the labels are not known, and it was routed when it opened.
 */
function announcedEnds(
  ended: readonly TrackedAlert[],
  sink: FollowedSink,
  { alerts }: Findings,
): readonly TrackedAlert[] {
  const open = ended.filter(({ state }) => state === 'open');
  if (open.length === 0 || sink.keepsAlerts) return open;
  const found = new Set(alerts.map(keyOf));
  return open.filter((alert) => isKindRouted(alert, sink) && !found.has(keyOf(alert)));
}

function newsOf(
  opened: readonly TrackedAlert[],
  resolved: readonly TrackedAlert[],
  reminded: readonly TrackedAlert[],
): News | undefined {
  const open = [...opened, ...reminded];
  if (open.length + resolved.length === 0) return undefined;
  const event = opened.length > 0 ? 'opened' : resolved.length > 0 ? 'resolved' : 'reminder';
  return { event, opened: open.map(alertOf), resolved: resolved.map(alertOf) };
}

/** The alerts of a sink's first complete pass. */
function baseline(
  { sink, alerts, keepsAlerts }: FollowedSink,
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
  return { write, forget: alerts, news: found.length > 0 && !keepsAlerts ? news : undefined };
}

/** Returns an alert after a pass that found it; nothing if the sink already knows it. */
function step(
  before: TrackedAlert | undefined,
  alert: Alert,
  sink: FollowedSink,
  at: string,
): readonly TrackedAlert[] {
  if (before !== undefined && before.state !== 'settling' && !isNextStage(before, alert)) return [];
  const passes = (before?.passes ?? 0) + 1;
  const since = before?.since ?? alert.since;
  const counted = { ...alertOf(alert), since, sink: sink.sink, passes };
  return passes >= settleOf(alert, sink)
    ? [{ ...counted, state: 'open', toldAt: at }]
    : [{ ...counted, state: 'settling', toldAt: null }];
}

/** Whether an expiry has come nearer, or more of a budget is spent, since the last message: then there is another. */
const isNextStage = (before: TrackedAlert, alert: Alert): boolean =>
  hasStages(alert) && before.reason !== alert.reason;

/** Whether a reminder of an alert is due. */
const isDue = (alert: TrackedAlert, sink: Routing, at: string): boolean =>
  alert.state === 'open' &&
  isKindRouted(alert, sink) &&
  sink.remind !== null &&
  Date.parse(at) - Date.parse(alert.toldAt ?? at) >= sink.remind;

/** Whether the reason of an alert says how far it has come, and is the same until it comes further. */
const hasStages = (alert: Alert): boolean => alert.class === 'expiry' || alert.class === 'budget';

/**
 * In how many passes in a row an alert must be found before it is announced. A config that is not valid stays so until
 * somebody mends it, an expiry is certain, and money is spent: one pass is enough.
 */
const settleOf = (alert: Alert, { settle }: Routing): number =>
  alert.class === 'config' || hasStages(alert) ? 1 : settle;

/** Whether an alert goes to a sink. */
const isRouted = (alert: Alert, routing: Routing): boolean =>
  isKindRouted(alert, routing) && (alert.kind === null || hasLabels(alert.labels, routing.labels));

/** Whether alerts of this class and kind go to a sink, whatever the labels. */
const isKindRouted = (alert: Alert, { on, kinds }: Routing): boolean =>
  on.includes(alert.class) && (alert.kind === null || kinds === null || kinds.includes(alert.kind));

/** Whether a pass can tell that an alert has begun or ended. */
const isDecided = ({ kind, name }: Alert, { complete, pending }: Findings): boolean =>
  kind === null || name === null || (complete && !pending.has(addressOf(kind, name)));

/** Whether a pass can tell that an alert has ended. Without all lists, less seems to be spent of a budget. */
const mayEnd = (alert: Alert, findings: Findings): boolean =>
  isDecided(alert, findings) && (alert.class !== 'budget' || findings.complete);

const keyOf = ({ class: alertClass, kind, name }: Alert): string =>
  JSON.stringify([alertClass, kind, name]);

const labelsOf = (alert: Alert | undefined): Pick<Alert, 'labels'> =>
  alert?.labels ? { labels: alert.labels } : {};

const alertOf = ({ class: alertClass, kind, name, labels, since, reason }: Alert): Alert => ({
  class: alertClass,
  kind,
  name,
  ...(labels ? { labels } : {}),
  since,
  reason,
});

function partition<Item>(
  items: readonly Item[],
  test: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
