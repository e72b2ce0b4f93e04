import { describe, expect, test } from 'vitest';
import type { Setback } from '../../../src/model/store.ts';
import { nextLook, type Times } from '../../../src/reconcile/nextAttempt.ts';
import { setbackAfter, waitsAfter } from '../../../src/reconcile/guard/backoff.ts';
import { now, sentAt } from '../../support/team.ts';

const before: Setback = {
  action: 'machines/a:create',
  address: 'machines/a',
  failures: 3,
  at: '2026-11-21T09:00:00.000Z',
  retryAt: '2026-11-21T10:00:05.000Z',
  fingerprint: 'as it is',
  error: 'no',
};

describe('what is remembered of a failure', () => {
  const failed = (over: Partial<Parameters<typeof setbackAfter>[1]>, last?: Setback): Setback =>
    setbackAfter(last, {
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
    last?: Setback;
    over?: Parameters<typeof failed>[0];
    failures: number;
    pause: number | null;
  }>([
    { name: 'the first', because: 'half a second at the least', failures: 1, pause: 500 },
    {
      name: 'the first, spread',
      because: 'random moves it within its second half',
      over: { random: 0.5 },
      failures: 1,
      pause: 750,
    },
    {
      name: 'the fourth',
      because: 'the pause doubles with each',
      last: before,
      failures: 4,
      pause: 4000,
    },
    {
      name: 'the fourth, after a change',
      because: 'what is tried now is something else',
      last: { ...before, fingerprint: 'as it was' },
      failures: 1,
      pause: 500,
    },
    {
      name: 'the eleventh',
      because: 'ten minutes are the longest',
      last: { ...before, failures: 10 },
      failures: 11,
      pause: 300_000,
    },
    {
      name: 'one of very many',
      because: 'the pause stays finite',
      last: { ...before, failures: 5000 },
      failures: 5001,
      pause: 300_000,
    },
    {
      name: 'refused',
      because: 'there is no time at which it would be taken',
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

  test('what failed without a word has one', () => {
    expect(failed({ outcome: {} }).error).toBe('it failed');
  });
});

describe('whether it waits', () => {
  const asked = { fingerprint: 'as it is', at: now, pauses: true };
  test.each<{
    name: string;
    because: string;
    last?: Partial<Setback>;
    over?: Partial<typeof asked>;
    waits?: string;
  }>([
    {
      name: 'a pause that lasts',
      because: 'it is said how often, and until when',
      waits: 'failed 3 times in a row; next attempt at 2026-11-21T10:00:05.000Z: no',
    },
    {
      name: 'after the first',
      because: 'once is no row',
      last: { failures: 1 },
      waits: 'failed once; next attempt at 2026-11-21T10:00:05.000Z: no',
    },
    {
      name: 'a pause that ends now',
      because: 'it is over at its end',
      last: { retryAt: now.toISOString() },
    },
    { name: 'a person', because: 'who asks does not wait', over: { pauses: false } },
    {
      name: 'something else',
      because: 'what has changed since may go well',
      over: { fingerprint: 'as it was not' },
    },
    {
      name: 'refused',
      because: 'it waits for a change, whoever asks',
      last: { retryAt: null },
      over: { pauses: false },
      waits:
        'refused at 2026-11-21T09:00:00.000Z; not retried until its YAML or its live state changes: no',
    },
  ])('$name: $because', ({ last, over, waits }) => {
    expect(waitsAfter({ ...before, ...last }, { ...asked, ...over })).toBe(waits);
  });
});

describe('when it is worth looking again', () => {
  const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  const retry = (at: Date | null): Setback => ({
    ...before,
    retryAt: at === null ? null : at.toISOString(),
  });
  const nothing = {
    setbacks: new Map(),
    intents: new Map(),
    memberIntents: new Map(),
    shortages: new Map(),
    conditions: new Map(),
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
        },
      ],
    ]);
  test.each<{
    name: string;
    because: string;
    memory?: Partial<Parameters<typeof nextLook>[0]>;
    window?: Times['window'];
    edge?: Date;
    at?: Date;
  }>([
    { name: 'nothing waits', because: 'then the schedule will do' },
    {
      name: 'a pause',
      because: 'what failed is tried when it is over',
      memory: { setbacks: new Map([['a', retry(after(9))]]) },
      at: after(9),
    },
    {
      name: 'a pause that is over',
      because: 'the past is no time to wait for',
      memory: { setbacks: new Map([['a', retry(now)]]) },
    },
    {
      name: 'refused for good',
      because: 'no time changes that',
      memory: { setbacks: new Map([['a', retry(null)]]) },
    },
    {
      name: 'several',
      because: 'the first of them counts',
      memory: {
        setbacks: new Map([
          ['a', retry(after(30))],
          ['b', retry(after(20))],
          ['c', retry(after(-20))],
        ]),
      },
      at: after(20),
    },
    {
      name: 'a lost answer',
      because: 'it may be tried again when lists have caught up',
      memory: { intents: new Map([['machines/a', sentAt(after(-60))]]) },
      at: after(60),
    },
    {
      name: 'a lost answer of a member',
      because: 'it may be tried again when lists have caught up',
      memory: {
        memberIntents: new Map([['datasets/d', { 'versions/v1': sentAt(after(-60)) }]]),
      },
      at: after(60),
    },
    {
      name: 'an attempt that may have lasted',
      because: 'lists may lag from the latest moment at which it can have been received',
      memory: {
        intents: new Map([
          ['machines/a', { at: after(-60).toISOString(), until: after(-30).toISOString() }],
        ]),
      },
      at: after(90),
    },
    {
      name: 'a pending resource',
      because: 'it is looked at again after a quarter of a minute',
      memory: { conditions: pendingSince(0) },
      at: after(15),
    },
    {
      name: 'a resource that has been pending for long',
      because: 'it is looked at ever less often',
      memory: { conditions: pendingSince(100) },
      at: after(100),
    },
    {
      name: 'a resource that never gets ready',
      because: 'ten minutes are the longest',
      memory: { conditions: pendingSince(86_400) },
      at: after(600),
    },
    {
      name: 'a shortage',
      because: 'the API may have some again',
      memory: {
        shortages: new Map([['C5@ny2', { refusals: 3, retryAt: after(300).toISOString() }]]),
      },
      at: after(300),
    },
    {
      name: 'a window',
      because: 'writes are allowed from then on',
      window: { open: false, next: after(3600) },
      at: after(3600),
    },
    { name: 'a window that never opens', because: 'nothing is awaited', window: { open: false } },
    {
      name: 'a timetable',
      because: 'machines are started and stopped when it turns',
      edge: after(1800),
      at: after(1800),
    },
  ])('$name: $because', ({ memory, window = { open: true }, edge, at }) => {
    const times = { window, edge, visibility: 120_000 };
    expect(nextLook({ ...nothing, ...memory }, times, now)).toEqual(at);
  });
});
