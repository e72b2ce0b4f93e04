import { expect, test } from 'vitest';
import { bench, openOf, outcomesOf } from '../support/passes.ts';
import { settle } from '../support/settle.ts';
import { want } from '../support/team.ts';

const env = (name: string) => ({ from: 'env', name }) as const;
const network = want('privateNetworks', 'research', { region: 'ny2' });

const registry = (over: object = {}) =>
  want('containerRegistries', 'ghcr', {
    kind: 'ghcr',
    namespace: 'example',
    url: 'https://ghcr.io',
    username: 'holdfast',
    password: env('TOKEN'),
    ...over,
  });
const secrets = { TOKEN: 'tok-1', NEXT: 'tok-2', BAD: 'wrong' };

test('each field of a registry is updated alone', async () => {
  await using it = await bench({ env: secrets });
  await settle(it, registry());
  const steps = [
    { kind: 'other' },
    { namespace: 'team' },
    { url: 'https://example.com' },
    { username: 'else' },
    { password: env('NEXT') },
  ];
  let over = {};
  for (const step of steps) {
    over = { ...over, ...step };
    const report = await it.pass([registry(over)]);
    expect(report.actions.map(({ id, changes }) => [id, changes.map(({ path }) => path)])).toEqual([
      ['containerRegistries/ghcr:update', Object.keys(step)],
    ]);
    expect(await settle(it, registry(over))).toEqual([]);
  }
  expect([...it.simulator.world.containerRegistries].map(({ password }) => password)).toEqual([
    'tok-2',
  ]);
});

test('a failed connection test is a note, and the write is done', async () => {
  await using it = await bench({ env: secrets });
  const [first] = (await it.pass([registry({ password: env('BAD') })])).actions;
  expect(first).toMatchObject({
    outcome: 'done',
    note: "the registry's connection test failed: unauthorized: incorrect username or password",
  });
  const [second] = (await it.pass([registry()])).actions;
  expect(second).toMatchObject({ outcome: 'done', note: null });
  expect((await it.pass([registry()])).actions).toEqual([]);
});

test('a connection test that the API refuses to run is a note too', async () => {
  await using it = await bench({ env: secrets });
  it.simulator.fault({
    path: '/container-registries/*/test-connection',
    kind: { status: 403 },
  });
  const [first] = (await it.pass([registry()])).actions;
  expect(first).toMatchObject({ outcome: 'done' });
  expect(first?.note).toMatch(/^the registry's connection test failed: .*403/);
  expect(await settle(it, registry())).toEqual([]);
});

test('no report contains the password, and an unreadable one blocks only its resource', async () => {
  await using it = await bench({ env: secrets });
  const report = await it.pass([registry(), network]);
  expect(JSON.stringify(report)).toContain('(secret)');
  expect(JSON.stringify(report)).not.toContain('tok-1');
  const other = want('privateNetworks', 'other', { region: 'ca1' });
  const unread = await it.pass([registry({ password: env('NONE') }), network, other]);
  expect(openOf(unread)).toEqual(['blocked containerRegistries/ghcr: password: it is not set']);
  expect(outcomesOf(unread)).toEqual(['privateNetworks/other:create done']);
});
