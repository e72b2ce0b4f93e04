import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Budget } from '../../../src/model/money/budget.ts';
import type { RateGroup } from '../../../src/model/money/ledger.ts';
import type { Report } from '../../../src/model/pass/report.ts';
import { addressOf, type Desired, type DesiredState } from '../../../src/model/resource.ts';
import type { Store } from '../../../src/model/store.ts';
import { enforce } from '../../../src/reconcile/enforcePass.ts';
import { prepare } from '../../../src/reconcile/preparePass.ts';
import { reportOn } from '../../../src/reconcile/reportPass.ts';
import type { Policy } from '../../../src/reconcile/workspace.ts';
import { bench, outcomesOf, policy, type Bench } from '../../support/passes.ts';
import { reportWith } from '../../support/reports.ts';
import { live, want } from '../../support/team.ts';

const machine = (name: string, over: object = {}, labels = { owner: 'ml' }): Desired => ({
  ...want(
    'machines',
    name,
    {
      machineType: 'C5',
      template: live('osTemplates', 'Ubuntu 22.04'),
      region: 'ny2',
      diskSize: 50,
      ...over,
    },
    { allowStop: true },
  ),
  labels,
});

const budget = (over: Partial<Budget> = {}): Budget => ({
  name: 'ml',
  match: { kinds: null, labels: { owner: 'ml' } },
  monthly: 100,
  warn: 80,
  hold: true,
  ...over,
});

const start = new Date('2026-11-21T10:00:00Z');

const prices = { C5: 0.5, C7: 1, C8: 2 };

/** Records that a group has cost this much in the hour before the start. */
async function spend(store: Store, usd: number, over: Partial<RateGroup> = {}): Promise<void> {
  const ml = { kind: 'machines', type: 'C5', labels: { owner: 'ml' }, hourly: usd, unknown: 0 };
  for (const finishedAt of ['2026-11-21T09:00:00.000Z', '2026-11-21T10:00:00.000Z'])
    await store.recordPass(reportWith({ pass: finishedAt, finishedAt }), 10, {
      rates: [{ ...ml, ...over }],
    });
}

const blockedBy = ({ actions }: Report): readonly string[] =>
  actions.flatMap(({ id, outcome, error }) => (outcome === 'blocked' ? [`${id}: ${error}`] : []));

const over =
  'budget ml: 100 of 100 USD this month (100 %); approve the plan, or apply with --force';

interface Row {
  readonly because: string;
  readonly spent: number;
  readonly recorded?: Partial<RateGroup>;
  readonly policy?: Partial<Policy>;
  readonly desired?: readonly Desired[];
  readonly blocked: readonly string[];
}

test.each<Row>([
  {
    because: 'a create of a budget that is spent is blocked, with the figures',
    spent: 100,
    blocked: [`machines/a:create: ${over}`],
  },
  { because: 'a cent is left', spent: 99.99, blocked: [] },
  {
    because: 'a budget without hold only reports',
    spent: 100,
    policy: { budgets: [budget({ hold: false })] },
    blocked: [],
  },
  {
    because: 'other resources are not those of the budget',
    spent: 100,
    desired: [machine('a', {}, { owner: 'web' })],
    blocked: [],
  },
  {
    because: 'a kind whose cost is not counted raises none',
    spent: 100,
    desired: [{ ...want('privateNetworks', 'n', { region: 'ny2' }), labels: { owner: 'ml' } }],
    blocked: [],
  },
  {
    because: 'unknown hours may have spent it',
    spent: 5,
    recorded: { unknown: 1 },
    blocked: [
      'machines/a:create: budget ml: at least 5 of 100 USD this month (5 %), and the cost of some resources is not known, so it may be exceeded; approve the plan, or apply with --force',
    ],
  },
  {
    because: 'an action of unknown price may cost anything',
    spent: 5,
    desired: [machine('a', { machineType: 'H100x8' })],
    blocked: [
      'machines/a:create: no price is known for H100x8 (settings.prices), so budget ml may be exceeded; approve the plan, or apply with --force',
    ],
  },
  {
    because: 'the operator forces it',
    spent: 100,
    policy: { force: true },
    blocked: [],
  },
  {
    because: 'the budget of the team holds resources without labels too',
    spent: 100,
    policy: { budgets: [budget({ name: 'team', match: { kinds: null, labels: {} } })] },
    desired: [want('machines', 'a', machine('a').spec)],
    blocked: [`machines/a:create: ${over.replace('ml', 'team')}`],
  },
])('$because', async ({ spent, recorded = {}, policy: given = {}, desired, blocked }) => {
  await using it = await bench({ start, policy: { prices, budgets: [budget()], ...given } });
  await spend(it.store, spent, recorded);
  expect(blockedBy(await it.plan(desired ?? [machine('a')]))).toEqual(blocked);
});

test('an approval of the plan lifts a budget once', async () => {
  await using it = await bench({ start, policy: { prices, budgets: [budget()] } });
  await spend(it.store, 100);
  const { digest } = await it.pass([machine('a')]);
  await it.store.approve(digest, it.clock.now().toISOString());
  expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create done']);
  const next = await it.pass([machine('a'), machine('b')]);
  expect(outcomesOf(next)).toEqual(['machines/b:create blocked']);
});

test('a budget begins anew with the month', async () => {
  await using it = await bench({ start, policy: { prices, budgets: [budget()] } });
  await spend(it.store, 100);
  expect(blockedBy(await it.pass([machine('a')]))).toHaveLength(1);
  it.clock.advance(Date.parse('2026-12-01T00:00:00Z') - it.clock.now().getTime());
  expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create done']);
});

/** Plans and runs passes of a team whose budget is spent. */
const held = (it: Bench, budgets: Policy['budgets'] = [budget()]) => {
  const bound: Policy = { ...policy, prices, budgets };
  const prepared = (resources: readonly Desired[], absent: DesiredState['absent'] = []) =>
    prepare(it.workspace, { resources, absent, revision: 'r' }, bound, 'cli');
  const { signal } = new AbortController();
  return {
    plan: async (...state: Parameters<typeof prepared>) =>
      reportOn(it.workspace, bound, await prepared(...state)),
    pass: async (...state: Parameters<typeof prepared>) =>
      enforce(it.workspace, bound, await prepared(...state), {
        wait: true,
        stop: signal,
        stopWaiting: signal,
      }),
  };
};

test('what saves money runs, and what was stopped for it is started again', async () => {
  await using it = await bench({ start, policy: { prices } });
  await it.pass([machine('a'), machine('b'), machine('c', { machineType: 'C7' })]);
  await spend(it.store, 100);
  const report = await held(it).pass([
    machine('a', { machineType: 'C7' }),
    machine('b', { state: 'off' }),
    machine('c', { machineType: 'C5' }),
  ]);
  expect(outcomesOf(report).toSorted()).toEqual([
    'machines/a:start blocked',
    'machines/a:stop blocked',
    'machines/a:update blocked',
    'machines/b:stop done',
    'machines/c:start done',
    'machines/c:stop done',
    'machines/c:update done',
  ]);
});

/** A machine as it is declared; undefined: it is in `absent`. */
type Wish =
  | { readonly machineType: string; readonly state: string; readonly diskSize: number }
  | undefined;

const wish: fc.Arbitrary<Wish> = fc.option(
  fc.record({
    machineType: fc.constantFrom('C5', 'C7', 'C8'),
    state: fc.constantFrom('running', 'off'),
    diskSize: fc.constantFrom(50, 100),
  }),
  { nil: undefined },
);

const names = ['ml-1', 'ml-2', 'web-1', 'web-2'];
const ownerOf = (name: string): string => name.replace(/-.*/, '');

/** The desired state of these wishes. A disk cannot shrink. */
function stateOf(wishes: readonly Wish[], before: readonly Wish[] = []) {
  const source = { file: 'team.yaml', line: 1, column: 1 };
  return [
    names.flatMap((name, i) => {
      const one = wishes[i];
      const diskSize = Math.max(one?.diskSize ?? 0, before[i]?.diskSize ?? 0);
      return one ? [machine(name, { ...one, diskSize }, { owner: ownerOf(name) })] : [];
    }),
    names.flatMap((name, i) =>
      wishes[i] ? [] : [{ address: addressOf('machines', name), kind: 'machines', name, source }],
    ),
  ] as const;
}

const rateOfMl = ({ resources }: Report): number =>
  resources.reduce(
    (sum, { name, cost }) => sum + (ownerOf(name) === 'ml' ? (cost?.hourly ?? 0) : 0),
    0,
  );

test('a spent budget sends no create or start of its resources, and changes nothing else', async () => {
  const wishes = fc.tuple(wish, wish, wish, wish);
  await fc.assert(
    fc.asyncProperty(wishes, wishes, async (first, next) => {
      await using it = await bench({ start, policy: { prices } });
      await held(it, []).pass(...stateOf(first));
      await spend(it.store, 100);
      const state = stateOf(next, first);
      const free = await held(it, []).plan(...state);
      const bound = await held(it).plan(...state);
      const raises = new Set(
        free.resources.flatMap(({ name, cost }) =>
          ownerOf(name) === 'ml' && (cost?.change ?? 0) > 0 ? [name] : [],
        ),
      );
      const others = ({ actions }: Report) => actions.filter(({ name }) => !raises.has(name));
      expect(others(bound)).toEqual(others(free));
      const sent = bound.actions.filter(
        ({ name, verb, outcome }) =>
          raises.has(name) && (verb === 'create' || verb === 'start') && outcome !== 'blocked',
      );
      expect(sent).toEqual([]);
      const before = rateOfMl(bound);
      await held(it).pass(...state);
      expect(rateOfMl(await held(it, []).plan(...state))).toBeLessThanOrEqual(before);
    }),
    { numRuns: 25 },
  );
});
