import { createHash } from 'node:crypto';
import type { Alert, AlertClass, Message } from '../../model/notify/alert.ts';
import { alertText, senderOf, shown } from '../messageText.ts';
import type { Delivery, DeliveryMeans, Sink } from '../sink.ts';

/** The longest key that PagerDuty accepts, in characters. */
const maxKey = 255;

/** The longest summary. PagerDuty accepts 1,024 characters. */
const maxSummary = 1000;

/** The longest reason in the details. */
const maxReason = 1000;

/** How urgent an alert is. */
const severityOf: { readonly [Class in AlertClass]: 'error' | 'warning' | 'info' } = {
  config: 'error',
  failed: 'error',
  blocked: 'warning',
  contended: 'warning',
  incomplete: 'warning',
  drift: 'info',
  budget: 'warning',
  expiry: 'info',
};

/**
 * PagerDuty's Events API v2: an event for each alert. Events with the same key are one alert there, so one that is sent
 * again does no harm.
 */
const pagerduty: Sink<'pagerduty'> = {
  async deliver(message, { routingKey, url }, context) {
    const routing_key = await context.read(routingKey);
    let delivery: Delivery = { result: 'delivered' };
    for (const event of eventsOf(message, context)) {
      delivery = await context.post(url, { body: JSON.stringify({ routing_key, ...event }) });
      if (delivery.result !== 'delivered') return delivery;
    }
    return delivery;
  },
};

export default pagerduty;

function eventsOf(message: Message, context: DeliveryMeans): readonly object[] {
  return message.event === 'test'
    ? testEvents(message, context)
    : [
        ...message.opened.map((alert) => trigger(message, alert, context)),
        ...message.resolved.map((alert) => resolve(keyOf(message, alert))),
      ];
}

/** A test opens an alert, and resolves it. */
const testEvents = (
  { workspace, at }: Message,
  { oneOfSeveral }: DeliveryMeans,
): readonly object[] => [
  {
    event_action: 'trigger',
    dedup_key: `${workspace}/test`,
    payload: {
      summary: shown(`${senderOf({ workspace }, oneOfSeveral)}: a test message`, maxSummary),
      source: shown(workspace),
      severity: 'info',
      timestamp: at,
    },
  },
  resolve(`${workspace}/test`),
];

const trigger = (
  { workspace }: Message,
  alert: Alert,
  { dashboard, oneOfSeveral }: DeliveryMeans,
) => ({
  event_action: 'trigger',
  dedup_key: keyOf({ workspace }, alert),
  payload: {
    summary: shown(`${senderOf({ workspace }, oneOfSeveral)}: ${alertText(alert)}`, maxSummary),
    source: shown(workspace),
    severity: severityOf[alert.class],
    timestamp: alert.since,
    class: alert.class,
    ...(alert.kind !== null && { component: shown(alert.kind) }),
    custom_details: {
      ...alert,
      reason: alert.reason === null ? null : shown(alert.reason, maxReason),
    },
  },
  ...linksTo(dashboard()),
});

const linksTo = (dashboard: string | null) =>
  dashboard === null ? {} : { links: [{ href: dashboard, text: 'Dashboard' }] };

const resolve = (key: string) => ({ event_action: 'resolve', dedup_key: key });

/** The key of an alert: the same from its first event to its last. */
function keyOf({ workspace }: Pick<Message, 'workspace'>, alert: Alert): string {
  const parts = [workspace, alert.class, alert.kind, alert.name].filter((part) => part !== null);
  const key = parts.join('/');
  return key.length > maxKey ? createHash('sha256').update(key).digest('hex') : key;
}
