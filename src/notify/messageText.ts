import { alertClasses, type Alert, type AlertClass, type Message } from '../model/notify/alert.ts';
import { labelsText } from '../model/selection/labels.ts';
import { countOf } from '../model/text/countOf.ts';
import { visible } from '../model/text/visible.ts';
import type { DeliveryMeans } from './sink.ts';

/** A message as a few lines for people: the counts, the worst alerts by name, and a link. */
export interface MessageText {
  readonly title: string;
  readonly lines: readonly string[];
  readonly link: string | null;
}

/** The number of alerts that a message names. */
const named = 5;

/** The longest name and the longest reason that a message shows, in characters. */
const longestText = 200;

/** The longest text of all labels of a resource. */
const longestLabels = 80;

/** Puts a message into words, without the markup of any chat. Text from outside is made visible, and on one line. */
export function messageText(
  message: Message,
  { dashboard, oneOfSeveral }: Pick<DeliveryMeans, 'dashboard' | 'oneOfSeveral'>,
): MessageText {
  const { event, opened, resolved } = message;
  return {
    title: `${senderOf(message, oneOfSeveral)}: ${titleOf(message)}`,
    lines:
      event === 'baseline'
        ? ['They are not announced one by one. From now on, only changes are.']
        : [
            ...namedLines(opened, ''),
            ...(opened.length > 0 && resolved.length > 0 ? ['Resolved:'] : []),
            ...namedLines(resolved, 'was '),
          ],
    link: dashboard(),
  };
}

/** Who sends a message: Holdfast, of several workspaces with the name. */
export const senderOf = (
  { workspace }: Pick<Message, 'workspace'>,
  oneOfSeveral: boolean,
): string => (oneOfSeveral ? `Holdfast (${visible(workspace)})` : 'Holdfast');

function titleOf({ event, opened, resolved }: Message): string {
  switch (event) {
    case 'opened':
      return `${countsOf(opened)}${resolved.length > 0 ? `; ${resolved.length} resolved` : ''}`;
    case 'resolved':
      return `${resolved.length} resolved`;
    case 'reminder':
      return `still ${countsOf(opened)}`;
    case 'baseline':
      return `notifications begin; there are already ${countsOf(opened)}`;
    case 'test':
      return 'a test message';
  }
}

/** Counts alerts by class, the worst class first: `2 failed, 1 drift`. */
function countsOf(alerts: readonly Alert[]): string {
  const byClass = Map.groupBy(alerts, (alert) => alert.class);
  return alertClasses
    .flatMap((name) => {
      const count = byClass.get(name)?.length ?? 0;
      return count > 0 ? [wordsOf[name](count)] : [];
    })
    .join(', ');
}

const wordsOf: { readonly [Class in AlertClass]: (count: number) => string } = {
  config: () => 'a config that is not in force',
  failed: (count) => `${count} failed`,
  blocked: (count) => `${count} blocked`,
  contended: (count) => `${count} contended`,
  incomplete: () => 'an incomplete pass',
  drift: (count) => `${count} drifted`,
  budget: (count) => `${countOf(count, 'budget')} nearly or fully spent`,
  expiry: (count) => `${count} expired or about to`,
};

function namedLines(alerts: readonly Alert[], prefix: string): readonly string[] {
  const worst = alerts.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, named);
  const more = alerts.length - worst.length;
  return [
    ...worst.map((alert) => prefix + alertText(alert)),
    ...(more > 0 ? [`and ${countOf(more, 'other')}`] : []),
  ];
}

const rankOf = (alert: Alert): number => alertClasses.indexOf(alert.class);

/** Puts an alert into words: `failed machines/a [owner=ml] (since 2026-11-21T10:00:00.000Z): REASON`. */
export function alertText(alert: Alert): string {
  const { class: name, labels, since, reason } = alert;
  const subject = subjectOf(alert);
  const why = reason === null ? '' : `: ${shown(reason)}`;
  const labelled = labels ? ` [${shown(labelsText(labels), longestLabels)}]` : '';
  return `${name}${subject === '' ? '' : ` ${subject}`}${labelled} (since ${since})${why}`;
}

/** What an alert is about, made visible: `machines/a`, the name of a budget, or nothing. */
export const subjectOf = ({ kind, name }: Pick<Alert, 'kind' | 'name'>): string =>
  name === null ? '' : shown(kind === null ? name : `${kind}/${name}`);

/** Makes text from outside visible and shortens it, not inside a surrogate pair. `maxLength` defaults to 200. */
export function shown(text: string, maxLength = longestText): string {
  const line = visible(text);
  return line.length > maxLength ? `${line.slice(0, maxLength).replace(/\p{Cs}$/u, '')}…` : line;
}
