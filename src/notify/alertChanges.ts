import { createHash } from 'node:crypto';
import type { AlertChanges, AlertState } from '../model/notify/alert.ts';
import type { Notification, SinkTarget } from '../model/settings.ts';
import { alertKeepers } from '../model/notify/sinks.ts';
import type { Findings } from './findings.ts';
import { followAlerts, type News } from './lifetimes.ts';

/** A configured sink and its id, such as `slack-1a2b3c4d`. */
export interface ConfiguredSink {
  readonly id: string;
  readonly notification: Notification;
}

/**
 * Gives each sink an id that stays the same as long as its settings do, whatever its place in the list. Sinks with
 * the same settings get a number each. The id shows no secret.
 */
export function sinksOf(notifications: readonly Notification[]): readonly ConfiguredSink[] {
  const seen = new Map<string, number>();
  return notifications.map((notification) => {
    const base = idOf(notification);
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return { id: count === 1 ? base : `${base}-${count}`, notification };
  });
}

const idOf = ({ sink, target }: SinkTarget): string =>
  `${sink}-${createHash('sha256').update(JSON.stringify(target)).digest('hex').slice(0, 8)}`;

/** Computes which alerts and messages a pass changes. Pure. */
export function alertChanges(
  sinks: readonly ConfiguredSink[],
  state: AlertState,
  findings: Findings,
): AlertChanges {
  const alerts = Map.groupBy(state.alerts, ({ sink }) => sink);
  const { workspace, pass, at, complete } = findings;
  const changes = sinks.map(({ id, notification }) => {
    const hasBaseline = state.sinks.has(id);
    const maxAlerts = alertKeepers[notification.sink];
    const before = {
      ...notification,
      sink: id,
      keepsAlerts: maxAlerts !== undefined,
      hasBaseline,
      alerts: alerts.get(id) ?? [],
    };
    const { news, ...changed } = followAlerts(before, findings);
    return { id, hasBaseline, ...changed, news: news ? partsOf(news, maxAlerts) : [] };
  });
  return {
    write: changes.flatMap(({ write }) => write),
    forget: changes.flatMap(({ forget }) => forget),
    messages: changes.flatMap(({ id, news }) =>
      news.map((part, i) => ({
        sink: id,
        message: { id: `${pass}.${id}${suffixOf(i)}`, workspace, pass, at, ...part },
      })),
    ),
    sinks: changes.map(({ id, hasBaseline }) => ({ id, hasBaseline: hasBaseline || complete })),
  };
}

/** Splits news into parts with a number of alerts at most. */
function partsOf(news: News, maxAlerts = Infinity): readonly News[] {
  const { opened, resolved } = news;
  if (opened.length + resolved.length <= maxAlerts) return [news];
  return [
    ...chunksOf(opened, maxAlerts).map((part) => ({ ...news, opened: part, resolved: [] })),
    ...chunksOf(resolved, maxAlerts).map((part) => ({
      event: 'resolved' as const,
      opened: [],
      resolved: part,
    })),
  ];
}

const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );

/** What follows the id of the n-th part (from 0), so that the ids ascend. */
const suffixOf = (part: number): string => (part === 0 ? '' : `.${String(part).padStart(6, '0')}`);
