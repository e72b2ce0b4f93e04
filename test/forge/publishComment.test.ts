import { describe, expect, test } from 'vitest';
import { ForgeError } from '../../src/forge/forge.ts';
import { createGithub } from '../../src/forge/github.ts';
import { publishComment } from '../../src/forge/publishComment.ts';
import { autoClock } from '../support/autoClock.ts';
import { forgeToken, type FakeForge } from '../support/forges/fakeForge.ts';
import { forges, type TestForge } from '../support/forges/forges.ts';
import { serve } from '../support/server.ts';

const marker = '<!-- holdfast:plan:default -->';
const start = new Date('2026-11-21T10:00:00Z');

/** Publishes a text; resolves to what was done, or to the error as text. */
async function publish(forge: TestForge, fake: FakeForge, text: string, token?: string) {
  const clock = autoClock(start);
  const comments = forge.client(fake.url, clock, token).comments(7);
  const done = await publishComment(comments, { marker, body: `${marker}\n${text}` }, clock).catch(
    (error: unknown) => {
      if (!(error instanceof ForgeError)) throw error;
      return `${error.verdict}: ${error.message}`;
    },
  );
  return { done, waitedMs: clock.now().getTime() - start.getTime() };
}

const planComments = ({ comments }: FakeForge) =>
  comments.map(({ body }) => body).filter((body) => body.startsWith(marker));

const writes = (fake: FakeForge): readonly string[] =>
  fake.requests().filter((request) => !request.startsWith('GET'));

describe.each(forges)('on $name', (forge) => {
  test('one comment is created, and then replaced', async () => {
    await using fake = await forge.start();
    fake.add('a remark', 2);
    expect((await publish(forge, fake, 'one')).done).toBe('created');
    expect((await publish(forge, fake, 'two')).done).toBe('updated');
    expect(planComments(fake)).toEqual([`${marker}\ntwo`]);
  });

  test('is found behind several pages of others', async () => {
    await using fake = await forge.start();
    for (let count = 0; count < 250; count += 1) fake.add(`remark ${count}`, 2);
    fake.add(`${marker}\nold`);
    expect((await publish(forge, fake, 'new')).done).toBe('updated');
    expect(planComments(fake)).toEqual([`${marker}\nnew`]);
  });

  test('a page that cannot be read: nothing is written', async () => {
    await using fake = await forge.start();
    for (let count = 0; count < 3; count += 1) fake.next('GET', { status: 502, json: {} });
    expect((await publish(forge, fake, 'x')).done).toMatch(/^unavailable: GET .* answered 502$/);
    expect(writes(fake)).toEqual([]);
  });

  test('a lost answer to the create does not lead to a second comment', async () => {
    await using fake = await forge.start();
    fake.next('POST', 'lost');
    expect((await publish(forge, fake, 'one')).done).toBe('created');
    expect([planComments(fake).length, writes(fake).length]).toEqual([1, 1]);
  });

  test.each([
    ['that never arrived', 'unsent'],
    ['that failed inside the forge', { status: 500, json: { message: 'Server Error' } }],
    ['whose answer is not JSON', { status: 201, text: '<html>' }],
  ] as const)('a create %s is not repeated, and the next run creates it', async (_, trouble) => {
    await using fake = await forge.start();
    fake.next('POST', trouble);
    expect((await publish(forge, fake, 'one')).done).toMatch(/^uncertain: POST /);
    expect(writes(fake)).toHaveLength(1);
    expect((await publish(forge, fake, 'two')).done).toBe('created');
    expect(planComments(fake)).toEqual([`${marker}\ntwo`]);
  });

  test('a secondary rate limit is waited for, and then the create is sent', async () => {
    await using fake = await forge.start();
    const limited = {
      status: 403,
      headers: { 'retry-after': '20' },
      json: { message: 'slow down' },
    };
    fake.next('POST', limited);
    const { done, waitedMs } = await publish(forge, fake, 'one');
    expect([done, waitedMs]).toEqual(['created', 20_000]);
    expect(planComments(fake)).toHaveLength(1);
  });

  test('a rate limit that takes too long is an error at once', async () => {
    await using fake = await forge.start();
    fake.next('POST', { status: 429, headers: { 'retry-after': '3600' }, json: {} });
    const { done, waitedMs } = await publish(forge, fake, 'one');
    expect(done).toMatch(/^unavailable: POST .* answered 429$/);
    expect(waitedMs).toBe(0);
  });

  test('an update is repeated, since it cannot do harm twice', async () => {
    await using fake = await forge.start();
    fake.add(`${marker}\nold`);
    fake.next(forge.name === 'GitLab' ? 'PUT' : 'PATCH', 'lost');
    expect((await publish(forge, fake, 'new')).done).toBe('updated');
    expect(planComments(fake)).toEqual([`${marker}\nnew`]);
  });

  test('of two such comments, one remains', async () => {
    await using fake = await forge.start();
    fake.add(`${marker}\nfirst`);
    fake.add(`${marker}\nsecond`);
    await publish(forge, fake, 'new');
    expect(planComments(fake)).toEqual([`${marker}\nnew`]);
    expect(fake.comments).toHaveLength(2);
  });

  test('a comment of somebody else with the marker is left alone', async () => {
    await using fake = await forge.start();
    fake.add(`${marker}\nplanted`, 2);
    expect((await publish(forge, fake, 'real')).done).toBe('created');
    expect(planComments(fake)).toEqual([`${marker}\nplanted`, `${marker}\nreal`]);
  });

  test('a comment that quotes the marker is left alone', async () => {
    await using fake = await forge.start();
    fake.add(`> ${marker}`);
    expect((await publish(forge, fake, 'real')).done).toBe('created');
  });

  test.each([401, 403, 404, 422])(
    '%i is an error with the words of the forge, at once',
    async (status) => {
      await using fake = await forge.start();
      fake.next('GET', { status, json: { message: `no, ${forgeToken}` } });
      const { done, waitedMs } = await publish(forge, fake, 'x');
      expect(done).toMatch(new RegExp(`^rejected: GET .* answered ${status}: no, \\(token\\)$`));
      expect(waitedMs).toBe(0);
    },
  );

  test('a redirect is not followed, so that the token goes nowhere else', async () => {
    await using fake = await forge.start();
    await using other = await serve(() => ({ json: [] }));
    fake.next('GET', { status: 302, headers: { location: other.url }, json: {} });
    expect((await publish(forge, fake, 'x')).done).toMatch(
      /^rejected: .* a redirect is not followed/,
    );
    expect(other.seen).toEqual([]);
  });

  test('a wrong token is refused', async () => {
    await using fake = await forge.start();
    expect((await publish(forge, fake, 'x', 'wrong')).done).toMatch(
      /answered 401: Bad credentials$/,
    );
  });

  test('a forge that is away is an error', async () => {
    const fake = await forge.start();
    await fake[Symbol.asyncDispose]();
    expect((await publish(forge, fake, 'x')).done).toMatch(/^unavailable: GET .*ECONNREFUSED/);
  });

  test.each([
    'http://forge.example.com',
    'ftp://127.0.0.1',
    'https://user:word@forge.example.com',
    'forge',
    '',
  ])('no token is sent to %s', (url) => {
    expect(() => forge.client(url, autoClock(start))).toThrow(/is not an https URL/);
  });
});

test.each(['org', 'org/team/more', '../team', 'org/..', 'org/te am', ''])(
  'the repository "%s" is refused',
  (repository) => {
    const options = {
      is: 'GitHub',
      url: 'https://x',
      token: 't',
      clock: autoClock(start),
    } as const;
    expect(() => createGithub({ ...options, repository })).toThrow(/owner\/name/);
  },
);
