import { describe, expect, test } from 'vitest';
import { ForgeError } from '../../src/forge/forge.ts';
import { publishIssue } from '../../src/forge/publishIssue.ts';
import { autoClock } from '../support/autoClock.ts';
import type { FakeForge } from '../support/forges/fakeForge.ts';
import { forges, type TestForge } from '../support/forges/forges.ts';

const marker = '<!-- holdfast:drift:default -->';
const title = 'Holdfast: drift in default';

/** Publishes a text; resolves to what was done, or to the error as text. */
async function publish(forge: TestForge, fake: FakeForge, text: string, open = true) {
  const clock = autoClock(new Date('2026-11-21T10:00:00Z'));
  const { issues } = forge.client(fake.url, clock);
  const wanted = { marker, title, body: `${marker}\n${text}`, open };
  return publishIssue(issues, wanted, clock).catch((error: unknown) => {
    if (!(error instanceof ForgeError)) throw error;
    return `${error.verdict}: ${error.message}`;
  });
}

/** The issues with the marker: `open one`. */
const shown = ({ issues }: FakeForge) =>
  issues
    .filter(({ body }) => body.startsWith(marker))
    .map(({ open, body }) => `${open ? 'open' : 'closed'} ${body.split('\n')[1]}`);

const writes = (fake: FakeForge): readonly string[] =>
  fake.requests().filter((request) => !request.startsWith('GET'));

describe.each(forges)('on $name', (forge) => {
  const update = forge.name === 'GitLab' ? 'PUT' : 'PATCH';

  test('one issue is created, replaced, closed, and reopened', async () => {
    await using fake = await forge.start();
    fake.addIssue({ body: 'a question', author: 2 });
    expect(await publish(forge, fake, 'one')).toBe('created');
    expect(await publish(forge, fake, 'two')).toBe('updated');
    expect(shown(fake)).toEqual(['open two']);
    expect(fake.issues.at(-1)?.title).toBe(title);
    expect(await publish(forge, fake, 'in sync', false)).toBe('updated');
    expect(shown(fake)).toEqual(['closed in sync']);
    expect(await publish(forge, fake, 'three')).toBe('updated');
    expect(shown(fake)).toEqual(['open three']);
    expect(writes(fake)).toHaveLength(4);
    expect(fake.issues).toHaveLength(2);
  });

  test('nothing is written if nothing differs', async () => {
    await using fake = await forge.start();
    expect(await publish(forge, fake, 'in sync', false)).toBe('unchanged');
    fake.addIssue({ title, body: `${marker}\r\none\n` });
    expect(await publish(forge, fake, 'one')).toBe('unchanged');
    for (const issue of fake.issues) issue.open = false;
    expect(await publish(forge, fake, 'in sync since today', false)).toBe('unchanged');
    expect(writes(fake)).toEqual([]);
  });

  test('an issue that somebody renamed gets its title back, and nothing else', async () => {
    await using fake = await forge.start();
    fake.addIssue({ title: 'urgent', body: `${marker}\none` });
    expect(await publish(forge, fake, 'one')).toBe('updated');
    expect(fake.issues[0]?.title).toBe(title);
    expect(Object.keys(JSON.parse(fake.seen.at(-1)?.body ?? '') as object)).toEqual(['title']);
  });

  test('is found behind several pages of others, and when it is closed', async () => {
    await using fake = await forge.start();
    fake.addIssue({ body: `${marker}\nold`, open: false });
    for (let count = 0; count < 250; count += 1) fake.addIssue({ body: `${count}` });
    expect(await publish(forge, fake, 'new')).toBe('updated');
    expect(shown(fake)).toEqual(['open new']);
  });

  test('a page that cannot be read: nothing is written', async () => {
    await using fake = await forge.start();
    for (let count = 0; count < 3; count += 1) fake.next('GET', { status: 502, json: {} });
    expect(await publish(forge, fake, 'x')).toMatch(/^unavailable: GET .* answered 502$/);
    expect(writes(fake)).toEqual([]);
  });

  test('a lost answer to the create does not lead to a second issue', async () => {
    await using fake = await forge.start();
    fake.next('POST', 'lost');
    expect(await publish(forge, fake, 'one')).toBe('created');
    expect([shown(fake), writes(fake).length]).toEqual([['open one'], 1]);
  });

  test('a create that never arrived is not repeated, and the next call creates it', async () => {
    await using fake = await forge.start();
    fake.next('POST', 'unsent');
    expect(await publish(forge, fake, 'one')).toMatch(/^uncertain: POST /);
    expect(writes(fake)).toHaveLength(1);
    expect(await publish(forge, fake, 'two')).toBe('created');
    expect(shown(fake)).toEqual(['open two']);
  });

  test('an update is repeated, since it cannot do harm twice', async () => {
    await using fake = await forge.start();
    fake.addIssue({ title, body: `${marker}\nold` });
    fake.next(update, 'lost');
    expect(await publish(forge, fake, 'new')).toBe('updated');
    expect(shown(fake)).toEqual(['open new']);
  });

  test('of several such issues the oldest stays, and the others are closed once', async () => {
    await using fake = await forge.start();
    for (const text of ['first', 'second', 'third'])
      fake.addIssue({ title, body: `${marker}\n${text}` });
    expect(await publish(forge, fake, 'new')).toBe('updated');
    expect(shown(fake)).toEqual(['open new', 'closed second', 'closed third']);
    expect(await publish(forge, fake, 'new')).toBe('unchanged');
  });

  test.each([
    ['somebody else with the marker', { body: `${marker}\nplanted`, author: 2 }],
    ['the user that quotes the marker', { body: `> ${marker}` }],
  ])('an issue of %s is left alone', async (_, issue) => {
    await using fake = await forge.start();
    fake.addIssue(issue);
    expect(await publish(forge, fake, 'real')).toBe('created');
    expect(fake.issues[0]?.body).toBe(issue.body);
  });
});

test('on GitHub, a pull request with the marker is left alone', async () => {
  const [github] = forges;
  if (!github) throw new Error('there is no GitHub');
  await using fake = await github.start();
  fake.addIssue({ body: `${marker}\na change`, isPullRequest: true });
  expect(await publish(github, fake, 'real')).toBe('created');
  expect(shown(fake)).toEqual(['open a change', 'open real']);
});

test('an issue that moves to the next page while pages are read is one issue', async () => {
  const gitea = forges.find(({ name }) => name === 'Gitea');
  if (!gitea) throw new Error('there is no Gitea');
  await using fake = await gitea.start();
  fake.addIssue({ title, body: `${marker}\nsame` });
  for (let count = 0; count < 49; count += 1) fake.addIssue({ body: `${count}` });
  // The newest come first: a new issue between the two requests puts the oldest of page 1 on page 2 too.
  fake.next('GET', (response) => {
    const page = fake.issues.map(({ number, body }) => {
      return { number, title, body, state: 'open', user: { id: 1 }, pull_request: null };
    });
    const link = '<http://127.0.0.1/?page=2>; rel="next"';
    response.writeHead(200, { link }).end(JSON.stringify(page));
    fake.addIssue({ body: 'new' });
  });
  expect(await publish(gitea, fake, 'same')).toBe('unchanged');
  expect(shown(fake)).toEqual(['open same']);
});
