import { describe, expect, test } from 'vitest';
import type { CommitStatus } from '../../src/forge/forge.ts';
import { autoClock } from '../support/autoClock.ts';
import type { FakeForge, Trouble } from '../support/forges/fakeForge.ts';
import { forges, type TestForge } from '../support/forges/forges.ts';
import { virtualClock } from '../support/virtualClock.ts';

const commit = 'a'.repeat(40);
const status: CommitStatus = {
  context: 'holdfast/default',
  state: 'success',
  description: '3 created; all in sync',
  url: 'https://holdfast.example.com',
};

const set = (forge: TestForge, fake: FakeForge, over: Partial<CommitStatus> = {}, of = commit) =>
  forge.client(fake.url, autoClock(new Date(0))).statuses.set(of, { ...status, ...over });

describe.each(forges)('a status on $name', (forge) => {
  const isGitlab = forge.name === 'GitLab';

  test.each([
    ['pending', 'pending'],
    ['success', 'success'],
    ['failure', isGitlab ? 'failed' : 'failure'],
  ] as const)('%s is set with its context, description, and link', async (state, sent) => {
    await using fake = await forge.start();
    await set(forge, fake, { state });
    const { context, description, url } = status;
    expect(fake.statuses).toEqual([{ commit, context, state: sent, description, url }]);
  });

  test('without a link has none', async () => {
    await using fake = await forge.start();
    await set(forge, fake, { url: null });
    expect(fake.statuses[0]?.url).toBeUndefined();
  });

  test.each([
    ['x'.repeat(140), 'x'.repeat(140), 'it fits'],
    ['x'.repeat(141), `${'x'.repeat(139)}…`, 'GitHub refuses 141'],
    [`${'x'.repeat(138)}😀yyy`, `${'x'.repeat(138)}…`, 'half a character is no text'],
  ])('a description is cut to 140 characters: %#', async (description, sent, because) => {
    await using fake = await forge.start();
    await set(forge, fake, { description });
    expect(fake.statuses[0]?.description, because).toBe(sent);
  });

  test('may be set again, in the same state and in others', async () => {
    await using fake = await forge.start();
    for (const state of ['pending', 'pending', 'failure', 'failure', 'pending', 'success'] as const)
      await set(forge, fake, { state });
    expect(fake.statuses.at(-1)?.state).toBe('success');
  });

  test.each([
    ['lost', 'the answer is lost'],
    [{ status: 502, json: {} }, 'the forge fails'],
    [{ status: 429, headers: { 'retry-after': '7' }, json: {} }, 'the forge asks for a pause'],
  ] as const)('is sent again: %#', async (trouble: Trouble, because) => {
    await using fake = await forge.start();
    fake.next('POST', trouble);
    await set(forge, fake);
    expect(fake.statuses.at(-1)?.state, because).toBe('success');
    expect(fake.requests()).toHaveLength(2);
  });

  test('of an unknown commit is refused at once', async () => {
    await using fake = await forge.start();
    await expect(set(forge, fake, {}, '0'.repeat(40))).rejects.toMatchObject({
      verdict: 'rejected',
      status: 404,
    });
    expect(fake.requests()).toHaveLength(1);
  });

  test.each(['main', '', 'a'.repeat(39), `${'a'.repeat(38)}/x`, 'A'.repeat(40)])(
    'is not sent for "%s", which is no full hash',
    async (bad) => {
      await using fake = await forge.start();
      await expect(set(forge, fake, {}, bad)).rejects.toThrow('the commit is not a full hash');
      expect(fake.seen).toEqual([]);
    },
  );

  test('a signal gives up the request in flight', async () => {
    await using fake = await forge.start();
    const stop = new AbortController();
    fake.next('POST', () => stop.abort());
    const client = forge.client(fake.url, autoClock(new Date(0)), undefined, stop.signal);
    await expect(client.statuses.set(commit, status)).rejects.toThrow(/^POST .* gave no answer/);
    expect(fake.requests()).toHaveLength(1);
  });

  test('a signal gives up the pause before another attempt', async () => {
    await using fake = await forge.start();
    const stop = new AbortController();
    const clock = virtualClock();
    fake.next('POST', { status: 503, json: {} });
    const client = forge.client(fake.url, clock, undefined, stop.signal);
    const setting = client.statuses.set(commit, status);
    void clock.asleep(1).then(() => stop.abort());
    await expect(setting).rejects.toThrow(/^POST .* answered 503/);
    expect(fake.requests()).toHaveLength(1);
  });
});

test('GitLab refuses other transitions, and that is an error', async () => {
  const forge = forges.find(({ name }) => name === 'GitLab');
  if (!forge) throw new Error('there is no GitLab');
  await using fake = await forge.start();
  const message = 'Cannot transition status via :enqueue from :running';
  fake.next('POST', { status: 400, json: { message } });
  await expect(set(forge, fake, { state: 'pending' })).rejects.toThrow(message);
});
