import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createServedWorkspaces } from '../../src/daemon/http/servedWorkspaces.ts';
import type { PassSummary } from '../../src/model/pass/report.ts';
import type { Stores } from '../../src/store/open.ts';
import { reportWith } from '../support/reports.ts';

/** The workspaces of a replica. `passes`: the last passes of all replicas; another one holds every lease. */
function replica(passes: Map<string, PassSummary>) {
  const workspaces = createServedWorkspaces(async () => new Hono());
  const holder = { heldBy: 'another', isOwn: false, url: 'http://127.0.0.1:1' };
  const stores = {
    lastPasses: async () => passes,
    replicas: { havePassed: async () => true, holderOf: async () => holder, serveAt() {} },
  };
  workspaces.open(stores as unknown as Stores);
  return workspaces;
}

const errorsIn = async (workspaces: ReturnType<typeof replica>) =>
  (await workspaces.list()).map(({ error }) => error);

test('a replica shows why it cannot run a workspace, until another has run it', async () => {
  const passes = new Map([['ml', reportWith({ finishedAt: '2020-01-01T00:00:00.000Z' })]]);
  const workspaces = replica(passes);
  workspaces.expect('ml');
  expect(await errorsIn(workspaces)).toEqual([null]);
  workspaces.fail('ml', 'its config is not valid');
  expect(await errorsIn(workspaces)).toEqual(['its config is not valid']);
  expect(await workspaces.elsewhere('ml')).toMatchObject({ heldBy: 'another' });
  passes.set('ml', reportWith({ finishedAt: '2999-01-01T00:00:00.000Z' }));
  expect(await errorsIn(workspaces)).toEqual([null]);
});

test('a workspace that no replica has run has not started yet', async () => {
  const workspaces = replica(new Map());
  workspaces.expect('ml');
  expect(await errorsIn(workspaces)).toEqual(['it has not started yet']);
});
