import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Absent, Desired } from '../../src/model/resource.ts';
import { parseSelector } from '../../src/model/selection/selector.ts';
import { enforce } from '../../src/reconcile/enforcePass.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import { selectedReport } from '../../src/reconcile/report/selectedReport.ts';
import { reportOn } from '../../src/reconcile/reportPass.ts';
import { bench, openOf, outcomesOf, policy, type Bench } from '../support/passes.ts';
import { machine, machinesNamed, network, script } from '../support/machines.ts';
import { declared } from '../support/team.ts';

const { signal } = new AbortController();

/** Runs one pass on a selection, and records it as `apply` does. */
async function passOn(
  { workspace, store }: Bench,
  resources: readonly Desired[],
  only: readonly string[],
  absent: readonly Absent[] = [],
) {
  const selectors = only.flatMap((text) => parseSelector(text) ?? []);
  const restricted = { ...policy, only: selectors };
  const state = { resources, absent, revision: 'r' };
  const prepared = await prepare(workspace, state, restricted, 'cli');
  const options = { wait: true, stop: signal, stopWaiting: signal };
  const planned = reportOn(workspace, restricted, prepared);
  const whole = await enforce(workspace, restricted, prepared, options);
  await store.recordPass(whole, 100);
  return {
    prepared,
    planned: selectedReport(planned, prepared.selection),
    whole,
    report: selectedReport(whole, prepared.selection),
  };
}

const absentNamed = (kind: string, name: string): Absent => ({
  address: `${kind}/${name}`,
  kind,
  name,
  source: { file: 'team.yaml', line: 1, column: 1 },
});

test('the report is about the selection, and what is remembered about the whole team', async () => {
  await using harness = await bench();
  const team = [
    network('a'),
    network('b'),
    machine('m', { network: declared('privateNetworks', 'a') }),
  ];
  const { report, whole } = await passOn(harness, team, ['machines/m']);
  expect(outcomesOf(report)).toEqual(['privateNetworks/a:create done', 'machines/m:create done']);
  expect(
    report.resources.map(({ kind, name, status, included }) => [kind, name, status, included]),
  ).toEqual([
    ['privateNetworks', 'a', 'inSync', 'machines/m refers to it'],
    ['machines', 'm', 'inSync', undefined],
  ]);
  expect(report.only).toEqual(['machines/m']);
  expect(report.summary).toMatchObject({ inSync: 2, missing: 0, actions: { create: 2 } });
  expect(whole.summary).toMatchObject({ inSync: 2, missing: 1, actions: { create: 2 } });
  expect(openOf(whole)).toEqual(['missing privateNetworks/b']);
  const conditions = await harness.store.lastConditions();
  expect(conditions.map(({ address, status }) => [address, status])).toEqual([
    ['machines/m', 'inSync'],
    ['privateNetworks/a', 'inSync'],
    ['privateNetworks/b', 'missing'],
  ]);
});

test('a pass on a selection forgets nothing of the others: neither since when they fail, nor how often', async () => {
  await using harness = await bench({ retries: 0 });
  const team = [network('a'), network('b')];
  harness.simulator.fault({
    method: 'POST',
    path: '/private-networks',
    kind: { status: 429 },
    times: 2,
  });
  await harness.pass(team);
  const before = await harness.store.memory(harness.clock.now());
  expect([...before.failures.keys()].toSorted()).toEqual([
    'privateNetworks/a:create',
    'privateNetworks/b:create',
  ]);
  harness.clock.advance(60_000);
  await passOn(harness, team, ['privateNetworks/a']);
  const after = await harness.store.memory(harness.clock.now());
  expect([...after.failures]).toEqual(
    [...before.failures].filter(([id]) => id === 'privateNetworks/b:create'),
  );
});

test('a selected deletion is carried out, and its condition forgotten', async () => {
  await using harness = await bench();
  await harness.pass([network('a'), network('b')]);
  const absent = [absentNamed('privateNetworks', 'a'), absentNamed('privateNetworks', 'b')];
  const { report } = await passOn(harness, [], ['privateNetworks/a'], absent);
  expect(outcomesOf(report)).toEqual(['privateNetworks/a:delete done']);
  expect(report.resources).toEqual([]);
  expect([...harness.simulator.world.privateNetworks].map(({ name }) => name)).toEqual(['b']);
  expect((await harness.store.lastConditions()).map(({ address }) => address)).toEqual([
    'privateNetworks/b',
  ]);
  const again = await passOn(harness, [], ['privateNetworks/a'], absent);
  expect([again.report.actions, again.prepared.selection?.unmatched]).toEqual([[], []]);
});

test('the digest of a plan covers the selection', async () => {
  await using harness = await bench();
  const team = [network('a'), network('b')];
  const planOf = async (only: readonly string[]) => {
    const selectors = only.flatMap((text) => parseSelector(text) ?? []);
    const state = { resources: team, absent: [], revision: 'r' };
    return prepare(harness.workspace, state, { ...policy, only: selectors }, 'cli');
  };
  const digests = await Promise.all(
    [['*/*'], ['privateNetworks/a'], ['privateNetworks/b']].map(
      async (only) => (await planOf(only)).digest,
    ),
  );
  expect(new Set(digests).size).toBe(3);
  expect((await harness.plan(team)).digest).toBe(digests[0]);
});

/** A team as numbers: the fields of each machine, and its network and script, by index; -1: none. */
const machineSpec = fc.record({
  exists: fc.boolean(),
  disk: fc.constantFrom(50, 100),
  network: fc.integer({ min: -1, max: 1 }),
  script: fc.integer({ min: -1, max: 2 }),
});
const teamSpec = fc.record({
  machines: fc.array(machineSpec, { minLength: 4, maxLength: 4 }),
  scripts: fc.array(fc.constantFrom('true', 'false', 'none'), { minLength: 3, maxLength: 3 }),
});
type TeamSpec = typeof teamSpec extends fc.Arbitrary<infer Value> ? Value : never;

const owners = ['ml', 'ops'] as const;
const networks = ['n0', 'n1'] as const;

/** The resources of a team, every second one owned by `ml`. */
function resourcesOf({ machines, scripts }: TeamSpec): readonly Desired[] {
  const all = [
    ...networks.map((name) => network(name)),
    ...machines.flatMap(({ exists, disk, network: of }, i) =>
      exists
        ? [
            machine(
              `m${i}`,
              {
                diskSize: disk,
                ...(of < 0 ? {} : { network: declared('privateNetworks', `n${of}`) }),
              },
              { allowStop: true },
            ),
          ]
        : [],
    ),
    ...scripts.flatMap((isRunOnce, s) => {
      const members = machines.flatMap((one, i) =>
        one.exists && one.script === s ? [`m${i}`] : [],
      );
      return isRunOnce === 'none'
        ? []
        : [
            script(`s${s}`, {
              isRunOnce: isRunOnce === 'true',
              assignedMachines: machinesNamed(...members),
            }),
          ];
    }),
  ];
  return all.map((resource, i) => ({ ...resource, labels: { owner: owners[i % 2] ?? 'ml' } }));
}

/** The names that a spec of a team refers to, as the specs above do it. */
const namesIn = ({ spec }: Desired): readonly string[] =>
  [spec['network'], spec['assignedMachines']]
    .flat()
    .flatMap((reference) =>
      typeof reference === 'object' && reference !== null && 'name' in reference
        ? [String(reference.name)]
        : [],
    );

/**
 * The names that a selection may write: the selected ones, what they refer to, and the scripts that must release or
 * take a machine of theirs.
 */
function allowedNames(
  selected: ReadonlySet<string>,
  before: readonly Desired[],
  after: readonly Desired[],
): ReadonlySet<string> {
  const allowed = new Set(selected);
  for (const name of allowed) {
    const own = after.find((resource) => resource.name === name);
    for (const referred of own ? namesIn(own) : []) allowed.add(referred);
    const members = own?.kind === 'startupScripts' ? namesIn(own) : [];
    for (const holder of before)
      if (holder.kind === 'startupScripts' && namesIn(holder).some((one) => members.includes(one)))
        allowed.add(holder.name);
    const isNew = own?.kind === 'machines' && !before.some((resource) => resource.name === name);
    for (const taker of isNew ? after : [])
      if (taker.kind === 'startupScripts' && namesIn(taker).includes(name)) allowed.add(taker.name);
  }
  return allowed;
}

/** The names of live resources by id. */
const liveNames = ({ simulator: { world } }: Bench): ReadonlyMap<string, string> =>
  new Map(
    [world.privateNetworks, world.machines, world.startupScripts].flatMap((table) =>
      [...table].map(({ id, name }) => [id, name] as const),
    ),
  );

/** The names that the requests since the n-th one write: by the id in the path, or for a create by the body. */
const writtenNames = (
  harness: Bench,
  from: number,
  before: ReadonlyMap<string, string>,
): readonly string[] => {
  const names = new Map([...before, ...liveNames(harness)]);
  return harness.simulator.requests
    .slice(from)
    .filter(({ method }) => method !== 'GET')
    .map(({ path, body }) => {
      const [, , id] = path.split('/');
      const name = id === undefined ? (body as { name?: string } | undefined)?.name : names.get(id);
      return name ?? `unknown: ${path}`;
    });
};

test('a pass writes to nothing that is neither selected nor needed', async () => {
  let written = 0;
  let spared = 0;
  await fc.assert(
    fc.asyncProperty(
      teamSpec,
      teamSpec,
      fc.subarray(
        [
          'machines/m0',
          'machines/m1',
          'machines/m*',
          'owner=ml',
          'startupScripts/s0',
          'startupScripts/s1',
          '*/s2',
          'privateNetworks/n1',
        ],
        { minLength: 1, maxLength: 2 },
      ),
      async (first, second, only) => {
        await using harness = await bench();
        const before = resourcesOf(first);
        const after = resourcesOf(second);
        await harness.pass(before);
        const gone = before.filter(({ name }) => !after.some((resource) => resource.name === name));
        const absent = gone.map(({ kind, name }) => absentNamed(kind, name));
        const names = liveNames(harness);
        const from = harness.simulator.requests.length;
        const { prepared, report } = await passOn(harness, after, only, absent);
        const isSelected = ({ kind, name, labels }: Desired): boolean =>
          only.some((text) =>
            text.includes('=')
              ? labels?.['owner'] === text.split('=')[1]
              : new RegExp(`^${text.replaceAll('*', '.*')}$`).test(`${kind}/${name}`),
          );
        const selected = [
          ...after.filter(isSelected),
          ...gone.map((resource) => ({ ...resource, labels: {} })).filter(isSelected),
        ].map(({ name }) => name);
        const allowed = allowedNames(new Set(selected), before, after);
        const wrote = writtenNames(harness, from, names);
        expect(wrote.filter((name) => !allowed.has(name))).toEqual([]);
        const deleted = report.actions.filter(
          ({ verb, attempts }) => verb === 'delete' && attempts > 0,
        );
        expect(deleted.filter(({ name }) => !selected.includes(name))).toEqual([]);
        written += wrote.length;
        spared += prepared.selection?.leftOut.size ?? 0;
      },
    ),
    { numRuns: 40 },
  );
  expect(written).toBeGreaterThan(40);
  expect(spared).toBeGreaterThan(40);
});
