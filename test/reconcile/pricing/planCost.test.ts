import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../src/model/kind/kind.ts';
import type { Action, Assessment, Plan } from '../../../src/model/pass/plan.ts';
import type { Address, Desired } from '../../../src/model/resource.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import type { Memory } from '../../../src/model/memory.ts';
import type { Snapshot } from '../../../src/model/pass/snapshot.ts';
import { createTimetables } from '../../../src/model/time/timetable.ts';
import { planCost } from '../../../src/reconcile/pricing/planCost.ts';
import { priceBook } from '../../../src/reconcile/pricing/priceBook.ts';
import { teamCost } from '../../../src/reconcile/pricing/teamCost.ts';
import { catalog, have, now, planFor, want, type Live } from '../../support/team.ts';

const machine = (name: string, machineType: string, state: string, facts = {}): Live =>
  have('machines', name, { machineType, diskSize: 50, state }, { attributes: facts });
const running = machine('r', 'C5', 'running', { usageRate: 0.5, storageRate: 0.01 });
const off = machine('o', 'C5', 'off', { usageRate: 0.5, storageRate: 0.02 });
const action = (
  verb: 'create' | 'update' | 'start' | 'stop' | 'delete',
  name: string,
  over = {},
): Action =>
  ({
    id: `machines/${name}:${verb}`,
    verb,
    kind: 'machines',
    name,
    changes: [],
    requires: [],
    ...(verb === 'create' ? { carries: [] } : { resourceId: `id-${name}` }),
    ...over,
  }) as Action;
const assessed = (name: string, status: Assessment['status'], kind = 'machines'): Assessment => ({
  kind,
  name,
  id: `id-${name}`,
  status,
  changes: [],
  unverifiable: [],
  reason: undefined,
  source: undefined,
});

interface Team {
  readonly kinds?: Catalog['kinds'];
  readonly snapshot: Snapshot;
  readonly desired?: ReadonlyMap<Address, Desired>;
  readonly prices?: Readonly<Record<string, number>>;
  readonly remembered?: Memory['prices'];
}

function costOf(
  plan: Plan,
  { kinds = catalog.kinds, snapshot, desired = new Map(), ...over }: Team,
) {
  const { assessments } = plan;
  const prices = { prices: {}, remembered: new Map(), ...over };
  const team = teamCost({ kinds, snapshot, desired, assessments, ...prices });
  const instant = { now, timetables: createTimetables(), wakes: new Map() };
  return planCost(plan, { kinds, snapshot, desired, team, ...instant });
}

interface Row {
  readonly because: string;
  readonly have?: readonly Live[];
  readonly want?: readonly Desired[];
  readonly assessed?: readonly Assessment[];
  readonly actions?: readonly Action[];
  readonly prices?: Readonly<Record<string, number>>;
  /** The rates that live resources have shown before. */
  readonly remembered?: Readonly<Record<string, number>>;
  /** USD/h: managed, unmanaged, and the change by the plan. */
  readonly hourly: readonly [managed: number, unmanaged: number, change: number];
  readonly unpriced?: readonly string[];
}

test.each<Row>([
  { because: 'a team without machines costs 0 USD/h', hourly: [0, 0, 0] },
  {
    because: 'a running machine costs usage and storage, one that is off only storage',
    have: [running, off],
    assessed: [assessed('r', 'inSync'), assessed('o', 'drifted')],
    hourly: [0.53, 0, 0],
  },
  {
    because: 'undeclared machines are summed separately',
    have: [running, off],
    assessed: [assessed('r', 'unmanaged'), assessed('o', 'orphaned')],
    hourly: [0, 0.53, 0],
  },
  {
    because: 'an id is unique only within its kind',
    have: [running],
    assessed: [assessed('r', 'inSync', 'sharedDrives')],
    hourly: [0, 0.51, 0],
  },
  {
    because: 'a rate that is missing or not a number is unknown, not zero',
    have: [machine('r', 'C5', 'running', { usageRate: 'free' }), machine('s', 'C5', 'running')],
    hourly: [0, 0, 0],
    unpriced: ['C5'],
  },
  {
    because: 'sums are rounded to four decimals',
    have: [machine('r', 'C5', 'running', { usageRate: 0.12345, storageRate: 0.1 })],
    hourly: [0, 0.2235, 0],
  },
  {
    because: 'a create costs the rate of its type in the fleet, case-insensitively',
    have: [running],
    want: [want('machines', 'n', { machineType: 'c5', diskSize: 50 })],
    actions: [action('create', 'n')],
    prices: { C5: 9 },
    hourly: [0, 0.51, 0.51],
  },
  {
    because: 'the settings give the price of a type that no live machine shows',
    want: [want('machines', 'n', { machineType: 'H100' })],
    actions: [action('create', 'n')],
    prices: { h100: 6 },
    hourly: [0, 0, 6],
  },
  {
    because: 'types without a price are listed once and in order',
    want: ['P', 'B', 'P'].map((machineType, i) => want('machines', `n${i}`, { machineType })),
    actions: ['n0', 'n1', 'n2'].map((name) => action('create', name)),
    hourly: [0, 0, 0],
    unpriced: ['B', 'P'],
  },
  {
    because: 'a machine created off adds its storage; a kind without prices adds nothing',
    have: [running],
    want: [
      want('machines', 'n', { machineType: 'C5', diskSize: 100, state: 'off' }),
      want('privateNetworks', 'p', { machineType: 'C5' }),
    ],
    actions: [action('create', 'n'), action('create', 'p', { kind: 'privateNetworks' })],
    hourly: [0, 0.51, 0.02],
  },
  {
    because: 'a blocked action does not count',
    have: [running],
    actions: [action('delete', 'r', { blockedReason: 'no' })],
    hourly: [0, 0.51, 0],
  },
  {
    because: 'a start adds the usage',
    have: [off],
    actions: [action('start', 'o')],
    hourly: [0, 0.02, 0.5],
  },
  {
    because: 'a stop saves the usage',
    have: [running],
    actions: [action('stop', 'r')],
    hourly: [0, 0.51, -0.5],
  },
  {
    because: 'a machine that is created off by startOnCreate adds its storage',
    have: [running],
    want: [want('machines', 'n', { machineType: 'C5', diskSize: 50, startOnCreate: false })],
    actions: [action('create', 'n')],
    hourly: [0, 0.51, 0.01],
  },
  {
    because: 'a larger type costs the difference if the machine runs afterwards',
    have: [running, machine('b', 'C7', 'running', { usageRate: 1.5, storageRate: 0.01 })],
    want: [want('machines', 'r', { machineType: 'C7', diskSize: 50 })],
    actions: [
      action('stop', 'r', { restart: true }),
      action('update', 'r', { fields: ['machineType'] }),
      action('start', 'r'),
    ],
    hourly: [0, 2.02, 1],
  },
  {
    because: 'a type that no live machine shows has no known price, and adds nothing',
    have: [running],
    want: [want('machines', 'r', { machineType: 'H100', diskSize: 50 })],
    actions: [action('update', 'r', { fields: ['machineType'] })],
    hourly: [0, 0.51, 0],
    unpriced: ['H100'],
  },
  {
    because: 'a type that changes while the machine is off costs nothing until it runs',
    have: [off],
    want: [want('machines', 'o', { machineType: 'H100', diskSize: 50 })],
    actions: [action('update', 'o', { fields: ['machineType'] })],
    hourly: [0, 0.02, 0],
  },
  {
    because: 'a disk size that no live machine shows costs by the gigabyte',
    have: [off],
    want: [want('machines', 'o', { machineType: 'C5', diskSize: 250 })],
    actions: [action('update', 'o', { fields: ['diskSize'] })],
    hourly: [0, 0.02, 0.08],
  },
  {
    because: 'a change of other fields costs nothing',
    have: [running],
    want: [want('machines', 'r', { machineType: 'C7', diskSize: 50 })],
    actions: [action('update', 'r', { fields: ['name'] })],
    hourly: [0, 0.51, 0],
  },
  {
    because: 'a price of the settings includes the disk while no live machine shows a storage rate',
    want: [want('machines', 'n', { machineType: 'H100', diskSize: 2000 })],
    actions: [action('create', 'n')],
    prices: { H100: 6 },
    hourly: [0, 0, 6],
  },
  {
    because: 'a machine that is replaced costs the difference',
    have: [running],
    want: [want('machines', 'r', { machineType: 'C5', diskSize: 100 })],
    actions: [action('delete', 'r'), action('create', 'r')],
    hourly: [0, 0.51, 0.01],
  },
  {
    because: 'a deletion saves the whole present cost',
    have: [running, off],
    actions: [action('delete', 'r'), action('delete', 'o')],
    hourly: [0, 0.53, -0.53],
  },
  {
    because: 'a type that ran before still has its price, and a disk of any size too',
    want: [want('machines', 'n', { machineType: 'C5', diskSize: 100 })],
    actions: [action('create', 'n')],
    remembered: { 'machines usage c5': 0.5, 'machines storage 50': 0.01 },
    hourly: [0, 0, 0.52],
  },
  {
    because: 'the settings have precedence over a price of the past, and live resources over both',
    have: [running],
    want: [
      want('machines', 'n', { machineType: 'C7', diskSize: 50 }),
      want('machines', 'm', { machineType: 'C5', diskSize: 50 }),
    ],
    actions: [action('create', 'n'), action('create', 'm')],
    prices: { C7: 2 },
    remembered: { 'machines usage c7': 1, 'machines usage c5': 9, 'machines storage 50': 9 },
    hourly: [0, 0.51, 2.52],
  },
  {
    because: 'addresses and drives are counted if the settings have their price, drives by the GB',
    have: [
      have('publicIps', '203.0.113.7', { region: 'ny2' }),
      have('sharedDrives', 'd', { size: 500 }),
    ],
    actions: [action('delete', 'd', { kind: 'sharedDrives' })],
    prices: { publicIps: 0.01, sharedDrives: 0.0002 },
    hourly: [0, 0.11, -0.1],
  },
  {
    because: 'addresses and drives without a price in the settings are not counted',
    have: [have('publicIps', '203.0.113.7', { region: 'ny2' })],
    hourly: [0, 0, 0],
  },
])('$because', ({ hourly, unpriced = [], prices = {}, ...world }) => {
  const remembered = new Map(Object.entries(world.remembered ?? {}));
  const desired = new Map((world.want ?? []).map((resource) => [resource.address, resource]));
  const listed = (kind: string) =>
    [
      kind,
      completeListing(
        { name: kind },
        (world.have ?? []).filter((live) => live.kind === kind),
      ),
    ] as const;
  const plan = {
    ...planFor({}),
    assessments: world.assessed ?? [],
    actions: world.actions ?? [],
  };
  const snapshot = new Map(['machines', 'publicIps', 'sharedDrives'].map(listed));
  const { cost } = costOf(plan, { desired, prices, remembered, snapshot });
  expect([cost.hourly.managed, cost.hourly.unmanaged, cost.hourly.change]).toEqual(hourly);
  expect(cost.unpriced).toEqual(unpriced);
});

describe('which actions raise the cost', () => {
  const raising = (world: Omit<Row, 'because' | 'hourly'>): string[] => {
    const desired = new Map((world.want ?? []).map((resource) => [resource.address, resource]));
    const machines = completeListing({ name: 'machines' }, world.have ?? []);
    const plan = { ...planFor({}), actions: world.actions ?? [] };
    const snapshot = new Map([['machines', machines]]);
    const { raising: found } = costOf(plan, { desired, prices: world.prices ?? {}, snapshot });
    return [...found].map((pair) => pair.join(' '));
  };
  const big = machine('b', 'C7', 'off', { usageRate: 1.5, storageRate: 0.01 });
  const resized = (type: string) => ({
    have: [running, big],
    want: [want('machines', 'r', { machineType: type, diskSize: 50 })],
    actions: [
      action('stop', 'r', { restart: true }),
      action('update', 'r', { fields: ['machineType'] }),
      action('start', 'r'),
    ],
  });

  test.each([
    {
      because: 'a larger type raises it, the stop before it does not',
      world: resized('C7'),
      raises: ['machines/r:update known', 'machines/r:start known'],
    },
    {
      because: 'a type without a known price may raise it',
      world: resized('H100'),
      raises: ['machines/r:update unknown', 'machines/r:start unknown'],
    },
    {
      because: 'a cheaper type does not raise it, nor does the start after it',
      world: {
        ...resized('C5'),
        have: [
          {
            ...big,
            ...have(
              'machines',
              'r',
              { ...big.spec, state: 'running' },
              { attributes: big.attributes ?? {} },
            ),
          },
          off,
        ],
      },
      raises: [],
    },
    {
      because: 'an owed start restores an earlier state',
      world: { have: [off], actions: [action('start', 'o', { owed: true })] },
      raises: [],
    },
    {
      because: 'a kind without prices does not raise it',
      world: {
        want: [want('privateNetworks', 'p', { region: 'ny2' })],
        actions: [action('create', 'p', { kind: 'privateNetworks' })],
      },
      raises: [],
    },
  ])('$because', ({ world, raises }) => {
    expect(raising(world)).toEqual(raises);
  });
});

test('a second kind with power and prices is counted like machines', () => {
  const machines = catalog.kinds.get('machines');
  if (!machines) throw new Error('there are machines');
  const pools = { ...machines, name: 'gpuPools', singular: 'GPU pool' };
  const kinds = new Map([...catalog.kinds, ['gpuPools', pools]]);
  const pool = have(
    'gpuPools',
    'p',
    { machineType: 'C5', diskSize: 50, state: 'off' },
    { attributes: { usageRate: 2, storageRate: 0.5 } },
  );
  const plan = {
    ...planFor({}),
    actions: [action('start', 'p', { kind: 'gpuPools', id: 'gpuPools/p:start' })],
  };
  const { cost, raising } = costOf(plan, {
    kinds,
    snapshot: new Map([['gpuPools', completeListing({ name: 'gpuPools' }, [pool])]]),
  });
  expect(cost.hourly).toEqual({ managed: 0, unmanaged: 0.5, change: 2 });
  expect([...raising]).toEqual([['gpuPools/p:start', 'known']]);
});

test('which kinds have a cost that is counted depends on the settings', () => {
  const book = priceBook(catalog.kinds, new Map(), {
    prices: { publicIps: 0.01 },
    remembered: new Map(),
  });
  const kinds = ['machines', 'publicIps', 'sharedDrives', 'startupScripts', 'nonsense'];
  expect(kinds.filter((kind) => book.counts(kind))).toEqual(['machines', 'publicIps']);
});
