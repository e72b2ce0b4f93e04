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

const retried = 'unavailable, again';

/** Name, failure, verdict of a read, verdict of a write, because. */
const rows: readonly (readonly [string, Failure, string, string, string])[] = [
  ['400', refused(400), 'rejected', 'rejected', 'the request remains invalid'],
  ['401', refused(401), 'rejected', 'rejected', 'the key remains invalid'],
  ['403', refused(403), 'rejected', 'rejected', 'waiting grants no permissions'],
  ['404', refused(404), 'rejected', 'rejected', 'nothing exists at that path'],
  ['409', refused(409), 'rejected', 'rejected', 'the state must be read again first'],
  ['412', refused(412), 'rejected', 'rejected', 'the state must be read again first'],
  ['413', refused(413), 'rejected', 'rejected', 'it remains too large'],
  ['408', refused(408), retried, 'uncertain', 'the API may have received enough of a write'],
  ['499', refused(499), retried, 'uncertain', 'the exchange broke after it began'],
  ['429', refused(429), retried, retried, 'the API did not process it'],
  ['503', refused(503), retried, retried, 'the API did not process it'],
  ['500', refused(500), retried, 'uncertain', 'it may have failed after the write'],
  ['502', refused(502), retried, 'uncertain', 'only the gateway lost the answer'],
  ['504', refused(504), retried, 'uncertain', 'only the gateway stopped waiting'],
  ['302', foreign(302), 'unavailable', 'uncertain', 'a redirect may follow a completed write'],
  ...[400, 401, 403, 404, 405, 407, 409, 412, 413, 414, 431, 451].map(
    (status) =>
      [
        `foreign ${status}`,
        foreign(status),
        'unavailable',
        'unavailable',
        'an intermediary did not forward it; the API did not reject it',
      ] as const,
  ),
  ['foreign 429', foreign(429), retried, retried, 'an intermediary did not forward it'],
  ['foreign 503', foreign(503), retried, 'uncertain', 'a gateway also sends it for a lost answer'],
  [
    'foreign 408',
    foreign(408),
    retried,
    'uncertain',
    'the API may have received enough of a write',
  ],
  ['foreign 502', foreign(502), retried, 'uncertain', 'only the gateway lost the answer'],
  ['no connection', unsent(false), retried, retried, 'nothing was sent'],
  ['certificate', unsent(true), 'unavailable', 'unavailable', 'a retry does not help'],
  ['reset', { sort: 'lost', reason: '' }, retried, 'uncertain', 'the write may have taken effect'],
  ['no JSON', unusable(false), retried, 'uncertain', 'a proxy may have answered for the API'],
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
