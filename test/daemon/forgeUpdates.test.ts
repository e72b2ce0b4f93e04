import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createForgeUpdates, type ForgeUpdatesOptions } from '../../src/daemon/forgeUpdates.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { autoClock } from '../support/autoClock.ts';
import { forgeToken, type FakeForge } from '../support/forges/fakeForge.ts';
import { forges, type TestForge } from '../support/forges/forges.ts';
import { action, reportWith, resource } from '../support/reports.ts';
import { virtualClock } from '../support/virtualClock.ts';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const { summary } = reportWith();
const quiet = reportWith({ summary: { ...summary, inSync: 1 } });

/** A pass that finds this machine missing. */
const drift = (name: string, over: Partial<Report> = {}) =>
  reportWith({
    mode: 'observe',
    summary: { ...summary, missing: 1 },
    resources: [{ ...resource, name, status: 'missing' }],
    ...over,
  });

/** The updates of a workspace, a forge, and the lines of the log. */
async function updating(forge: TestForge, over: Partial<ForgeUpdatesOptions> = {}) {
  const fake = await forge.start();
  const clock = autoClock(new Date('2026-11-21T10:00:00Z'));
  const lines: { readonly fields: object; readonly message: string }[] = [];
  const start = () =>
    createForgeUpdates({
      open: async (signal) => forge.client(fake.url, clock, forgeToken, signal),
      workspace: 'default',
      oneOfSeveral: false,
      dashboardUrl: () => 'https://holdfast.example.com',
      settle: 1,
      clock,
      log: { warn: (fields, message) => lines.push({ fields, message }) },
      ...over,
    });
  return { fake, lines, start, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

const statuses = ({ statuses: all }: FakeForge) =>
  all.map(({ commit, state, description }) => `${commit[0]} ${state}: ${description}`);

const issues = ({ issues: all }: FakeForge) =>
  all.map(({ open, body }) => `${open ? 'open' : 'closed'} ${/machines\/[\w-]+/.exec(body)?.[0]}`);

const writes = (fake: FakeForge) => fake.requests().filter((one) => !one.startsWith('GET'));

const [github] = forges;
if (!github) throw new Error('there is no GitHub');

describe.each(forges)('on $name', (forge) => {
  const failure = forge.name === 'GitLab' ? 'failed' : 'failure';

  test('a commit is pending, and then has the result of its pass', async () => {
    await using it = await updating(forge);
    await using updates = it.start();
    updates.commitTaken(a);
    await expect.poll(() => statuses(it.fake)).toHaveLength(1);
    updates.passEnded(quiet, a);
    await expect.poll(() => statuses(it.fake)).toHaveLength(2);
    updates.commitTaken(b);
    await expect.poll(() => statuses(it.fake)).toHaveLength(3);
    updates.passEnded(reportWith({ complete: false, incomplete: [] }), b);
    await expect.poll(() => statuses(it.fake)).toHaveLength(4);
    expect(statuses(it.fake)).toEqual([
      'a pending: Holdfast applies this commit',
      'a success: all in sync',
      'b pending: Holdfast applies this commit',
      `b ${failure}: incomplete: `,
    ]);
    expect(it.fake.statuses[0]).toMatchObject({
      context: 'holdfast/default',
      url: 'https://holdfast.example.com',
    });
    expect(it.lines).toEqual([]);
  });

  test('the issue is about drift that complete passes in a row have found', async () => {
    await using it = await updating(forge, { settle: 2 });
    await using updates = it.start();
    updates.passEnded(drift('once'), a);
    await expect.poll(() => statuses(it.fake)).toHaveLength(1);
    expect(issues(it.fake)).toEqual([]);
    updates.passEnded(drift('twice'), a);
    updates.passEnded(drift('twice', { complete: false }), a);
    updates.passEnded(drift('twice'), a);
    await expect.poll(() => issues(it.fake)).toEqual(['open machines/twice']);
  });

  test('drift opens one issue, which follows it, is closed, and is opened again', async () => {
    await using it = await updating(forge);
    await using updates = it.start();
    for (const [report, expected] of [
      [drift('a'), 'open machines/a'],
      [drift('b'), 'open machines/b'],
      [quiet, 'closed undefined'],
      [drift('c'), 'open machines/c'],
    ] as const) {
      updates.passEnded(report, a);
      await expect.poll(() => issues(it.fake)).toEqual([expected]);
    }
    expect(it.lines).toEqual([]);
  });
});

describe('what is sent', () => {
  test('nothing, while nothing changes', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    updates.commitTaken(a);
    updates.passEnded(drift('a'), a);
    await expect.poll(() => issues(it.fake)).toHaveLength(1);
    const sent = it.fake.requests().length;
    updates.commitTaken(a);
    updates.passEnded(drift('a', { pass: '01KB', trigger: 'schedule' }), a);
    updates.passEnded(drift('a', { finishedAt: '2026-11-21T11:00:00.000Z' }), a);
    updates.passEnded(drift('b'), a);
    await expect.poll(() => issues(it.fake)).toEqual(['open machines/b']);
    // The user, the list, and the new body: the status is still the same.
    expect(it.fake.requests().slice(sent)).toHaveLength(3);
  });

  test('the figures of the pass that brought a commit in sync stay', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    const created = {
      ...action,
      id: 'machines/a:create',
      verb: 'create',
      outcome: 'done',
    } as const;
    updates.passEnded({ ...quiet, actions: [created] }, a);
    await expect.poll(() => statuses(it.fake)).toEqual(['a success: 1 created; all in sync']);
    updates.passEnded(quiet, a);
    await setImmediate();
    updates.passEnded(quiet, b);
    await expect.poll(() => statuses(it.fake).at(-1)).toBe('b success: all in sync');
    expect(statuses(it.fake)).toHaveLength(2);
  });

  test('only the latest of what waits', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    updates.commitTaken(a);
    for (const name of ['b', 'c', 'd', 'e']) updates.passEnded(drift(name), b);
    await expect.poll(() => issues(it.fake)).toEqual(['open machines/e']);
    // The first is in flight when the others come.
    expect(statuses(it.fake)).toEqual([
      'a pending: Holdfast applies this commit',
      'b pending: 1 missing',
    ]);
    expect(writes(it.fake)).toHaveLength(3);
  });

  test('an incomplete pass changes the status and not the issue', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    updates.passEnded(drift('a'), a);
    await expect.poll(() => issues(it.fake)).toHaveLength(1);
    const incomplete = [{ kind: 'machines', error: 'GET /machines answered 503' }];
    updates.passEnded(reportWith({ complete: false, incomplete }), a);
    await expect.poll(() => statuses(it.fake)).toHaveLength(2);
    expect(statuses(it.fake)[1]).toBe(
      'a failure: incomplete: machines: GET /machines answered 503',
    );
    expect(issues(it.fake)).toEqual(['open machines/a']);
  });
});

describe('another process', () => {
  test('finds the issue of the former one, and sets the status again once', async () => {
    await using it = await updating(github);
    {
      await using updates = it.start();
      updates.passEnded(drift('a'), a);
      await expect.poll(() => issues(it.fake)).toHaveLength(1);
    }
    await using updates = it.start();
    updates.passEnded(drift('a'), a);
    updates.passEnded(drift('a'), a);
    await expect.poll(() => it.fake.requests().at(-1)).toMatch(/^GET .*issues$/);
    expect([statuses(it.fake).length, writes(it.fake).length]).toEqual([2, 3]);
    updates.passEnded(quiet, a);
    await expect.poll(() => issues(it.fake)).toEqual(['closed undefined']);
  });
});

describe('a failure', () => {
  const away = { status: 404, json: { message: 'Not Found' } };

  test('is logged once, without the token, and tried again after the next pass', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    for (const pass of ['1', '2']) {
      const before = it.fake.requests().length;
      it.fake.next('POST', away);
      it.fake.next('GET', away);
      updates.passEnded(drift('a', { pass }), a);
      await expect.poll(() => it.fake.requests()).toHaveLength(before + 3);
    }
    updates.passEnded(drift('a'), a);
    await expect.poll(() => issues(it.fake)).toHaveLength(1);
    expect(statuses(it.fake)).toHaveLength(1);
    expect(it.lines).toEqual([
      {
        message: 'the status of the commit was not set; trying again later',
        fields: { reason: `POST /repos/org/team/statuses/${a} answered 404: Not Found` },
      },
      {
        message: 'the issue for drift was not updated; trying again later',
        fields: { reason: 'GET /repos/org/team/issues answered 404: Not Found' },
      },
    ]);
  });

  test('of another kind is logged too, and the same one again after a success', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    const failing = async (status: number, name: string, lines: number) => {
      it.fake.next('POST', { status, json: {} });
      updates.passEnded(drift(name, { complete: false }), a);
      await expect.poll(() => it.lines).toHaveLength(lines);
    };
    await failing(404, 'a', 1);
    await failing(401, 'a', 2);
    updates.passEnded(quiet, a);
    await expect.poll(() => statuses(it.fake)).toHaveLength(1);
    await failing(401, 'a', 3);
  });

  test('may have changed the forge, so the former state is written again', async () => {
    await using it = await updating(github);
    await using updates = it.start();
    updates.passEnded(drift('a'), a);
    await expect.poll(() => issues(it.fake)).toEqual(['open machines/a']);
    for (let attempt = 0; attempt < 3; attempt += 1) it.fake.next('PATCH', 'lost');
    updates.passEnded(drift('b'), a);
    await expect.poll(() => it.lines).toHaveLength(1);
    expect(issues(it.fake)).toEqual(['open machines/b']);
    updates.passEnded(drift('a'), a);
    await expect.poll(() => issues(it.fake)).toEqual(['open machines/a']);
  });

  test('to open the forge is one too', async () => {
    const open = () => Promise.reject(new Error('the token cannot be read'));
    await using it = await updating(github, { open });
    await using updates = it.start();
    updates.passEnded(drift('a'), a);
    await expect.poll(() => it.lines).toHaveLength(2);
    expect(it.lines[0]?.fields).toEqual({ err: new Error('the token cannot be read') });
    expect(it.fake.seen).toEqual([]);
  });
});

describe('disposal', () => {
  test('gives up the request in flight', async () => {
    await using it = await updating(github);
    const updates = it.start();
    it.fake.next('POST', () => undefined);
    updates.passEnded(drift('a'), a);
    await expect.poll(() => it.fake.requests()).toHaveLength(1);
    await updates[Symbol.asyncDispose]();
    expect([it.lines, it.fake.requests().length]).toEqual([[], 1]);
  });

  test('gives up the pause before an issue is looked for', async () => {
    const clock = virtualClock();
    await using it = await updating(github, { clock });
    const updates = it.start();
    updates.passEnded(quiet, a);
    await expect.poll(() => statuses(it.fake)).toHaveLength(1);
    it.fake.next('POST', { status: 201, json: {} });
    it.fake.next('POST', 'lost');
    updates.passEnded(drift('a'), a);
    await clock.asleep(1);
    await updates[Symbol.asyncDispose]();
    expect([it.lines, it.fake.issues.length]).toEqual([[], 1]);
  });
});
