import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepare } from '../../../src/reconcile/preparePass.ts';
import { reportOn } from '../../../src/reconcile/reportPass.ts';
import type { Desired, DesiredState } from '../../../src/model/resource.ts';
import { addressMask } from '../../../src/reconcile/teamSnapshot/addresses.ts';
import type { TeamSnapshot } from '../../../src/reconcile/teamSnapshot/document.ts';
import { readSnapshot } from '../../../src/reconcile/teamSnapshot/read.ts';
import { snapshotWorkspace } from '../../../src/reconcile/teamSnapshot/replay.ts';
import { takeSnapshot } from '../../../src/reconcile/teamSnapshot/take.ts';
import { bench, policy } from '../../support/passes.ts';
import { catalog, declared, live, text, want } from '../../support/team.ts';

const stateOf = (resources: readonly Desired[]): DesiredState => ({
  resources,
  absent: [],
  revision: 'r',
});

/** A snapshot of this text; throws if it is refused. */
function accepted(value: unknown): TeamSnapshot {
  const read = readSnapshot(JSON.stringify(value));
  if (!read.ok) throw new Error(read.problem);
  return read.snapshot;
}

async function planFrom(snapshot: TeamSnapshot, resources: readonly Desired[], bound = policy) {
  const workspace = snapshotWorkspace(snapshot, catalog, 10);
  return reportOn(workspace, bound, await prepare(workspace, stateOf(resources), bound, 'cli'));
}

const canaries = {
  teamSecret: 'canary-team-secret',
  projectSecret: 'canary-project-secret',
  password: 'canary-password',
  script: 'canary-script',
  storage: 'canary-storage',
  variable: 'canary-variable',
  header: 'canary-header',
};

const secret = (name: keyof typeof canaries) => ({ from: 'env', name }) as const;

const sensitiveTeam: readonly Desired[] = [
  want('teamSecrets', 'TOKEN', { value: secret('teamSecret') }),
  want('projects', 'web', { secrets: { TOKEN: secret('projectSecret') } }),
  want('containerRegistries', 'ghcr', {
    kind: 'ghcr',
    namespace: 'n',
    url: 'https://198.51.100.7:5000',
    username: 'u',
    password: secret('password'),
  }),
  want('startupScripts', 'init', {
    script: text(`#!/bin/sh\n# ${canaries.script} 198.51.100.9\n`),
  }),
  want('storageProviders', 'lake', {
    storageProviderType: text('s3'),
    s3Config: { bucket: 'b', accessKey: 'k', secretAccessKey: secret('storage') },
  }),
  want('deployments', 'api', {
    project: declared('projects', 'web'),
    config: {
      apiVersion: 'v1',
      image: 'example/api:1',
      resources: { machineType: 'C5', ports: [80], replicas: 1 },
      env: [
        { name: 'LEVEL', value: canaries.variable },
        { name: 'TOKEN', value: 'secret:TOKEN' },
      ],
      healthChecks: {
        liveness: { path: '/', port: 80, headers: [{ name: 'x', value: canaries.header }] },
      },
    },
  }),
  want('publicIps', 'gateway', { region: 'ny2' }),
];

/** A team with these resources and an undeclared address, its snapshot, and the address. */
async function taken() {
  const harness = await bench({ env: canaries });
  await harness.pass(sensitiveTeam);
  const state = stateOf(sensitiveTeam);
  const snapshot = await takeSnapshot(harness.workspace, state, policy);
  const { items } = (await harness.api.get('/public-ips')) as { items: { ip: string }[] };
  return {
    harness,
    snapshot,
    address: items[0]?.ip ?? '',
    [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
  };
}

describe('a snapshot', () => {
  test('holds no secret, no script, and no undeclared address', async () => {
    await using team = await taken();
    const written = JSON.stringify(team.snapshot);
    expect(Object.values(canaries).filter((canary) => written.includes(canary))).toEqual([]);
    expect(team.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(written).not.toContain(team.address);
    expect(written).not.toContain('198.51.100.9');
    expect(written).toContain('198.51.100.7');
    expect(written).toContain('secret:TOKEN');
    expect(written).toContain('(address 1)');
  });

  test('plans as in sync, whatever it hides', async () => {
    await using team = await taken();
    const report = await planFrom(accepted(team.snapshot), sensitiveTeam);
    expect([report.actions, report.summary.inSync]).toEqual([[], sensitiveTeam.length]);
  });

  test('keeps an address that the config declares', async () => {
    await using team = await taken();
    const resources = [
      ...sensitiveTeam.filter(({ kind }) => kind !== 'publicIps'),
      want('publicIps', 'gateway', { region: 'ny2', ip: team.address }),
    ];
    const snapshot = await takeSnapshot(team.harness.workspace, stateOf(resources), policy);
    expect(JSON.stringify(snapshot)).toContain(team.address);
    const report = await planFrom(accepted(snapshot), resources);
    expect([report.complete, report.actions]).toEqual([true, []]);
  });

  test('does not call an address missing that it may hide', async () => {
    await using team = await taken();
    const unbound = { ...team.snapshot, bindings: [] };
    const resources = [want('publicIps', 'other', { region: 'ny2', ip: team.address })];
    const report = await planFrom(accepted(unbound), resources);
    expect([report.complete, report.actions, report.summary.missing]).toEqual([false, [], 0]);
    expect(report.incomplete).toEqual([
      {
        kind: 'publicIps',
        error: `the snapshot hides each ip that was not declared when it was made, and ${team.address} may be one of them; make another snapshot with this config`,
      },
    ]);
  });

  test('plans as of its own time: a created resource that no list showed yet is not created again', async () => {
    await using team = await taken();
    const { takenAt } = team.snapshot;
    const snapshot = accepted({
      ...team.snapshot,
      bindings: [
        {
          kind: 'machines',
          name: 'm',
          id: 'ps1',
          boundAt: takenAt,
          created: true,
          protected: false,
        },
      ],
    });
    const machine = want('machines', 'm', { machineType: 'C5', region: 'ny2', diskSize: 50 });
    const report = await planFrom(snapshot, [machine]);
    expect([report.actions, report.summary.pending]).toEqual([[], 1]);
  });
});

test('the accessors of all machines are compared, not only of those that one pass reads', async () => {
  await using harness = await bench();
  const machine = (index: number, accessors: readonly string[]) =>
    want('machines', `m${index}`, {
      machineType: 'C5',
      region: 'ny2',
      diskSize: 50,
      template: live('osTemplates', 'Ubuntu 22.04'),
      accessors: accessors.map((name) => live('users', name)),
    });
  const machines = (accessors: readonly string[]) =>
    Array.from({ length: 25 }, (_, index) => machine(index, accessors));
  await harness.pass(machines([]));
  const snapshot = await takeSnapshot(harness.workspace, stateOf([]), policy);
  const report = await planFrom(accepted(snapshot), machines(['grace@example.com']));
  expect(report.summary.actions.assign).toBe(25);
});

describe('a list that fails', () => {
  test('is incomplete in the snapshot, and in the plan', async () => {
    await using harness = await bench({ retries: 0 });
    await harness.pass([want('privateNetworks', 'n', { region: 'ny2' })]);
    harness.simulator.fault({ path: '/machines', times: Infinity, kind: { status: 500 } });
    const snapshot = await takeSnapshot(harness.workspace, stateOf([]), policy);
    expect(
      snapshot.lists.flatMap(({ kind, error }) => (error === undefined ? [] : [kind])),
    ).toEqual(['machines']);
    const machine = want('machines', 'm', { machineType: 'C5', region: 'ny2', diskSize: 50 });
    const report = await planFrom(accepted(snapshot), [machine]);
    expect([report.complete, report.actions]).toEqual([false, []]);
  });
});

describe('addresses', () => {
  test.each([
    ['10.0.0.1', '(address 1)', 'alone'],
    ['at 10.0.0.1.', 'at (address 1).', 'at the end of a sentence'],
    ['10.0.0.1:80, 10.0.0.1', '(address 1):80, (address 1)', 'twice, with one number'],
    ['10.0.0.1 and 10.0.0.12', '(address 1) and (address 2)', 'one that begins like another'],
    ['2001:db8::1', '(address 1)', 'IPv6'],
    ['[2001:db8::1]:443', '[(address 1)]:443', 'IPv6 with a port'],
    ['::ffff:10.0.0.1', '(address 1)', 'IPv4 in IPv6'],
    ['https://192.0.2.1/x', 'https://192.0.2.1/x', 'declared'],
    ['192.0.2.12', '(address 1)', 'not declared, but begins with a declared one'],
    ['10:20:30', '10:20:30', 'a time'],
    ['999.0.0.1', '999.0.0.1', 'not an address'],
    ['Ubuntu 22.04', 'Ubuntu 22.04', 'a version'],
  ])('%s becomes %s: %s', (before, after) => {
    const mask = addressMask(stateOf([want('machines', 'm', { url: 'http://192.0.2.1/' })]));
    expect(mask.apply(before)).toBe(after);
    expect(mask.isIn(before)).toBe(before !== after);
  });
});

const minimal = {
  schema: 'holdfast/snapshot/v1',
  takenAt: '2026-11-21T10:00:00Z',
  revision: 'r',
  lists: [{ kind: 'projects', items: [{ id: 'p1', name: 'web', spec: { a: null }, ready: true }] }],
  bindings: [],
};

const withItem = (item: object) => ({
  ...minimal,
  lists: [{ kind: 'projects', items: [{ ...minimal.lists[0]?.items[0], ...item }] }],
});

describe('a file that is no snapshot is refused', () => {
  test.each([
    ['{"schema":\n"x"', 'is not JSON at line 2, column 4'],
    ['{"schema": x', 'is not JSON'],
    ['', 'is not JSON'],
    ['[]', 'is not a snapshot; make one with: holdfast snapshot --out FILE'],
    [
      '{"schema":"holdfast/report/v1"}',
      'is not a snapshot; make one with: holdfast snapshot --out FILE',
    ],
    [
      '{"schema":"holdfast/snapshot/v2"}',
      'has the format holdfast/snapshot/v2, and this version of Holdfast reads holdfast/snapshot/v1; make another one with: holdfast snapshot --out FILE',
    ],
    [
      JSON.stringify({ ...minimal, more: 1 }),
      'is not a valid snapshot: it must NOT have additional properties: more',
    ],
    [
      JSON.stringify(withItem({ id: 7 })),
      'is not a valid snapshot: /lists/0/items/0/id must be string',
    ],
    [
      JSON.stringify(withItem({ hidden: [['b']] })),
      'is not a valid snapshot: projects: p1: the hidden value b is not null',
    ],
    [
      JSON.stringify({ ...minimal, lists: [...minimal.lists, ...minimal.lists] }),
      'is not a valid snapshot: the list projects is there twice',
    ],
    [
      `{"schema":"holdfast/snapshot/v1","lists":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'is nested too deeply for a snapshot',
    ],
  ])('%s', (content, problem) => {
    expect(readSnapshot(content)).toEqual({ ok: false, problem });
  });

  test('the example of these rows is one', () => {
    expect(readSnapshot(JSON.stringify(minimal)).ok).toBe(true);
  });
});

test('a hostile snapshot is refused or planned against, and throws nothing', async () => {
  await using team = await taken();
  const original = JSON.stringify(team.snapshot);
  const resources = [
    ...sensitiveTeam,
    want('machines', 'm', { machineType: 'C5', region: 'ny2', diskSize: 50, state: 'off' }),
    want('startupScripts', 'more', { script: text('x'), assignedMachines: [] }),
  ];
  const junk = fc.oneof(
    fc.constantFrom(null, {}, [], [[{}]], '', -1, true, { __proto__: null, a: 1 }, 'constructor'),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const values = original.match(/[:[,]/g)?.length ?? 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(values), junk, async (at, value) => {
      let index = 0;
      const changed = JSON.stringify(
        JSON.parse(original, (_, inner: unknown) => (index++ === at ? value : inner)),
      );
      const read = readSnapshot(changed);
      if (read.ok) await planFrom(read.snapshot, resources);
    }),
    { numRuns: 200 },
  );
});

test('a plan against a snapshot knows no costs, so it checks no budget and says so', async () => {
  await using it = await bench();
  const team = accepted(await takeSnapshot(it.workspace, stateOf([]), policy));
  const budget = {
    name: 'b',
    match: { kinds: null, labels: {} },
    monthly: 1,
    warn: 80,
    hold: true,
  };
  const report = await planFrom(team, [], { ...policy, budgets: [budget] });
  expect(report.budgets).toBeNull();
  expect('budgets' in (await planFrom(team, []))).toBe(false);
});
