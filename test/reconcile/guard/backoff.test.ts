import { describe, expect, test } from 'vitest';
import type { FailureRecord } from '../../../src/model/memory.ts';
import { nextAttemptAt, type Times } from '../../../src/reconcile/nextAttempt.ts';
import { nextFailure, backoffReason } from '../../../src/reconcile/guard/backoff.ts';
import { now, sentAt } from '../../support/team.ts';

const before: FailureRecord = {
  action: 'machines/a:create',
  address: 'machines/a',
  failures: 3,
  at: '2026-11-21T09:00:00.000Z',
  retryAt: '2026-11-21T10:00:05.000Z',
  fingerprint: 'as it is',
  error: 'no',
};

describe('the record of a failure', () => {
  const failed = (
    over: Partial<Parameters<typeof nextFailure>[1]>,
    last?: FailureRecord,
  ): FailureRecord =>
    nextFailure(last, {
      action: 'machines/a:create',
      address: 'machines/a',
      outcome: { error: 'no' },
      fingerprint: 'as it is',
      now,
      random: 0,
      ...over,
    });

  test.each<{
    name: string;
    because: string;
    last?: FailureRecord;
    over?: Parameters<typeof failed>[0];
    failures: number;
    pause: number | null;
  }>([
    { name: 'the first', because: 'the minimum is half a second', failures: 1, pause: 500 },
    {
      name: 'the first, spread',
      because: 'random spreads its second half',
      over: { random: 0.5 },
      failures: 1,
      pause: 750,
    },
    {
      name: 'the fourth',
      because: 'the delay doubles with each failure',
      last: before,
      failures: 4,
      pause: 4000,
    },
    {
      name: 'the fourth, after a change',
      because: 'the action is another one now',
      last: { ...before, fingerprint: 'as it was' },
      failures: 1,
      pause: 500,
    },
    {
      name: 'the eleventh',
      because: 'the maximum is ten minutes',
      last: { ...before, failures: 10 },
      failures: 11,
      pause: 300_000,
    },
    {
      name: 'one of very many',
      because: 'the delay stays finite',
      last: { ...before, failures: 5000 },
      failures: 5001,
      pause: 300_000,
    },
    {
      name: 'refused',
      because: 'no time would change the refusal',
      over: { outcome: { error: 'no', refused: true } },
      failures: 1,
      pause: null,
    },
  ])('$name: $because', ({ last, over = {}, failures, pause }) => {
    expect(failed(over, last)).toEqual({
      action: 'machines/a:create',
      address: 'machines/a',
      failures,
      at: now.toISOString(),
      retryAt: pause === null ? null : new Date(now.getTime() + pause).toISOString(),
      fingerprint: 'as it is',
      error: 'no',
    });
  });

  test('a failure without an error gets one', () => {
    expect(failed({ outcome: {} }).error).toBe('it failed');
  });
});

describe('back-off', () => {
  const asked = { fingerprint: 'as it is', at: now, honourBackoff: true };
  test.each<{
    name: string;
    because: string;
    last?: Partial<FailureRecord>;
    over?: Partial<typeof asked>;
    waits?: string;
  }>([
    {
      name: 'a delay that is not over',
      because: 'the reason has the count and the time',
      waits:
        'failed 3 times in a row; next attempt at 2026-11-21T10:00:05.000Z, or with holdfast apply: no',
    },
    {
      name: 'after the first',
      because: 'one failure is not "in a row"',
      last: { failures: 1 },
      waits: 'failed once; next attempt at 2026-11-21T10:00:05.000Z, or with holdfast apply: no',
    },
    {
      name: 'a delay that ends now',
      because: 'the end is exclusive',
      last: { retryAt: now.toISOString() },
    },
    { name: 'a person asks', because: 'a person does not wait', over: { honourBackoff: false } },
    {
      name: 'another fingerprint',
      because: 'the changed action may succeed',
      over: { fingerprint: 'as it was not' },
    },
    {
      name: 'refused',
      because: 'it waits for a change, even if a person asks',
      last: { retryAt: null },
      over: { honourBackoff: false },
      waits:
        'refused at 2026-11-21T09:00:00.000Z; not retried until its YAML or its live state changes, it is resumed, or it is applied with --force: no',
    },
  ])('$name: $because', ({ last, over, waits }) => {
    expect(backoffReason({ ...before, ...last }, { ...asked, ...over })).toBe(waits);
  });
});

describe('the time of the next pass', () => {
  const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  const retry = (at: Date | null): FailureRecord => ({
    ...before,
    retryAt: at === null ? null : at.toISOString(),
  });
  const nothing = {
    failures: new Map(),
    intents: new Map(),
    memberIntents: new Map(),
    shortages: new Map(),
    conditions: new Map(),
    suspended: new Map(),
    wakes: new Map(),
  };
  const pendingSince = (seconds: number) =>
    new Map([
      [
        'machines/a' as const,
        {
          address: 'machines/a' as const,
          status: 'pending' as const,
          since: after(-seconds).toISOString(),
          reason: null,
          openSince: null,
        },
      ],
    ]);
  test.each<{
    name: string;
    because: string;
    memory?: Partial<Parameters<typeof nextAttemptAt>[0]>;
    window?: Times['window'];
    edge?: Date;
    at?: Date;
  }>([
    { name: 'nothing is waiting', because: 'the schedule suffices' },
    {
      name: 'a pause',
      because: 'the action is retried when it is over',
      memory: { failures: new Map([['a', retry(after(9))]]) },
      at: after(9),
    },
    {
      name: 'a delay that is over',
      because: 'a past time needs no pass',
      memory: { failures: new Map([['a', retry(now)]]) },
    },
    {
      name: 'refused permanently',
      because: 'no time changes that',
      memory: { failures: new Map([['a', retry(null)]]) },
    },
    {
      name: 'several',
      because: 'the earliest counts',
      memory: {
        failures: new Map([
          ['a', retry(after(30))],
          ['b', retry(after(20))],
          ['c', retry(after(-20))],
        ]),
      },
      at: after(20),
    },
    {
      name: 'a lost response',
      because: 'it may be retried once lists must show it',
      memory: { intents: new Map([['machines/a', sentAt(after(-60))]]) },
      at: after(60),
    },
    {
      name: 'a lost response of a member',
      because: 'it may be retried once lists must show it',
      memory: {
        memberIntents: new Map([['datasets/d', { 'versions/v1': sentAt(after(-60)) }]]),
      },
      at: after(60),
    },
    {
      name: 'an attempt that may have lasted until its deadline',
      because: 'lists may lag from the latest moment at which the API can have received it',
      memory: {
        intents: new Map([
          ['machines/a', { at: after(-60).toISOString(), until: after(-30).toISOString() }],
        ]),
      },
      at: after(90),
    },
    {
      name: 'a pending resource',
      because: 'it is checked again after a quarter of a minute',
      memory: { conditions: pendingSince(0) },
      at: after(15),
    },
    {
      name: 'a resource that has been pending for long',
      because: 'it is checked less and less often',
      memory: { conditions: pendingSince(100) },
      at: after(100),
    },
    {
      name: 'a resource that never gets ready',
      because: 'the maximum is ten minutes',
      memory: { conditions: pendingSince(86_400) },
      at: after(600),
    },
    {
      name: 'a shortage',
      because: 'the API may have capacity again',
      memory: {
        shortages: new Map([['C5@ny2', { refusals: 3, retryAt: after(300).toISOString() }]]),
      },
      at: after(300),
    },
    {
      name: 'a suspension with an end',
      because: 'actions are allowed again from then on',
      memory: {
        suspended: new Map([
          [
            '*',
            {
              at: after(-60).toISOString(),
              by: 'ci',
              reason: null,
              until: after(60).toISOString(),
            },
          ],
          ['machines/a', { at: after(-60).toISOString(), by: 'ci', reason: null, until: null }],
        ]),
      },
      at: after(60),
    },
    {
      name: 'a window',
      because: 'writes are allowed from its opening',
      window: { open: false, next: after(3600) },
      at: after(3600),
    },
    {
      name: 'a window that never opens',
      because: 'there is no time to wait for',
      window: { open: false },
    },
    {
      name: 'a timetable',
      because: 'machines are started and stopped at its edges',
      edge: after(1800),
      at: after(1800),
    },
  ])('$name: $because', ({ memory, window = { open: true }, edge, at }) => {
    const times = { window, edges: [edge], visibility: 120_000 };
    expect(nextAttemptAt({ ...nothing, ...memory }, times, now)).toEqual(at);
  });
});
