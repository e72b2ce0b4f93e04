import { createMetrics } from '../../src/server/metrics.ts';
import { bench } from './passes.ts';
import { action, reportWith, spentBudget } from './reports.ts';
import { want } from './team.ts';

/** The state of a quiet daemon at the time of a scrape. */
export const quiet = {
  configValid: true,
  configAge: 7.5,
  rateLimit: 10,
  passSeconds: 0,
  suspended: false,
  suspendedResources: 0,
  oldestOpen: new Map<string, number>(),
  notifications: [],
};

/**
 * Returns the text of `/metrics` after passes, requests, and deliveries: every metric has a sample with its labels.
 * `workspace`: of several.
 */
export async function everyMetric(workspace?: string): Promise<string> {
  const metrics = createMetrics(() => [], workspace);
  await using it = await bench();
  const report = await it.pass([want('privateNetworks', 'a', { region: 'ny2' })]);
  metrics.passEnded(report, [{ kind: 'privateNetworks', name: 'a', seconds: 2 }]);
  const blocked = { ...action, id: 'machines/a:stop', verb: 'stop', outcome: 'blocked' } as const;
  metrics.passEnded(
    reportWith({ resources: report.resources, actions: [blocked], budgets: [spentBudget] }),
    [],
  );
  metrics.requestEnded({ method: 'GET', status: 200, waitedMs: 20 });
  metrics.notificationEnded('slack-1a2b3c4d', 'delivered');
  metrics.hookEnded('github', 'accepted');
  const { text } = await metrics.text({
    ...quiet,
    lastFetch: 1,
    oldestOpen: new Map([['machines', 1]]),
    notifications: [{ sink: 'slack-1a2b3c4d', pending: 1, oldest: '2026-11-21T10:00:00.000Z' }],
  });
  return text;
}

/** Returns the names of the samples in a metrics text, and the labels of each. A histogram has several names. */
export function labelsOf(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, name, pairs = ''] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = labels.get(name) ?? new Set();
    labels.set(name, known);
    for (const [, label = ''] of pairs.matchAll(/([a-z_]+)="/g)) known.add(label);
  }
  return labels;
}
