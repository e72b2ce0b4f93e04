import { expect, test } from 'vitest';
import { bench, type Bench } from '../support/passes.ts';
import { openFindings, renamed, settle } from '../support/settle.ts';
import { text, want } from '../support/team.ts';

const env = (name: string) => ({ from: 'env', name }) as const;

const config = {
  bucket: 'lake',
  accessKey: 'AK',
  secretAccessKey: env('SECRET'),
  region: 'us-east-1',
};
const provider = (s3: object = {}, over: object = {}, lifecycle = {}) =>
  want(
    'storageProviders',
    'lake',
    { storageProviderType: text('s3'), s3Config: { ...config, ...s3 }, ...over },
    lifecycle,
  );
const secrets = { SECRET: 'sec-1', NEXT: 'sec-2' };
const stored = (it: Bench) =>
  [...it.simulator.world.storageProviders].map(({ name, isTeamDefault, s3Config }) => ({
    name,
    isTeamDefault,
    ...s3Config,
  }));

test('an update sends all fields and keeps the undeclared ones', async () => {
  await using it = await bench({ env: secrets });
  expect(await settle(it, provider())).toEqual(['storageProviders/lake:create done']);
  const [{ id, s3Config } = { id: '', s3Config: {} }] = [...it.simulator.world.storageProviders];
  it.simulator.world.storageProviders.patch(id, {
    isTeamDefault: true,
    s3Config: { ...s3Config, endpoint: 'https://s3.example.com', retainData: true } as never,
  });
  expect(await settle(it, provider({ bucket: 'sea' }))).toEqual([
    'storageProviders/lake:update done',
  ]);
  const kept = { endpoint: 'https://s3.example.com', retainData: true, isTeamDefault: true };
  expect(stored(it)).toEqual([
    { name: 'lake', ...config, ...kept, bucket: 'sea', secretAccessKey: 'sec-1' },
  ]);
  expect(await settle(it, renamed(provider({ bucket: 'sea' }), 'sea'))).toEqual([
    'storageProviders/sea:update done',
  ]);
  expect(stored(it)).toEqual([
    { name: 'sea', ...config, ...kept, bucket: 'sea', secretAccessKey: 'sec-1' },
  ]);
});

test('each field of a storage provider is updated alone', async () => {
  await using it = await bench({ env: secrets });
  await settle(it, provider());
  const steps = [
    [{ accessKey: 'AK2' }, {}, 's3Config.accessKey'],
    [{ secretAccessKey: env('NEXT') }, {}, 's3Config.secretAccessKey'],
    [{ endpoint: 'https://s3.example.com' }, {}, 's3Config.endpoint'],
    [{ region: 'eu-1' }, {}, 's3Config.region'],
    [{ signatureVersion: 'v4' }, {}, 's3Config.signatureVersion'],
    [{ retainData: true }, {}, 's3Config.retainData'],
    [{}, { isTeamDefault: true }, 'isTeamDefault'],
  ] as const;
  let [s3, over] = [{}, {}];
  for (const [inside, beside, path] of steps) {
    [s3, over] = [
      { ...s3, ...inside },
      { ...over, ...beside },
    ];
    const { actions } = await it.pass([provider(s3, over)]);
    expect(actions.map(({ id, changes }) => [id, changes.map((change) => change.path)])).toEqual([
      ['storageProviders/lake:update', [path]],
    ]);
    expect(await settle(it, provider(s3, over))).toEqual([]);
  }
  expect(stored(it)[0]).toMatchObject({ secretAccessKey: 'sec-2', signatureVersion: 'v4' });
});

test('the live secret key is neither reported nor compared', async () => {
  await using it = await bench({ env: secrets });
  const reports = [await it.pass([provider()])];
  const [made] = [...it.simulator.world.storageProviders];
  it.simulator.world.storageProviders.patch(made?.id ?? '', {
    s3Config: { ...made?.s3Config, secretAccessKey: 'stolen' } as never,
  });
  expect((await it.pass([provider()])).actions).toEqual([]);
  reports.push(await it.pass([provider({ bucket: 'sea' })]), await it.plan([]));
  expect(stored(it)[0]).toMatchObject({ bucket: 'sea', secretAccessKey: 'sec-1' });
  expect(JSON.stringify(reports)).not.toMatch(/sec-1|stolen|\*{8}/);
  expect(reports[1]?.resources[0]?.unverifiable).toEqual([
    'storageProviderType',
    's3Config.secretAccessKey',
  ]);
});

test('a kept or unreadable secret key blocks the actions that need it', async () => {
  await using it = await bench({ env: secrets });
  const keep = { from: 'keep' };
  expect(await openFindings(it, provider({ secretAccessKey: keep }))).toEqual([
    'blocked storageProviders/lake: s3Config.secretAccessKey is { keep: true }, so there is nothing to create it with',
  ]);
  await settle(it, provider());
  const kept = { storageProviderType: keep };
  expect(await settle(it, provider({ secretAccessKey: keep }, kept))).toEqual([]);
  expect(await openFindings(it, provider({ secretAccessKey: keep, bucket: 'sea' }, kept))).toEqual([
    'blocked storageProviders/lake: an update sends everything, and s3Config.secretAccessKey is { keep: true }',
  ]);
  expect(await settle(it, provider({ bucket: 'sea' }, kept))).toEqual([
    'storageProviders/lake:update done',
  ]);
  expect(await openFindings(it, provider({ secretAccessKey: env('NONE'), bucket: 'sea' }))).toEqual(
    ['blocked storageProviders/lake: s3Config.secretAccessKey: it is not set'],
  );
});

test('ignored fields keep their live values, although an update sends all fields', async () => {
  await using it = await bench({ env: secrets });
  await settle(it, provider());
  const ignoring = { ignoreChanges: ['s3Config.bucket', 'isTeamDefault'] };
  expect(
    await settle(
      it,
      provider({ bucket: 'sea', region: 'eu-1' }, { isTeamDefault: true }, ignoring),
    ),
  ).toEqual(['storageProviders/lake:update done']);
  expect(stored(it)[0]).toMatchObject({ bucket: 'lake', region: 'eu-1', isTeamDefault: false });
});

test('the type is immutable, and providers managed by Paperspace are not listed', async () => {
  await using it = await bench({ env: secrets });
  await settle(it, provider());
  const [own] = [...it.simulator.world.storageProviders];
  it.simulator.world.storageProviders.insert({
    ...own,
    id: 'sp-managed',
    name: 'Paperspace',
    isManaged: true,
  } as never);
  expect((await it.plan([provider()])).summary.unmanaged).toBe(0);
  expect(await openFindings(it, provider({}, { storageProviderType: text('gcs') }))).toEqual([
    'blocked storageProviders/lake: storageProviderType is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
  ]);
});
