import { expect, test } from 'vitest';
import { loadSignalOf } from '../../src/api/throttle/loadSignal.ts';
import type { Answer, Failure } from '../../src/api/requests/failure.ts';

const refused = (status: number, own = true): Failure => ({
  sort: 'refused',
  status,
  reason: '',
  text: '',
  own,
});

/** Outcome, load signal, because. */
const rows: readonly (readonly [Answer | Failure, string | undefined, string])[] = [
  [{ sort: 'answer', status: 200, body: null }, 'answered', 'the API served it'],
  [refused(404), 'answered', 'a rejection is an answer'],
  [refused(403, false), 'unavailable', 'a firewall answered, not the API'],
  [refused(429, false), 'limited', 'an intermediary limits the rate too'],
  [refused(429), 'limited', '429 means a rate limit'],
  [refused(503), 'unavailable', 'the API did not serve it'],
  [refused(500), 'unavailable', 'the server failed'],
  [refused(408), 'unavailable', 'the exchange broke off'],
  [refused(499), 'unavailable', 'the exchange broke off'],
  [{ sort: 'unsent', reason: '', lasting: true }, 'unavailable', 'the API was unreachable'],
  [{ sort: 'lost', reason: '' }, 'unavailable', 'no answer came'],
  [{ sort: 'unusable', reason: '', lasting: false }, 'unavailable', 'a proxy may have answered'],
  [{ sort: 'unusable', reason: '', lasting: true }, 'answered', 'the API served it'],
  [{ sort: 'stopped' }, undefined, 'this side ended it'],
];

test.each(rows)('%o means %s, because %s', (outcome, expected) => {
  expect(loadSignalOf(outcome)).toBe(expected);
});
