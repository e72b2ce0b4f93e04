import type { Alert, Message } from '../../model/notify/alert.ts';
import { defaultRemind } from '../../model/notify/sinks.ts';
import { labelsText } from '../../model/selection/labels.ts';
import { shown, subjectOf } from '../messageText.ts';
import type { DeliveryContext, Sink } from '../sink.ts';

/** The reminders that may be missing until Alertmanager takes an alert for resolved. */
const missedReminders = 4;

/** Milliseconds until the alert of a test ends. */
const testMs = 60_000;

/** The longest reason in an annotation. */
const maxReason = 1000;

/**
 * Alertmanager's API v2. It knows an alert by its labels, and keeps it until `endsAt`, which each reminder puts off. So
 * alerts end some time after Holdfast has stopped, and come back after Alertmanager has lost its memory.
 */
const alertmanager: Sink<'alertmanager'> = {
  async deliver(message, { url, auth }, context) {
    const { post, read, dashboard, now } = context;
    const link = dashboard();
    const generator = link === null ? {} : { generatorURL: link };
    const alerts = alertsOf(message, now(), context);
    return await post(`${(await read(url)).replace(/\/+$/, '')}/api/v2/alerts`, {
      body: JSON.stringify(alerts.map((alert) => ({ ...alert, ...generator }))),
      ...(auth && { headers: { authorization: `Bearer ${await read(auth)}` } }),
    });
  },
};

export default alertmanager;

function alertsOf(
  message: Message,
  now: Date,
  { remind, oneOfSeveral }: DeliveryContext,
): readonly object[] {
  const remindMs = remind ?? defaultRemind.alertmanager;
  const after = (ms: number): string => new Date(now.getTime() + ms).toISOString();
  if (message.event === 'test')
    return [{ ...testAlert(message, oneOfSeveral), endsAt: after(testMs) }];
  const endsAt = after(missedReminders * remindMs);
  return [
    ...message.opened.map((alert) => ({ ...described(message, alert, oneOfSeveral), endsAt })),
    // An end in the future, if the clocks differ, would not replace the one that a reminder has set.
    ...message.resolved.map((alert) => ({
      ...described(message, alert, oneOfSeveral),
      endsAt: message.at,
    })),
  ];
}

const testAlert = ({ workspace, at }: Message, oneOfSeveral: boolean) => ({
  labels: { alertname: 'HoldfastTest', workspace },
  annotations: { summary: summaryOf('a test message', workspace, oneOfSeveral) },
  startsAt: at,
});

/** A summary that names the workspace if there are several. */
const summaryOf = (text: string, workspace: string, oneOfSeveral: boolean): string =>
  oneOfSeveral ? `${shown(workspace)}: ${text}` : text;

const described = (
  { workspace }: Message,
  { class: name, kind, name: resource, labels, since, reason }: Alert,
  oneOfSeveral: boolean,
) => ({
  labels: {
    alertname: `Holdfast${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    workspace,
    ...(kind !== null && { kind }),
    ...(resource !== null && { name: resource }),
  },
  annotations: {
    summary: summaryOf(
      `${name} ${subjectOf({ kind, name: resource })}`.trimEnd(),
      workspace,
      oneOfSeveral,
    ),
    // Alertmanager knows an alert by its labels, which therefore must not change while it is open.
    ...(labels && { labels: shown(labelsText(labels), maxReason) }),
    ...(reason !== null && { reason: shown(reason, maxReason) }),
  },
  startsAt: since,
});
