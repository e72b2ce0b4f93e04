import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/model/time/clock.ts';
import { forges } from '../support/forges/forges.ts';

const change = {
  title: 'Accept drift',
  body: 'because',
  from: 'holdfast/accept-a',
  to: 'main',
} as const;

describe.each(forges)('$name', ({ start, client }) => {
  test('opens a pull request, and returns its URL', async () => {
    await using forge = await start();
    const { pullRequests } = client(forge.url, systemClock);
    expect(await pullRequests.create(change)).toMatch(/^https:\/\/forge\.example\.com\/.*\/1$/);
    expect(forge.pullRequests).toEqual([change]);
  });

  test('says that the forge refused it', async () => {
    await using forge = await start();
    const { pullRequests } = client(forge.url, systemClock);
    await pullRequests.create(change);
    await expect(pullRequests.create(change)).rejects.toMatchObject({
      name: 'ForgeError',
      verdict: 'rejected',
    });
    expect(forge.pullRequests).toHaveLength(1);
  });

  test('does not repeat a create that may have happened', async () => {
    await using forge = await start();
    forge.next('POST', 'lost');
    const { pullRequests } = client(forge.url, systemClock);
    await expect(pullRequests.create(change)).rejects.toMatchObject({ verdict: 'uncertain' });
    expect(forge.pullRequests).toHaveLength(1);
  });

  test('does not take another answer for a URL', async () => {
    await using forge = await start();
    forge.next('POST', { json: { html_url: 'javascript:alert(1)', web_url: 7 } });
    const { pullRequests } = client(forge.url, systemClock);
    await expect(pullRequests.create(change)).rejects.toThrow(/answered no (html|web)_url/);
  });
});
