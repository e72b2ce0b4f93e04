import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place } from './holdfast.ts';

test('cost adds up what the passes recorded, by label, and looks ahead to the end of the month', async () => {
  await using here = await place();
  await using simulator = await startSimulator({ jobTime: 0 });
  const target = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  await here.write({
    'config/holdfast.yaml':
      'settings: { budgets: [{ match: { labels: { owner: ml } }, monthly: 2000, hold: true }], prices: { C5: 0.08 } }\n',
    'config/team.yaml': `machines:
  a:
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 50
    state: running
    labels: { owner: ml }
`,
  });
  // The first pass creates, the second begins the record, and the third adds to it.
  for (let passes = 0; passes < 3; passes += 1)
    expect((await here.run(['apply', '--yes'], target)).code).toBe(0);
  const { code, stdout } = await here.run(['cost', '--by', 'owner'], target);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Cost from [\d-]+ to [\d-]+ by owner, in USD\n {2}ml +0\.00/);
  expect(stdout).toMatch(/Now 0\.0770 USD\/h\. This month 0\.00 USD since \d{4}-\d\d-\d\d, and /);
  expect(stdout).toContain('\nBudget owner=ml: 0 of 2,000 USD this month (0 %), ok\n');
  const json = JSON.parse(
    (await here.run(['cost', '--since', '1d', '--format', 'json'], target)).stdout,
  );
  expect(json).toMatchObject({
    schema: 'holdfast/cost/v1',
    by: 'kind',
    items: [{ key: 'machines', unknownHours: 0 }],
    now: { hourly: 0.077, known: true },
    month: { known: true },
    budgets: [{ name: 'owner=ml', monthly: 2000, state: 'ok' }],
  });
  expect(json.month.forecast).toBeGreaterThan(0);
});
