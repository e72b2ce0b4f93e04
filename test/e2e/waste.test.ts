import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place } from './holdfast.ts';

test('waste lists every kind once, writes nothing, and is also JSON', async () => {
  await using here = await place();
  await using simulator = await startSimulator({ jobTime: 0 });
  const target = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  await here.write({
    'config/holdfast.yaml': 'settings: { prices: { publicIps: 0.01 } }\n',
    'config/team.yaml': 'privateNetworks:\n  research: { region: ny2 }\n',
  });
  expect((await here.run(['apply', '--yes'], target)).code).toBe(0);
  await fetch(`${simulator.url}/v1/public-ips`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    body: JSON.stringify({ region: 'East Coast (NY2)' }),
  });
  const before = simulator.requests.length;
  const { code, stdout } = await here.run(['waste'], target);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^publicIps\/[\d.]+ {2}no machine has it\n {2}7\.30 USD\/month · not declared$/m,
  );
  expect(stdout).toContain('privateNetworks/research  neither a machine nor a drive is on it');
  const sent = simulator.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  expect(sent.toSorted()).toEqual(
    ['machines', 'private-networks', 'public-ips', 'shared-drives', 'snapshots'].map(
      (path) => `GET /${path}`,
    ),
  );
  const json = await here.run(['waste', '--format', 'json', '--off', '1d'], target);
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 'holdfast/waste/v1',
    items: [
      { kind: 'publicIps', monthly: 7.3 },
      { kind: 'privateNetworks', monthly: null },
    ],
    incomplete: [],
  });
});
