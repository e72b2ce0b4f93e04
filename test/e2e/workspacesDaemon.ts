import { expect } from 'vitest';
import type { Teams } from '../support/teams.ts';
import type { Env, Place } from './holdfast.ts';

/** Starts a daemon of several workspaces, and functions that ask it. */
export async function daemon(
  here: Place,
  teams: Teams,
  args: readonly string[] = [],
  env: Env = {},
) {
  const token = 'the-token-of-the-server';
  const run = here.start(['run', ...args], {
    PAPERSPACE_API_URL: teams.url,
    HOLDFAST_TOKEN: token,
    ...env,
  });
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  const get = async (path: string) => {
    const answer = await fetch(url + path);
    return { status: answer.status, text: await answer.text() };
  };
  const items = async () => {
    const { text } = await get('/api/v1/workspaces');
    const all = JSON.parse(text) as { items: readonly Record<string, unknown>[] };
    return all.items;
  };
  return {
    run,
    url,
    get,
    items,
    ask: (text: string) =>
      here.run(text.split(' '), { HOLDFAST_SERVER: url, HOLDFAST_TOKEN: token }),
    has: async (name: string, part: object) =>
      await expect
        .poll(async () => (await items()).find((item) => item['name'] === name))
        .toMatchObject(part),
  };
}
