import { expect, test } from 'vitest';
import type { Failure } from '../../src/api/requests/failure.ts';
import { judge } from '../../src/api/requests/verdict.ts';

const refusal = (status: number, own: boolean): Failure => ({
  sort: 'refused',
  status,
  reason: '',
  text: '',
  own,
});
const refused = (status: number): Failure => refusal(status, true);
const foreign = (status: number): Failure => refusal(status, false);
const unsent = (lasting: boolean): Failure => ({ sort: 'unsent', reason: '', lasting });
const unusable = (lasting: boolean): Failure => ({ sort: 'unusable', reason: '', lasting });

const again = 'unavailable, again';

/** Name, failure, verdict of a read, verdict of a write, because. */
const rows: readonly (readonly [string, Failure, string, string, string])[] = [
  ['400', refused(400), 'rejected', 'rejected', 'the request stays wrong'],
  ['401', refused(401), 'rejected', 'rejected', 'the key does not get better by itself'],
  ['403', refused(403), 'rejected', 'rejected', 'permissions do not come by waiting'],
  ['404', refused(404), 'rejected', 'rejected', 'there is nothing at that path'],
  ['409', refused(409), 'rejected', 'rejected', 'the world must be read again first'],
  ['412', refused(412), 'rejected', 'rejected', 'the world must be read again first'],
  ['413', refused(413), 'rejected', 'rejected', 'it stays too large'],
  ['408', refused(408), again, 'uncertain', 'what arrived of a write may have been enough'],
  ['499', refused(499), again, 'uncertain', 'the exchange broke off after it began'],
  ['429', refused(429), again, again, 'it was turned away at the door'],
  ['503', refused(503), again, again, 'it was turned away at the door'],
  ['500', refused(500), again, 'uncertain', 'it may have failed after the deed'],
  ['502', refused(502), again, 'uncertain', 'only the gateway lost the answer'],
  ['504', refused(504), again, 'uncertain', 'only the gateway stopped waiting'],
  ['302', foreign(302), 'unavailable', 'uncertain', 'a redirect may follow the deed'],
  ...[400, 401, 403, 404, 405, 407, 409, 412, 413, 414, 431, 451].map(
    (status) =>
      [
        `foreign ${status}`,
        foreign(status),
        'unavailable',
        'unavailable',
        'something in between did not pass it on; nobody refused it for good',
      ] as const,
  ),
  ['foreign 429', foreign(429), again, again, 'it was turned away at some door'],
  [
    'foreign 503',
    foreign(503),
    again,
    'uncertain',
    'a gateway says so of an answer that it lost, too',
  ],
  ['foreign 408', foreign(408), again, 'uncertain', 'what arrived of a write may have been enough'],
  ['foreign 502', foreign(502), again, 'uncertain', 'only the gateway lost the answer'],
  ['no connection', unsent(false), again, again, 'nothing was sent'],
  ['certificate', unsent(true), 'unavailable', 'unavailable', 'seconds do not mend it'],
  ['reset', { sort: 'lost', reason: '' }, again, 'uncertain', 'the deed may have been done'],
  ['no JSON', unusable(false), again, 'uncertain', 'a proxy may have spoken for the API'],
  ['too large', unusable(true), 'unavailable', 'uncertain', 'it would be too large again'],
  ['stopped', { sort: 'stopped' }, 'unavailable', 'unavailable', 'it changed nothing'],
];

const said = ({ verdict, retry }: ReturnType<typeof judge>): string =>
  retry ? `${verdict}, again` : verdict;

test.each(rows)(
  '%s %o: %s for a read, %s for a write, because %s',
  (_name, failure, read, write) => {
    expect(said(judge('GET', failure))).toBe(read);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
      expect(said(judge(method, failure))).toBe(write);
  },
);
