import { describe, expect, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { fieldOf, identity } from '../../src/kinds/lib/read.ts';
import { teamId } from '../../src/kinds/lib/team.ts';
import type { Desired } from '../../src/model/resource.ts';
import { defaultLifecycle } from '../../src/model/resource.ts';
import { directoryOf, problemsIn } from '../fixtures/desired/directory.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { catalog, declared, live, text, want } from '../support/team.ts';

const env = (name: string) => ({ from: 'env', name }) as const;
const network = want('privateNetworks', 'research', { region: 'ny2' });
const machine = (name: string, over: object = {}) =>
  want('machines', name, {
    machineType: 'C5',
    template: live('osTemplates', 'Ubuntu 22.04'),
    region: 'ny2',
    diskSize: 50,
    ...over,
  });

/** Enforces a team, and proves that a second pass does nothing. Returns the outcomes. */
async function settle(it: Bench, ...team: readonly Desired[]): Promise<string[]> {
  const report = await it.pass(team);
  const secondReport = await it.pass(team);
  const left = openOf(secondReport).filter((line) => !line.startsWith('unmanaged'));
  expect({ open: left, actions: outcomesOf(secondReport) }).toEqual({ open: [], actions: [] });
  expect(it.contract.problems).toEqual([]);
  return outcomesOf(report);
}

/** Returns the open findings of a team of which nothing can be enforced. */
async function open(it: Bench, ...team: readonly Desired[]): Promise<string[]> {
  const before = it.writes();
  const report = await it.pass(team);
  expect(it.writes()).toEqual(before);
  return openOf(report);
}

const renamed = (desired: Desired, name: string): Desired => ({
  ...desired,
  name,
  address: `${desired.kind}/${name}`,
  lifecycle: { ...defaultLifecycle, formerName: desired.name },
});

describe('shared drives', () => {
  const drive = (over: object = {}) =>
    want('sharedDrives', 'data', {
      size: 500,
      region: 'ny2',
      network: declared('privateNetworks', 'research'),
      ...over,
    });

  test('are created with their network and renamed; all other fields are fixed', async () => {
    await using it = await bench();
    expect(await settle(it, network, drive())).toEqual([
      'privateNetworks/research:create done',
      'sharedDrives/data:create done',
    ]);
    expect(await settle(it, network, renamed(drive(), 'sets'))).toEqual([
      'sharedDrives/sets:update done',
    ]);
    const sets = (over: object) => ({ ...drive(over), name: 'sets', address: 'sharedDrives/sets' });
    expect(await open(it, network, sets({ size: 250 }) as Desired)).toEqual([
      'blocked sharedDrives/sets: size is fixed at creation',
    ]);
    expect(JSON.stringify(await it.plan([network]))).not.toContain(
      [...it.simulator.world.sharedDrives][0]?.password,
    );
  });
});

describe('container registries', () => {
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

  test('each field changes alone', async () => {
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
      expect(
        report.actions.map(({ id, changes }) => [id, changes.map(({ path }) => path)]),
      ).toEqual([['containerRegistries/ghcr:update', Object.keys(step)]]);
      expect(await settle(it, registry(over))).toEqual([]);
    }
    expect([...it.simulator.world.containerRegistries].map(({ password }) => password)).toEqual([
      'tok-2',
    ]);
  });

  test('a failed login is a note, and the write stays in force', async () => {
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

  test('a test that cannot run is a note too', async () => {
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

  test('no report shows a secret, and an unreadable one blocks its resource only', async () => {
    await using it = await bench({ env: secrets });
    const report = await it.pass([registry(), network]);
    expect(JSON.stringify(report)).toContain('(secret)');
    expect(JSON.stringify(report)).not.toContain('tok-1');
    const other = want('privateNetworks', 'other', { region: 'ca1' });
    const unread = await it.pass([registry({ password: env('NONE') }), network, other]);
    expect(openOf(unread)).toEqual(['blocked containerRegistries/ghcr: password: it is not set']);
    expect(outcomesOf(unread)).toEqual(['privateNetworks/other:create done']);
  });
});

describe('storage providers', () => {
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

  test('an update sends all fields, and keeps those that are not declared', async () => {
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

  test('each field changes alone', async () => {
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

  test('the live secret is neither shown nor read', async () => {
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

  test('a kept or unreadable secret blocks actions that need it', async () => {
    await using it = await bench({ env: secrets });
    const keep = { from: 'keep' };
    expect(await open(it, provider({ secretAccessKey: keep }))).toEqual([
      'blocked storageProviders/lake: s3Config.secretAccessKey is { keep: true }, so there is nothing to create it with',
    ]);
    await settle(it, provider());
    const kept = { storageProviderType: keep };
    expect(await settle(it, provider({ secretAccessKey: keep }, kept))).toEqual([]);
    expect(await open(it, provider({ secretAccessKey: keep, bucket: 'sea' }, kept))).toEqual([
      'blocked storageProviders/lake: an update sends everything, and s3Config.secretAccessKey is { keep: true }',
    ]);
    expect(await settle(it, provider({ bucket: 'sea' }, kept))).toEqual([
      'storageProviders/lake:update done',
    ]);
    expect(await open(it, provider({ secretAccessKey: env('NONE'), bucket: 'sea' }))).toEqual([
      'blocked storageProviders/lake: s3Config.secretAccessKey: it is not set',
    ]);
  });

  test('ignored fields are unchanged, although an update sends all', async () => {
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

  test('the type is fixed, and providers of the service are not listed', async () => {
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
    expect(await open(it, provider({}, { storageProviderType: text('gcs') }))).toEqual([
      'blocked storageProviders/lake: storageProviderType is fixed at creation',
    ]);
  });
});

describe('snapshots', () => {
  const shot = (of = 'a') => want('snapshots', 'base', { machine: declared('machines', of) });

  test('are created from a new machine, renamed, and deleted; all other fields are fixed', async () => {
    await using it = await bench();
    const [a, b] = [machine('a'), machine('b')];
    expect(await settle(it, a, b, shot())).toEqual([
      'machines/a:create done',
      'machines/b:create done',
      'snapshots/base:create done',
    ]);
    expect(await settle(it, a, b, renamed(shot(), 'first'))).toEqual([
      'snapshots/first:update done',
    ]);
    expect(
      await open(it, a, b, { ...renamed(shot('b'), 'first'), lifecycle: defaultLifecycle }),
    ).toEqual(['blocked snapshots/first: machine is fixed at creation']);
    const gone = await it.pass([a, b], [['snapshots', 'first']]);
    expect(outcomesOf(gone)).toEqual(['snapshots/first:delete done']);
    expect([...it.simulator.world.snapshots]).toEqual([]);
  });

  test('automatic ones are not listed, and a failed job is reported', async () => {
    await using it = await bench();
    await settle(it, machine('a'));
    const [a] = [...it.simulator.world.machines];
    it.simulator.world.snapshots.insert({
      id: 'ss-auto',
      name: 'base',
      machineId: a?.id ?? '',
      isAutoSnapshot: true,
      dtCreated: 0,
    });
    it.simulator.fault({
      path: '/snapshots',
      method: 'POST',
      kind: { eventError: 'disk full' },
    });
    const failed = await it.pass([machine('a'), shot()]);
    expect(failed.actions).toMatchObject([
      {
        id: 'snapshots/base:create',
        outcome: 'failed',
        error: 'the API accepted it, and it failed: disk full',
      },
    ]);
    expect((await it.plan([machine('a')])).summary.unmanaged).toBe(0);
  });
});

describe('team secrets', () => {
  const secret = (from: object, name = 'TOKEN') => want('teamSecrets', name, { value: from });
  const values = (it: Bench) =>
    [...it.simulator.world.secrets].map(({ name, value }) => [name, value]);

  test('are written when they change, and the team is read once', async () => {
    await using it = await bench({ env: { A: 'val-1', B: 'val-2' } });
    const reports = [await it.pass([secret(env('A'))])];
    expect(outcomesOf(reports[0] as never)).toEqual(['teamSecrets/TOKEN:create done']);
    expect(await settle(it, secret(env('A')))).toEqual([]);
    reports.push(await it.pass([secret(env('B'))]));
    expect(outcomesOf(reports[1] as never)).toEqual(['teamSecrets/TOKEN:update done']);
    expect(await settle(it, secret(env('B')))).toEqual([]);
    expect(values(it)).toEqual([['TOKEN', 'val-2']]);
    expect(JSON.stringify(reports)).not.toMatch(/val-/);
    const sessions = it.simulator.requests.filter(({ path }) => path.endsWith('/auth/session'));
    expect(sessions).toHaveLength(1);
    const gone = await it.pass([], [['teamSecrets', 'TOKEN']]);
    expect(outcomesOf(gone)).toEqual(['teamSecrets/TOKEN:delete done']);
    expect(values(it)).toEqual([]);
  });

  test('the name is the key: a secret is replaced, not renamed', async () => {
    await using it = await bench({ env: { A: 'val-1' } });
    await settle(it, secret(env('A')));
    const other = renamed(secret(env('A')), 'OTHER');
    await it.pass([other]);
    expect(await open(it, other)).toEqual(['blocked teamSecrets/OTHER: name is fixed at creation']);
    const lifecycle = { ...other.lifecycle, onImmutableChange: 'replace' as const };
    expect(await settle(it, { ...other, lifecycle })).toEqual([
      'teamSecrets/OTHER:delete done',
      'teamSecrets/OTHER:create done',
    ]);
    expect(values(it)).toEqual([['OTHER', 'val-1']]);
  });

  test('one that is too long blocks its resource only', async () => {
    await using it = await bench({ env: { A: 'a'.repeat(8192), LONG: 'l'.repeat(8193), B: 'b' } });
    const report = await it.pass([secret(env('LONG'), 'LONG'), secret(env('A'), 'A')]);
    expect(openOf(report)).toEqual([
      'blocked teamSecrets/LONG: value: it is longer than 8192 characters',
    ]);
    expect(outcomesOf(report)).toEqual([
      'teamSecrets/LONG:create blocked',
      'teamSecrets/A:create done',
    ]);
  });

  test('an unknown key makes the list incomplete, and is checked again', async () => {
    await using it = await bench({ env: { A: 'val-1' } });
    it.simulator.fault({ path: '/auth/session', kind: 'null-body' });
    const report = await it.plan([secret(env('A'))]);
    expect(report.complete).toBe(false);
    expect(openOf(report)[0]).toContain('/auth/session');
    expect(outcomesOf(await it.pass([secret(env('A'))]))).toEqual([
      'teamSecrets/TOKEN:create done',
    ]);
  });

  test.each([
    ['teamSecrets: { my-token: { value: { env: A } } }', '1:16 wrong-name: "my-token"'],
    [
      'teamSecrets: { "T{1..2}": { value: { env: A } }, "1T": { value: { env: A } } }',
      '1:50 wrong-name: "1T"',
    ],
    [`teamSecrets: { ${'T'.repeat(129)}: { value: { env: A } } }`, '1:16 wrong-name: '],
    ['absent: { teamSecrets: [a b] }', '1:25 wrong-name: "a b"'],
    ['teamMembers: { ada: { role: admin } }', '1:16 wrong-name: "ada"'],
  ])('%s', async (yaml, says) => {
    const problems = problemsIn(
      await loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });
});

describe('team members', () => {
  const member = (name: string, role: string) =>
    want('teamMembers', `${name}@example.com`, { role });

  test('are the same in upper case, and may be declared once', async () => {
    const load = async (yaml: string) =>
      loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog);
    const yaml = 'teamMembers:\n  Grace@Example.com: { role: admin }\n';
    const loaded = await load(yaml);
    await using it = await bench();
    const report = await it.pass(loaded.ok ? loaded.state.resources : []);
    expect([report.summary.inSync, report.actions]).toEqual([1, []]);
    expect(problemsIn(await load(`${yaml}  grace@example.com: { role: member }\n`))).toEqual([
      expect.stringContaining('teamMembers/grace@example.com is already declared at team.yaml:2:3'),
    ]);
  });

  test('a role changes, and changes back', async () => {
    await using it = await bench();
    expect(await settle(it, member('grace', 'admin'), member('linus', 'member'))).toEqual([]);
    expect(await settle(it, member('grace', 'admin'), member('linus', 'admin'))).toEqual([
      'teamMembers/linus@example.com:update done',
    ]);
    expect(await settle(it, member('grace', 'member'), member('linus', 'admin'))).toEqual([
      'teamMembers/grace@example.com:update done',
    ]);
    expect([...it.simulator.world.members].map(({ isAdmin }) => isAdmin)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('the owner is fixed, and invitations are blocked', async () => {
    await using it = await bench();
    expect(await open(it, member('ada', 'admin'), member('alan', 'member'))).toEqual([
      'blocked teamMembers/ada@example.com: the owner of the team cannot be changed',
      'blocked teamMembers/alan@example.com: the API cannot invite anyone: invite this user in the Paperspace console',
      'unmanaged teamMembers/grace@example.com',
      'unmanaged teamMembers/linus@example.com',
    ]);
    const absent = await it.pass([], [['teamMembers', 'ada@example.com']]);
    expect(openOf(absent)).toContain(
      'blocked teamMembers/ada@example.com: the owner of the team cannot be changed',
    );
    expect(it.writes()).toEqual([]);
  });

  test('a member that leaves the YAML is reported, and an absent one is removed', async () => {
    await using it = await bench();
    await settle(it, member('linus', 'member'));
    expect(await open(it)).toContain('orphaned teamMembers/linus@example.com');
    expect(outcomesOf(await it.pass([], [['teamMembers', 'linus@example.com']]))).toEqual([
      'teamMembers/linus@example.com:delete done',
    ]);
    expect([...it.simulator.world.members].map(({ email }) => email)).not.toContain(
      'linus@example.com',
    );
  });
});

describe('machines', () => {
  const user = (name: string) => live('users', `${name}@example.com`);
  const opened = (...names: string[]) => machine('a', { accessors: names.map(user) });
  const accessors = (it: Bench) =>
    [...it.simulator.world.accessors]
      .filter(({ dtDeleted }) => dtDeleted === null)
      .map((accessor) => accessor.user.email.split('@')[0]);

  test('accessors are created with the machine, and others are removed', async () => {
    await using it = await bench();
    expect(await settle(it, opened('grace', 'ada'))).toEqual(['machines/a:create done']);
    expect(it.writes()).toEqual(['POST /machines']);
    expect(accessors(it)).toEqual(['grace', 'ada']);
    expect(await settle(it, opened('grace', 'linus'))).toEqual([
      'machines/a:unassign(accessors/ada@example.com) done',
      'machines/a:assign(accessors/linus@example.com) done',
    ]);
    expect(new Set(accessors(it))).toEqual(new Set(['grace', 'linus']));
    expect(await settle(it, opened())).toHaveLength(2);
    expect(accessors(it)).toEqual([]);
  });

  test('accessors are found whatever the case of the live address', async () => {
    await using it = await bench();
    const { members } = it.simulator.world;
    for (const { id, email } of members) members.patch(id, { email: email.toUpperCase() });
    const linus = want('teamMembers', 'linus@example.com', { role: 'member' });
    expect(await settle(it, opened('grace'))).toEqual(['machines/a:create done']);
    const report = await it.pass([opened('grace'), linus]);
    expect([report.summary.inSync, report.actions]).toEqual([2, []]);
  });

  test('an accessor must be in the team, and others may be left alone', async () => {
    await using it = await bench();
    await settle(it, opened('grace'));
    expect(await open(it, opened('grace', 'alan'))).toEqual([
      'blocked machines/a: accessors: there is no live user "alan@example.com"',
    ]);
    const additive = { ...defaultLifecycle, additive: ['accessors'] };
    expect(await settle(it, { ...opened(), lifecycle: additive })).toEqual([]);
    expect(accessors(it)).toEqual(['grace']);
  });

  test('accessors are found among the declared team members, and none are removed if these cannot be listed', async () => {
    await using it = await bench({ retries: 0 });
    const linus = want('teamMembers', 'linus@example.com', { role: 'member' });
    await settle(it, linus, opened('grace', 'linus'));
    expect(accessors(it)).toEqual(['grace', 'linus']);
    const team = await teamId(it.api);
    it.simulator.fault({
      method: 'GET',
      path: `/teams/${team}/users`,
      times: 1,
      kind: { status: 500 },
    });
    const report = await it.pass([linus, opened('grace', 'alan')]);
    expect(report.complete).toBe(false);
    expect(report.actions).toEqual([]);
    expect(accessors(it)).toEqual(['grace', 'linus']);
    expect(await settle(it, linus, opened('grace'))).toEqual([
      'machines/a:unassign(accessors/linus@example.com) done',
    ]);
  });

  const restoring = (over: object = {}) =>
    machine('a', {
      restorePointEnabled: true,
      restorePointFrequency: 'shutdown',
      restorePointSnapshot: declared('snapshots', 'base'),
      ...over,
    });
  const base = (name = 'base') => want('snapshots', name, { machine: declared('machines', 'a') });

  test('a restore point is set in one call when machine and snapshot exist', async () => {
    await using it = await bench();
    expect(await settle(it, restoring(), base())).toEqual([
      'machines/a:create done',
      'snapshots/base:create done',
      'machines/a:update done',
    ]);
    expect(it.writes()).toEqual([
      'POST /machines',
      'POST /snapshots',
      expect.stringMatching(/^PUT /),
    ]);
    const [a] = [...it.simulator.world.machines];
    const [shot] = [...it.simulator.world.snapshots];
    expect(a).toMatchObject({ restorePointEnabled: true, restorePointSnapshotId: shot?.id });
  });

  test('a restore point is switched off and on with its snapshot, and changes its snapshot', async () => {
    await using it = await bench();
    await settle(it, restoring(), base());
    await settle(it, restoring(), base(), base('next'));
    expect(
      await settle(it, restoring({ restorePointEnabled: false }), base(), base('next')),
    ).toEqual(['machines/a:update done']);
    expect(await settle(it, restoring(), base(), base('next'))).toEqual(['machines/a:update done']);
    const bodies = it.simulator.requests.flatMap(({ method, body }) =>
      method === 'PUT' ? [body] : [],
    );
    const [first] = [...it.simulator.world.snapshots];
    expect(bodies.at(-1)).toEqual({ restorePointEnabled: true, restorePointSnapshotId: first?.id });
    const next = { restorePointSnapshot: declared('snapshots', 'next') };
    expect(await settle(it, restoring(next), base(), base('next'))).toEqual([
      'machines/a:update done',
    ]);
  });

  test('a restore point without a live snapshot blocks its own update only', async () => {
    await using it = await bench();
    const report = await it.pass([restoring({ restorePointSnapshot: live('snapshots', 'none') })]);
    expect(report.actions.map(({ id, outcome, error }) => [id, outcome, error])).toEqual([
      ['machines/a:create', 'done', null],
      ['machines/a:update', 'blocked', 'there is no live snapshot "none"'],
    ]);
  });
});

describe('public IPs', () => {
  const address = (name: string, over: object = {}, lifecycle = {}) =>
    want('publicIps', name, { region: 'ny2', ...over }, lifecycle);
  const of = (name: string) => ({ machine: declared('machines', name) });
  const world = (it: Bench) =>
    [...it.simulator.world.publicIps].map(({ id, machineId }) => [
      id,
      machineId === null ? null : it.simulator.world.machines.get(machineId)?.name,
    ]);
  const [a, b] = [machine('a'), machine('b')];
  const claims = (it: Bench) => it.writes().filter((line) => line === 'POST /public-ips').length;
  /** Claims an address outside Holdfast. */
  const claimed = async (it: Bench, machineId?: string, region = 'ny2') => {
    const ip = await it.api.post('/public-ips', { region }, fieldOf('ip', identity));
    if (machineId !== undefined) await it.api.put(`/public-ips/${ip}`, { machineId });
    return ip;
  };
  const idOf = (it: Bench, name: string) =>
    [...it.simulator.world.machines].find((row) => row.name === name)?.id ?? '';

  test('are claimed and assigned to a new machine, which becomes static by it', async () => {
    await using it = await bench();
    const fixed = machine('a', { publicIpType: 'static' });
    expect(await settle(it, address('gate', of('a')), fixed)).toEqual([
      'publicIps/gate:create done',
      'machines/a:create done',
      'publicIps/gate:assign(machine/a) done',
    ]);
    expect(world(it)).toEqual([[expect.any(String), 'a']]);
    expect([...it.simulator.world.machines][0]?.publicIpType).toBe('static');
  });

  test('an existing machine becomes static by its address, and claims no second one', async () => {
    await using it = await bench();
    await settle(it, a);
    const fixed = machine('a', { publicIpType: 'static' });
    expect(await settle(it, address('gate', of('a')), fixed)).toEqual([
      'publicIps/gate:create done',
      'publicIps/gate:assign(machine/a) done',
    ]);
    expect(world(it)).toEqual([[expect.any(String), 'a']]);
  });

  test.each([
    { as: 'declared', machine: declared('machines', 'a') },
    { as: 'live', machine: live('machines', 'a') },
  ])(
    'an address that a static machine has lost is assigned again, and no second one is claimed: named as $as',
    async ({ machine: named }) => {
      await using it = await bench();
      const fixed = machine('a', { publicIpType: 'static' });
      await settle(it, address('gate', of('a')), fixed);
      const before = world(it);
      await it.api.put(`/public-ips/${before[0]?.[0]}`, { machineId: null });
      expect(await settle(it, address('gate', { machine: named }), fixed)).toEqual([
        'publicIps/gate:assign(machine/a) done',
      ]);
      expect(world(it)).toEqual(before);
    },
  );

  test('an observed address makes no machine static', async () => {
    await using it = await bench();
    const watched = address('gate', of('a'), { manage: 'observe' });
    const report = await it.pass([watched, machine('a', { publicIpType: 'static' })]);
    expect(outcomesOf(report)).toEqual(['machines/a:create done']);
    expect(world(it)).toEqual([[expect.any(String), 'a']]);
  });

  test('an address moves between machines, and is unassigned', async () => {
    await using it = await bench();
    await settle(it, a, b, address('gate', of('a')));
    expect(await settle(it, a, b, address('gate', of('b')))).toEqual([
      'publicIps/gate:unassign(machine/a) done',
      'publicIps/gate:assign(machine/b) done',
    ]);
    expect(await settle(it, a, b, address('gate', { machine: null }))).toEqual([
      'publicIps/gate:unassign(machine/b) done',
    ]);
    expect(world(it)).toEqual([[expect.any(String), null]]);
    expect(await settle(it, a, b, address('gate'))).toEqual([]);
  });

  test('two machines exchange their addresses', async () => {
    await using it = await bench();
    await settle(it, a, b, address('x', of('a')), address('y', of('b')));
    const before = world(it);
    expect(await settle(it, a, b, address('x', of('b')), address('y', of('a')))).toEqual([
      'publicIps/x:unassign(machine/a) done',
      'publicIps/y:unassign(machine/b) done',
      'publicIps/x:assign(machine/b) done',
      'publicIps/y:assign(machine/a) done',
    ]);
    expect(world(it)).toEqual(before.map(([ip, name]) => [ip, name === 'a' ? 'b' : 'a']));
  });

  test('a machine changes its address: the old one is unassigned first', async () => {
    await using it = await bench();
    await settle(it, a, address('x', of('a')), address('y'));
    expect(await settle(it, a, address('x', { machine: null }), address('y', of('a')))).toEqual([
      'publicIps/x:unassign(machine/a) done',
      'publicIps/y:assign(machine/a) done',
    ]);
  });

  test('a machine whose other address is not released is left as it is', async () => {
    await using it = await bench();
    await settle(it, a, address('x', of('a')), address('y'));
    expect(await open(it, a, address('x'), address('y', of('a')))).toEqual([
      'blocked publicIps/y: machine: machines/a is held by publicIps/' +
        `${world(it)[0]?.[0]}, which does not let go of it`,
    ]);
  });

  test('are bound by ip, then by the machine, then to an unassigned one in the region; only then claimed', async () => {
    await using it = await bench();
    await settle(it, a);
    const elsewhere = await claimed(it, undefined, 'ca1');
    const [free, other, had] = [
      await claimed(it),
      await claimed(it),
      await claimed(it, idOf(it, 'a')),
    ];
    const before = claims(it);
    const team = [address('one'), address('two', of('a')), address('three', { ip: other })];
    expect(await settle(it, a, ...team)).toEqual([]);
    const { bindings } = await it.store.memory(it.clock.now());
    expect(['one', 'two', 'three'].map((name) => bindings.get(`publicIps/${name}`)?.id)).toEqual([
      free,
      had,
      other,
    ]);
    expect(claims(it)).toBe(before);
    expect(await settle(it, a, ...team, address('four'))).toEqual(['publicIps/four:create done']);
    expect(world(it)).toContainEqual([elsewhere, null]);
  });

  test('a missing ip is blocked, and an existing one precedes the binding', async () => {
    await using it = await bench();
    expect(await open(it, address('gate', { ip: '203.0.113.7' }))).toEqual([
      'blocked publicIps/gate: there is no public IP whose ip is 203.0.113.7, and the API chooses it',
    ]);
    await settle(it, address('gate'));
    const other = await claimed(it);
    const report = await it.pass([address('gate', { ip: other })]);
    expect(report.actions).toEqual([]);
    expect(openOf(report)).toEqual([`unmanaged publicIps/${world(it)[0]?.[0]}`]);
    expect(openOf(await it.pass([address('gate', { ip: other }, {})]))).toEqual(openOf(report));
    expect(await open(it, address('gate', { ip: '203.0.113.7' }))).toContain(
      'blocked publicIps/gate: ip is fixed at creation',
    );
  });

  test('are released when absent, and the region is fixed', async () => {
    await using it = await bench();
    await settle(it, a, address('gate', of('a')));
    expect(await open(it, a, address('gate', { region: 'ca1' }))).toEqual([
      'blocked publicIps/gate: region is fixed at creation',
    ]);
    const gone = await it.pass([a], [['publicIps', 'gate']]);
    expect(outcomesOf(gone)).toEqual(['publicIps/gate:delete done']);
    expect(world(it)).toEqual([]);
  });

  const yaml = (machines: string, ips: string) =>
    `machines:\n  a: { machineType: C5, template: { os: U }, diskSize: 50, ${machines} }\npublicIps: ${ips}\n`;

  test.each([
    ['region: ny2', '{ x: { region: ny2, machine: null }, y: { region: ny2, machine: a } }', []],
    ['region: ny2, publicIpType: static', '{ x: { region: ny2, machine: a } }', []],
    ['region: ny2, publicIpType: dynamic', '{ x: { region: ny2, machine: a } }', ['conflict']],
    ['region: ca1', '{ x: { region: ny2, machine: a } }', ['other-region']],
    [
      'region: ny2',
      '{ x: { region: ny2, machine: a }, y: { region: ny2, machine: a } }',
      ['assigned-twice'],
    ],
    ['region: ny2', '{ x: { region: ny2, ip: 300.1.1.1 } }', ['wrong-value']],
  ])('%s and %s', async (machines, ips, rules) => {
    const files = { 'team.yaml': yaml(machines, ips) };
    const loaded = await loadDesired(await directoryOf(files), catalog);
    expect(loaded.ok ? [] : loaded.problems.map(({ rule }) => rule)).toEqual(rules);
  });
});
