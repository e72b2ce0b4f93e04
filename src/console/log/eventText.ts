import { countOf } from '../../model/text/countOf.ts';
import { durationText } from '../../model/time/duration.ts';
import { pastTense, statusText } from '../../report/reportSummary.ts';

/** The fields of a log event. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Describes a log event for people, from its constant message and its fields. Undefined for an event without a text of
 * its own: then its fields are shown one by one. `clock` formats a time. Pure.
 */
export function eventText(fields: Fields, clock: (time: Date) => string): string | undefined {
  const message = String(fields['msg']);
  return Object.hasOwn(texts, message) ? texts[message]?.(fields, clock) : undefined;
}

type EventText = (fields: Fields, clock: (time: Date) => string) => string | undefined;

const texts: Readonly<Record<string, EventText>> = {
  started({ url, mode, config, settings, nextPass }, clock) {
    const next = typeof nextPass === 'string' ? `next pass ${clock(new Date(nextPass))}` : '';
    return `started: ${joined([url, mode, named('config', config), named('settings', settings), next])}`;
  },
  'pass ended': passEnded,
  'a write was sent': ({ target, outcome, detail }) =>
    `sent ${String(target)}: ${String(outcome)}${isText(detail) ? `: ${detail}` : ''}`,
  'config from git': commitText('config from git'),
  'commit in force': commitText('commit in force'),
  'the API asks for a pause': ({ milliseconds }) =>
    `the API asks for a pause of ${durationText(Number(milliseconds))}; requests wait`,
  'the API asks for a pause that is too long to wait for': ({ milliseconds }) =>
    `the API asks for a pause of ${durationText(Number(milliseconds))}, which is too long to wait for`,
  'request ended': ({ method, path, status, result, tries, milliseconds }) =>
    joined([
      `request ended: ${String(method)} ${String(path)} ${String(status ?? (result === 'answer' ? 'ok' : result))}`,
      durationText(Number(milliseconds)),
      Number(tries) > 1 ? `attempt ${Number(tries)}` : '',
    ]),
  stopping: ({ signal }) =>
    `stopping (${String(signal)}): waiting for writes in flight, starting no new ones; repeat to exit at once`,
  stopped: () => 'stopped',
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const joined = (parts: readonly unknown[]): string => parts.filter(isText).join(' · ');

const named = (name: string, value: unknown): string => (isText(value) ? `${name} ${value}` : '');

function commitText(message: string): EventText {
  return ({ commit, author }) => `${message}: ${String(commit).slice(0, 12)} by ${String(author)}`;
}

const pastTenses: Readonly<Record<string, string>> = pastTense;

/** `pass ended: 1 failed (machines/a), 12 created, 3 in sync · 34 requests · 2.1 s`. */
function passEnded(fields: Fields): string {
  const { done, failed, summary, api, milliseconds } = fields;
  const { failed: failures = 0, actions: _, ...states } = countsIn(summary);
  const names = Array.isArray(failed) ? failed.map(String) : [];
  const counts = [
    ...(fields['configInForce'] === false ? ['config not in force'] : []),
    ...(fields['complete'] === false ? ['not everything could be listed'] : []),
    ...(fields['suspended'] === true ? ['everything is suspended'] : []),
    ...(names.length > 0 || failures > 0 ? [failuresText(names, failures)] : []),
    ...Object.entries(countsIn(done)).map(
      ([verb, count]) => `${count} ${pastTenses[verb] ?? verb}`,
    ),
    ...Object.entries(states).map(([state, count]) => `${count} ${statusText(state)}`),
  ];
  const { requests = 0, retries = 0, rateLimited = 0 } = countsIn(api);
  return joined([
    `pass ended: ${counts.join(', ') || 'no resources'}`,
    countOf(requests, 'request'),
    retries > 0 ? countOf(retries, 'retry', 'retries') : '',
    rateLimited > 0 ? `${rateLimited} refused by the rate limit` : '',
    durationText(Number(milliseconds)),
  ]);
}

/** The greatest number of failed resources that are named. */
const maxNamed = 3;

function failuresText(names: readonly string[], failures: number): string {
  const count = Math.max(names.length, failures);
  const more = count - maxNamed;
  const shown = names.slice(0, maxNamed).join(', ');
  return `${count} failed${shown === '' ? '' : ` (${shown}${more > 0 ? ` and ${more} more` : ''})`}`;
}

/** The numbers of an object that are not zero. */
const countsIn = (value: unknown): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(
      ([, count]) => typeof count === 'number' && count > 0,
    ),
  );
