import { expect, test } from 'vitest';
import type { FollowedConfig } from '../../src/daemon/config/followedConfig.ts';
import { createNotifications } from '../../src/daemon/notifications.ts';
import { resolveSettings } from '../../src/desired/settings/resolveSettings.ts';
import type { Report } from '../../src/model/pass/report.ts';
import { silentLog } from '../../src/model/log.ts';
import { systemClock } from '../../src/model/time/clock.ts';
import type { Context } from '../../src/setup/context.ts';
import type { OpenWorkspace } from '../../src/setup/team/openWorkspace.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { reportWith, resource } from '../support/reports.ts';
import { serve } from '../support/server.ts';
import { receiveMail } from '../support/smtp.ts';

/** Sinks that get one message of each pass with news, and not one for each alert. */
const notify = (url: string) => `
  - { webhook: { url: "${url}/webhook" } }
  - { slack: { env: SLACK } }
  - { teams: { env: TEAMS } }
  - { discord: { env: DISCORD } }
  - { email: { to: [ops@example.com], from: h@example.com, smtp: { env: SMTP } } }
`;

const names = Array.from({ length: 200 }, (_, index) => `m${index}`);

/** The n-th pass, a minute after the one before. */
function passWith(n: number, status: 'inSync' | 'failed', over: Partial<Report> = {}): Report {
  const at = new Date(Date.UTC(2026, 10, 21, 10, n)).toISOString();
  return reportWith({
    pass: `01KA${String(n).padStart(4, '0')}`,
    startedAt: at,
    finishedAt: at,
    resources: names.map((name) => ({ ...resource, name, status })),
    ...over,
  });
}

test('an outage of 200 resources over 50 passes is one message when it begins and one when it ends', async () => {
  await using receiver = await serve(() => ({}));
  await using mails = await receiveMail();
  await using store = await openTestStore();
  const { url } = receiver;
  const resolved = resolveSettings(undefined, { HOLDFAST_NOTIFY: notify(url) }, {});
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  const { settings } = resolved;
  const start = () =>
    createNotifications(
      {
        env: {
          SLACK: `${url}/slack`,
          TEAMS: `${url}/teams`,
          DISCORD: `${url}/discord`,
          SMTP: `smtp://127.0.0.1:${mails.port}`,
        },
        log: silentLog,
      } as unknown as Context,
      { store, clock: systemClock, random: () => 0.5 } as unknown as OpenWorkspace,
      { current: () => ({ settings }), error: () => undefined } as unknown as FollowedConfig,
      () => undefined,
    );
  let count = 0;
  const run = async (
    passes: number,
    status: 'inSync' | 'failed',
    over: Partial<Report> = {},
  ): Promise<void> => {
    await using notifications = start();
    for (let left = passes; left > 0; left -= 1) {
      const report = passWith((count += 1), status, over);
      const alerts = await notifications.changesOf(report, settings);
      await store.recordPass(report, 100, { alerts });
      notifications.deliver();
    }
    await expect.poll(() => store.pendingMessages()).toEqual([]);
  };
  await run(3, 'inSync');
  await run(25, 'failed');
  await run(1, 'inSync', { complete: false, resources: [] });
  await run(25, 'failed');
  await run(5, 'inSync');
  const byPath = Map.groupBy(receiver.seen, (one) => one.url);
  const sizes = Object.fromEntries([...byPath].map(([path, all]) => [path, all.length]));
  expect(sizes).toEqual({ '/webhook': 2, '/slack': 2, '/teams': 2, '/discord': 2 });
  expect(mails.mails).toHaveLength(2);
  const events = byPath.get('/webhook')?.map(({ body }) => JSON.parse(body) as object);
  expect(events).toMatchObject([
    { type: 'dev.holdfast.drift.opened', data: { counts: { opened: 200, resolved: 0 } } },
    { type: 'dev.holdfast.drift.resolved', data: { counts: { opened: 0, resolved: 200 } } },
  ]);
});
