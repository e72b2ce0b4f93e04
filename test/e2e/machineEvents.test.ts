import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place } from './holdfast.ts';

const machine =
  'machines: { a: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, state: running } }';

test('a machine that somebody stops is started again, without a schedule', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  await here.write({
    'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null, events: 200ms }\n',
    'config/team.yaml': machine,
  });
  const run = here.start(['run'], {
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
  });
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  await run.saw(/nothing to do/);
  const pages = () => simulator.requests.filter(({ path }) => path === '/machine-events').length;
  const before = pages();
  await expect.poll(pages).toBeGreaterThan(before + 1);
  const [{ id } = { id: '' }] = simulator.world.machines;
  const answer = await fetch(`${simulator.url}/v1/machines/${id}/stop`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer somebody' },
  });
  expect(answer.status).toBe(200);
  await run.saw(/"verb":"stop".*"msg":"somebody else changed a machine"/);
  await run.saw(/1 started/);
  expect(simulator.world.machines.get(id)).toMatchObject({ state: 'ready' });
  const { items } = (await (await fetch(`${url}/api/v1/passes`)).json()) as {
    readonly items: readonly { readonly trigger: string }[];
  };
  expect(items.map(({ trigger }) => trigger)).toContain('event');
  run.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 0 });
});
