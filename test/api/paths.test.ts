import { describe, expect, test } from 'vitest';
import { addressOf, type Request } from '../../src/api/requests/request.ts';
import { ApiError } from '../../src/model/api.ts';
import { pathTo } from '../../src/kinds/lib/path.ts';
import { answering } from '../support/answering.ts';
import { kindCalls, type Ids, type KindCall } from '../support/kindCalls.ts';

/** Returns the requests of a call; only the session is answered, with a team of this id. */
async function sentBy(call: KindCall, { id, member }: Ids): Promise<readonly Request[]> {
  const sent: Request[] = [];
  await using api = answering((request) => {
    sent.push(request);
    const isSession = request.path === '/auth/session';
    return { body: JSON.stringify(isSession ? { team: { id } } : null) };
  });
  await call.run(api, { id, member }).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
  return sent;
}

/** Returns the segments of the path as a server decodes them. */
const segmentsOf = (request: Request): readonly string[] =>
  addressOf('https://in.place', request).pathname.split('/').map(decodeURIComponent);

const hostile = {
  id: 'i/..d?force=true#x%2F y\\z\u202e&',
  member: 'm/e?m#b%2e er;=:@+',
};

describe('any id remains one segment of the path', () => {
  test.each(kindCalls.map((call) => [call.title, call] as const))('%s', async (_title, call) => {
    const plain = await sentBy(call, { id: 'plain-id', member: 'plain-member' });
    const sent = await sentBy(call, hostile);
    const expected = plain.map((request) =>
      segmentsOf(request).map((one) =>
        one === 'plain-id' ? hostile.id : one === 'plain-member' ? hostile.member : one,
      ),
    );
    expect(sent.map(segmentsOf)).toEqual(expected);
  });

  test.each(['..', '.', ''])('%j is rejected before anything is sent', async (id) => {
    for (const call of kindCalls.filter(({ title }) => /^\w+ (get|remove)$/.test(title)))
      expect(
        (await sentBy(call, { id, member: id })).every(({ path }) => path === '/auth/session'),
      ).toBe(true);
  });

  test('a lone surrogate causes no other error', () => {
    expect(pathTo('/machines', '\ud800')).toBe('/machines/%EF%BF%BD');
  });
});
