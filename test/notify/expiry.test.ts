import { expect, test } from 'vitest';
import { alertClasses, defaultClasses, type AlertClass } from '../../src/model/notify/alert.ts';
import type { TrackedAlert } from '../../src/model/notify/alert.ts';
import type { Expiry } from '../../src/model/pass/expiry.ts';
import { findingsOf } from '../../src/notify/findings.ts';
import { followAlerts } from '../../src/notify/lifetimes.ts';
import { reportWith, resource } from '../support/reports.ts';

/** What one sink is told in passes an hour apart that find these stages; null: the resource is gone. */
function told(
  stages: readonly (Expiry['state'] | 'later' | null)[],
  onExpiry: Expiry['onExpiry'],
  on: readonly AlertClass[] = ['expiry'],
): readonly string[] {
  let alerts: readonly TrackedAlert[] = [];
  return stages.map((state, hour) => {
    const expiry =
      state === null
        ? { at: 'T', onExpiry, state: 'over' as const }
        : state === 'later'
          ? undefined
          : { at: 'T', onExpiry, state };
    const found = findingsOf(
      reportWith({
        finishedAt: new Date(hour * 3_600_000).toISOString(),
        resources: [
          {
            ...resource,
            id: state === null ? null : 'id-a',
            status: 'inSync',
            ...(expiry ? { expiry } : {}),
          },
        ],
      }),
      undefined,
    );
    const sink = { sink: 's', keepsAlerts: false, hasBaseline: true, alerts };
    const routing = { on, kinds: null, labels: {}, settle: 5, remind: null };
    const { write, forget, news } = followAlerts({ ...sink, ...routing }, found);
    alerts = forget.length > 0 ? [] : write.length > 0 ? write : alerts;
    return news
      ? [news.event, ...[...news.opened, ...news.resolved].map(({ reason }) => reason)].join(' ')
      : '-';
  });
}

test.each([
  {
    because: 'each stage is told once, in the first pass that finds it',
    stages: ['later', 'near', 'near', 'imminent', 'imminent', 'over', 'over'] as const,
    onExpiry: 'report' as const,
    tells: [
      '-',
      'opened expires T, within 2 days',
      '-',
      'opened expires T, within 4 hours',
      '-',
      'opened expired T',
      '-',
    ],
  },
  {
    because: 'a deletion resolves it',
    stages: ['near', null] as const,
    onExpiry: 'delete' as const,
    tells: [
      'opened expires T, within 2 days; it will be deleted',
      'resolved expires T, within 2 days; it will be deleted',
    ],
  },
  {
    because: 'a later expiry in the YAML resolves it',
    stages: ['over', 'later'] as const,
    onExpiry: 'off' as const,
    tells: ['opened expired T; it stays off', 'resolved expired T; it stays off'],
  },
])('$because', ({ stages, onExpiry, tells }) => {
  expect(told(stages, onExpiry)).toEqual(tells);
});

test('a sink that names no classes gets all but expiry', () => {
  expect(told(['near', 'over'], 'report', defaultClasses)).toEqual(['-', '-']);
  expect([...defaultClasses, 'expiry']).toEqual(alertClasses);
});
