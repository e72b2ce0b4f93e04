import { expect, test } from 'vitest';
import { bench, outcomesOf } from '../support/passes.ts';
import { want } from '../support/team.ts';

const network = want('privateNetworks', 'research', { region: 'ny2' });
const page = '<html><h1>Request blocked</h1></html>';

test('a request that a firewall blocks is retried, and one that the API rejects is not', async () => {
  for (const [body, next] of [
    [page, ['privateNetworks/research:create done']],
    [undefined, ['privateNetworks/research:create blocked']],
  ] as const) {
    await using it = await bench({ trigger: 'schedule' });
    const kind = body === undefined ? { status: 403 } : { status: 403, body };
    it.simulator.fault({ method: 'POST', kind });
    const blocked = await it.pass([network]);
    expect(outcomesOf(blocked)).toEqual(['privateNetworks/research:create failed']);
    it.clock.advance(60_000);
    expect(outcomesOf(await it.pass([network]))).toEqual(next);
  }
});

test('a web page with 404 does not count as a deletion', async () => {
  await using it = await bench({ trigger: 'schedule' });
  await it.pass([network]);
  it.clock.advance(600_000);
  it.simulator.fault({ method: 'DELETE', kind: { status: 404, body: page } });
  const [removal] = (await it.pass([], [['privateNetworks', 'research']])).actions;
  expect(removal).toMatchObject({ verb: 'delete', outcome: 'failed' });
  expect([...it.simulator.world.privateNetworks]).toHaveLength(1);
});

test('an unlisted resource is not created again because a firewall answers 404', async () => {
  await using it = await bench({ trigger: 'schedule' });
  await it.pass([network]);
  const times = Infinity;
  it.simulator.fault({ path: '/private-networks', kind: { listLag: 86_400_000 }, times });
  it.simulator.fault({ path: '/private-networks/*', kind: { status: 404, body: page }, times });
  it.clock.advance(600_000);
  const report = await it.pass([network]);
  expect(report.incomplete).toEqual([
    { kind: 'privateNetworks', error: expect.stringContaining('answered 404 Not Found') },
  ]);
  expect([...it.simulator.world.privateNetworks]).toHaveLength(1);
});
