import { expect, test } from 'vitest';
import { endingOf } from '../../src/api/throttle/loadSignal.ts';
import type { Answer, Failure } from '../../src/api/requests/failure.ts';

const refused = (status: number, own = true): Failure => ({
  sort: 'refused',
  status,
  reason: '',
  text: '',
  own,
});

/** Outcome, what it says of load, because. */
const rows: readonly (readonly [Answer | Failure, string | undefined, string])[] = [
  [{ sort: 'answer', body: null }, 'answered', 'it was served'],
  [refused(404), 'answered', 'a no is an answer'],
  [refused(403, false), 'unavailable', 'a firewall answered, and not the API'],
  [refused(429, false), 'limited', 'whoever says so means it'],
  [refused(429), 'limited', 'that is what it means'],
  [refused(503), 'unavailable', 'nobody served it'],
  [refused(500), 'unavailable', 'a few of them do not matter'],
  [refused(408), 'unavailable', 'the exchange broke off'],
  [refused(499), 'unavailable', 'the exchange broke off'],
  [{ sort: 'unsent', reason: '', lasting: true }, 'unavailable', 'nobody was there'],
  [{ sort: 'lost', reason: '' }, 'unavailable', 'no answer came'],
  [{ sort: 'unusable', reason: '', lasting: false }, 'unavailable', 'a proxy may have spoken'],
  [{ sort: 'unusable', reason: '', lasting: true }, 'answered', 'it was served all the same'],
  [{ sort: 'stopped' }, undefined, 'it was this side that ended it'],
];

test.each(rows)('%o says %s, because %s', (outcome, expected) => {
  expect(endingOf(outcome)).toBe(expected);
});
