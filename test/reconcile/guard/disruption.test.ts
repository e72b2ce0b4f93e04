import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, Plan } from '../../../src/model/pass/plan.ts';
import type { Address, Desired } from '../../../src/model/resource.ts';
import type { Memory } from '../../../src/model/memory.ts';
import { oneAfterAnother } from '../../../src/reconcile/guard/disruption.ts';
import { bench } from '../../support/passes.ts';
import { catalog, live, planFor, want } from '../../support/team.ts';

const step = (verb: 'stop' | 'update' | 'start', name: string, over: object = {}): Action =>
  ({
    id: `machines/${name}:${verb}`,
    verb,
    kind: 'machines',
    name,
    resourceId: name,
    changes: [],
    requires: verb === 'stop' ? [] : [`machines/${name}:${verb === 'update' ? 'stop' : 'update'}`],
    ...over,
  }) as Action;

/** The steps of a change for which a machine is stopped. */
const change = (name: string): readonly Action[] => [
  step('stop', name, { restart: true }),
  step('update', name, { fields: ['machineType'] }),
  step('start', name),
];

const owing = (...names: readonly string[]): Memory['obligations'] =>
  new Map(
    names.map((name): [Address, { id: string; at: string; fields: object }] => [
      `machines/${name}`,
      { id: name, at: '', fields: { state: { owed: 'running' } } },
    ]),
  ) as Memory['obligations'];

const roll = (
  actions: readonly Action[],
  limit: number | undefined,
  obligations: Memory['obligations'] = new Map(),
) => {
  const plan: Plan = { ...planFor({}), actions };
  const rolled = oneAfterAnother(plan, {
    kinds: catalog.kinds,
    disruption: limit === undefined ? {} : { machines: limit },
    obligations,
  });
  return {
    order: rolled.plan.actions.map(({ id }) => id.replace('machines/', '')),
    requires: rolled.plan.actions.flatMap(({ verb, name, requires }) =>
      verb === 'stop' ? [`${name} after ${requires.join(' ') || 'nothing'}`] : [],
    ),
    blocked: rolled.plan.actions.flatMap((action) => rolled.blocked(action) ?? []),
  };
};

describe('stops for a change', () => {
  const three = [...change('a'), ...change('b'), ...change('c')];

  test('are not limited without a limit', () => {
    expect(roll(three, undefined).requires).toEqual([
      'a after nothing',
      'b after nothing',
      'c after nothing',
    ]);
  });

  test('follow each other one by one, and the plan is in an order in which it can run', () => {
    const { requires, order } = roll(three, 1);
    expect(requires).toEqual([
      'a after nothing',
      'b after machines/a:start',
      'c after machines/b:start',
    ]);
    expect(order).toEqual(
      ['a', 'b', 'c'].flatMap((name) => [`${name}:stop`, `${name}:update`, `${name}:start`]),
    );
  });

  test('two at a time', () => {
    expect(roll(three, 2).requires).toEqual([
      'a after nothing',
      'b after nothing',
      'c after machines/a:start',
    ]);
  });

  test('come after the starts that an earlier pass owes', () => {
    const owed = step('start', 'x', { requires: [], owed: true });
    expect(roll([...change('a'), owed], 1, owing('x')).requires).toEqual([
      'a after machines/x:start',
    ]);
  });

  test('wait for another pass while a machine is stopped that cannot be started in this one', () => {
    expect(roll(change('a'), 1, owing('x')).blocked).toEqual([
      'waits until machines/x is ready again (limits.disruption: machines: 1)',
    ]);
    expect(roll(three, 2, owing('x')).requires).toEqual([
      'a after nothing',
      'b after machines/a:start',
      'c after machines/b:start',
    ]);
  });

  test('that are blocked take no place, nor do stops that somebody declares', () => {
    const blocked = change('a').map((action) => ({ ...action, blockedReason: 'no' }));
    const declared = step('stop', 'z');
    expect(roll([declared, ...blocked, ...change('b')], 1).requires).toEqual([
      'z after nothing',
      'a after nothing',
      'b after nothing',
    ]);
  });

  test('may be thousands', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => change(`m${index}`)).flat();
    expect(roll(many, 1).order.at(-1)).toBe('m19999:start');
  });
});

const machine = (name: string, machineType: string): Desired =>
  want(
    'machines',
    name,
    {
      machineType,
      template: live('osTemplates', 'Ubuntu 22.04'),
      region: 'ny2',
      diskSize: 50,
      state: 'running',
    },
    { allowStop: true },
  );

const team = (machineType: string, count = 6): readonly Desired[] =>
  Array.from({ length: count }, (_, index) => machine(`m${index}`, machineType));

/** The largest number of machines that were not ready at the same time, by the answers of the API. */
async function mostDown(limit: number, count: number): Promise<number> {
  const limits = {
    updates: { percent: 100 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
    disruption: { machines: limit },
  };
  await using it = await bench({ policy: { limits }, simulator: { jobTime: 2000 } });
  await it.pass(team('C5', count));
  let most = 0;
  it.simulator.onExchange(() => {
    const down = [...it.simulator.world.machines].filter(({ state }) => state !== 'ready').length;
    most = Math.max(most, down);
  });
  const report = await it.pass(team('C7', count));
  expect(report.actions.every(({ outcome }) => outcome === 'done')).toBe(true);
  return most;
}

test('no more machines than the limit are ever down', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), async (limit) => {
      expect(await mostDown(limit, 6)).toBe(limit);
    }),
    { numRuns: 4 },
  );
});

test('a machine that does not start again holds up the others, until it does', async () => {
  const limits = {
    updates: { percent: 100 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
    disruption: { machines: 1 },
  };
  await using it = await bench({ policy: { limits }, simulator: { jobTime: 0 } });
  await it.pass(team('C5', 3));
  it.simulator.fault({ method: 'PATCH', path: '**/start', times: Infinity, kind: { status: 400 } });
  const held = await it.pass(team('C7', 3));
  expect(held.actions.filter(({ verb }) => verb === 'stop').map(({ outcome }) => outcome)).toEqual([
    'done',
    'skipped',
    'skipped',
  ]);
  const down = () =>
    [...it.simulator.world.machines].filter(({ state }) => state !== 'ready').length;
  await it.pass(team('C7', 3));
  expect(down()).toBe(1);
  it.simulator.clearFaults();
  for (let passes = 0; passes < 3; passes += 1) await it.pass(team('C7', 3));
  expect(down()).toBe(0);
  expect([...it.simulator.world.machines].map(({ machineType }) => machineType)).toEqual([
    'C7',
    'C7',
    'C7',
  ]);
});
