import { expect, test } from 'vitest';
import type { Action, Assessment } from '../../src/model/plan.ts';
import type { Desired } from '../../src/model/resource.ts';
import { completeListing } from '../../src/reconcile/observe.ts';
import { costOf } from '../../src/reconcile/cost.ts';
import { catalog, have, now, planFor, want, type Live } from '../support/team.ts';

const machine = (name: string, machineType: string, state: string, facts = {}): Live =>
  have('machines', name, { machineType, state }, { facts });
const running = machine('r', 'C5', 'running', { usageRate: 0.5, storageRate: 0.01 });
const off = machine('o', 'C5', 'off', { usageRate: 0.5, storageRate: 0.02 });
const action = (verb: 'create' | 'start' | 'stop' | 'delete', name: string, over = {}): Action =>
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

interface Row {
  readonly because: string;
  readonly have?: readonly Live[];
  readonly want?: readonly Desired[];
  readonly assessed?: readonly Assessment[];
  readonly actions?: readonly Action[];
  readonly prices?: Readonly<Record<string, number>>;
  /** USD an hour: managed, unmanaged and what the plan adds. */
  readonly hourly: readonly [managed: number, unmanaged: number, change: number];
  readonly unpriced?: readonly string[];
}

test.each<Row>([
  { because: 'nothing costs nothing', hourly: [0, 0, 0] },
  {
    because: 'what runs costs its use and its storage, what is off its storage',
    have: [running, off],
    assessed: [assessed('r', 'inSync'), assessed('o', 'drifted')],
    hourly: [0.53, 0, 0],
  },
  {
    because: 'what nobody declares is told apart',
    have: [running, off],
    assessed: [assessed('r', 'unmanaged'), assessed('o', 'orphaned')],
    hourly: [0, 0.53, 0],
  },
  {
    because: 'an id counts within its kind',
    have: [running],
    assessed: [assessed('r', 'inSync', 'sharedDrives')],
    hourly: [0, 0.51, 0],
  },
  {
    because: 'a rate that is no number, or not there, counts as nothing',
    have: [machine('r', 'C5', 'running', { usageRate: 'free' }), machine('s', 'C5', 'running')],
    hourly: [0, 0, 0],
  },
  {
    because: 'four decimals are kept',
    have: [machine('r', 'C5', 'running', { usageRate: 0.12345, storageRate: 0.1 })],
    hourly: [0, 0.2235, 0],
  },
  {
    because: 'what is created costs what its type costs in the fleet, whatever its case',
    have: [running],
    want: [want('machines', 'n', { machineType: 'c5' })],
    actions: [action('create', 'n')],
    prices: { C5: 9 },
    hourly: [0, 0.51, 0.5],
  },
  {
    because: 'a price stands in for a type that the fleet does not show',
    want: [want('machines', 'n', { machineType: 'H100' })],
    actions: [action('create', 'n')],
    prices: { h100: 6 },
    hourly: [0, 0, 6],
  },
  {
    because: 'types without a price are told, each once and in order',
    want: ['P', 'B', 'P'].map((machineType, i) => want('machines', `n${i}`, { machineType })),
    actions: ['n0', 'n1', 'n2'].map((name) => action('create', name)),
    hourly: [0, 0, 0],
    unpriced: ['B', 'P'],
  },
  {
    because: 'what is created off, or is no machine, adds nothing',
    have: [running],
    want: [
      want('machines', 'n', { machineType: 'C5', state: 'off' }),
      want('privateNetworks', 'p', { machineType: 'C5' }),
    ],
    actions: [action('create', 'n'), action('create', 'p', { kind: 'privateNetworks' })],
    hourly: [0, 0.51, 0],
  },
  {
    because: 'what is held does not happen',
    have: [running],
    actions: [action('delete', 'r', { held: 'no' })],
    hourly: [0, 0.51, 0],
  },
  {
    because: 'a start adds the use',
    have: [off],
    actions: [action('start', 'o')],
    hourly: [0, 0.02, 0.5],
  },
  {
    because: 'a stop saves the use',
    have: [running],
    actions: [action('stop', 'r')],
    hourly: [0, 0.51, -0.5],
  },
  {
    because: 'a deletion saves all that it costs now',
    have: [running, off],
    actions: [action('delete', 'r'), action('delete', 'o')],
    hourly: [0, 0.53, -0.53],
  },
])('$because', ({ hourly, unpriced = [], prices = {}, ...world }) => {
  const desired = new Map((world.want ?? []).map((one) => [one.address, one]));
  const machines = completeListing({ name: 'machines' }, world.have ?? []);
  const plan = {
    ...planFor({}),
    assessments: world.assessed ?? [],
    actions: world.actions ?? [],
  };
  const snapshot = new Map([['machines', machines]]);
  const cost = costOf({ catalog, desired, plan, prices, snapshot, now: () => now });
  expect([cost.hourly.managed, cost.hourly.unmanaged, cost.hourly.change]).toEqual(hourly);
  expect(cost.unpriced).toEqual(unpriced);
});
