import { expect, test } from 'vitest';
import { auditEntry, writesOf } from '../../src/model/audit.ts';
import { action, reportWith } from '../support/reports.ts';
import { now } from '../support/team.ts';
import { open } from './testStores.ts';

const entry = (at: string, actor = 'ci') => auditEntry({ at, actor, event: 'reconcile' });

test('changes are recorded with their entries, newest first', async () => {
  await using store = await open(':memory:');
  const at = '2026-11-21T09:00:00.000Z';
  await store.addAudit([entry(at)]);
  const suspension = { at, by: 'ci', reason: null, until: null };
  await store.suspend('*', suspension, { ...entry(at), event: 'suspend', target: '*' });
  await store.resume('*', { ...entry(at), event: 'resume', target: '*' });
  await store.approve('d', at, { ...entry(at), event: 'approve', digest: 'd' });
  expect((await store.audit()).map(({ event, target, digest }) => [event, target, digest])).toEqual(
    [
      ['approve', null, 'd'],
      ['resume', '*', null],
      ['suspend', '*', null],
      ['reconcile', null, null],
    ],
  );
});

test('the writes of a pass are recorded with it: every action that was attempted', async () => {
  await using store = await open(':memory:');
  const git = {
    url: 'u',
    ref: 'main',
    commit: 'c0ffee',
    author: 'a',
    committedAt: '',
    subject: '',
    verified: null,
  };
  const report = reportWith({
    git,
    actions: [
      { ...action, id: 'machines/a:update', verb: 'update', outcome: 'done', attempts: 1 },
      {
        ...action,
        id: 'machines/a:start',
        verb: 'start',
        outcome: 'failed',
        error: 'no',
        attempts: 2,
      },
      { ...action, id: 'machines/a:stop', verb: 'stop', outcome: 'blocked', error: 'held' },
    ],
  });
  await store.recordPass(report, 9, { audit: writesOf(report, 'cli:ada') });
  const common = {
    at: report.finishedAt,
    actor: 'cli:ada',
    event: 'write',
    pass: '01KAPASS',
    commit: 'c0ffee',
    digest: 'd',
  };
  expect(await store.audit()).toEqual([
    { ...common, target: 'machines/a:start', outcome: 'failed', detail: 'no' },
    { ...common, target: 'machines/a:update', outcome: 'done', detail: null },
  ]);
});

test('the newest 10,000 are kept', async () => {
  await using store = await open(':memory:');
  const numbered = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => entry(now.toISOString(), `token-${from + i}`));
  await store.addAudit(numbered(0, 10_000));
  await store.addAudit(numbered(10_000, 2));
  const entries = await store.audit();
  expect(entries).toHaveLength(10_000);
  expect([entries.at(0)?.actor, entries.at(-1)?.actor]).toEqual(['token-10001', 'token-2']);
});

test('those since a time', async () => {
  await using store = await open(':memory:');
  const [early, late] = ['2026-11-20T09:00:00.000Z', '2026-11-21T09:00:00.000Z'];
  await store.addAudit([entry(early), entry(late)]);
  expect((await store.audit(late)).map(({ at }) => at)).toEqual([late]);
});
