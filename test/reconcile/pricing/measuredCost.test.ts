import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Desired } from '../../../src/model/resource.ts';
import type { Report } from '../../../src/model/pass/report.ts';
import { bench } from '../../support/passes.ts';
import { live, want } from '../../support/team.ts';

/** A machine as it is declared; undefined: it is in `absent`. */
type Wish = { readonly type: string; readonly disk: number; readonly state: string } | undefined;

const wish: fc.Arbitrary<Wish> = fc.option(
  fc.record({
    type: fc.constantFrom('C5', 'C7', 'C8'),
    disk: fc.constantFrom(50, 100, 250, 500),
    state: fc.constantFrom('running', 'off'),
  }),
  { nil: undefined },
);

const names = ['a', 'b', 'c'];

const declared = (wishes: readonly Wish[]): readonly Desired[] =>
  wishes.flatMap((one, index) =>
    one
      ? [
          want(
            'machines',
            names[index] ?? '',
            {
              machineType: one.type,
              template: live('osTemplates', 'Ubuntu 22.04'),
              region: 'ny2',
              diskSize: one.disk,
              state: one.state,
            },
            { allowStop: true },
          ),
        ]
      : [],
  );

/** A disk cannot shrink, so no wish has a smaller one than the wish before. */
const growing = (before: Wish, next: Wish): Wish =>
  before && next ? { ...next, disk: Math.max(before.disk, next.disk) } : next;

const total = ({ cost: { hourly } }: Report): number => hourly.managed + hourly.unmanaged;

/** One machine of each type and of each disk, so that the fleet shows every price. */
const fleet = ['C5', 'C7', 'C8', 'C8'].map((machineType, index) =>
  want('machines', `fleet-${index}`, {
    machineType,
    template: live('osTemplates', 'Ubuntu 22.04'),
    region: 'ny2',
    diskSize: [50, 100, 250, 500][index],
    state: 'running',
  }),
);

test('the cost that a plan and its outcome say is the cost that the next pass measures', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(wish, wish, wish), { minLength: 2, maxLength: 4 }),
      async (steps) => {
        await using it = await bench();
        await it.pass(fleet);
        let before: readonly Wish[] = [];
        for (const step of steps) {
          const wishes = step.map((one, index) => growing(before[index], one));
          before = wishes;
          const desired = [...fleet, ...declared(wishes)];
          const absent = names.flatMap((name, index) =>
            wishes[index] ? [] : [['machines', name] as const],
          );
          const planned = await it.plan(desired, absent);
          const done = await it.pass(desired, absent);
          const measured = await it.plan(desired, absent);
          expect(measured.cost.known).toEqual({ hourly: true, change: true });
          expect(total(planned) + planned.cost.hourly.change).toBeCloseTo(total(measured), 4);
          expect(total(done) + done.cost.hourly.change).toBeCloseTo(total(measured), 4);
          const own = measured.resources.reduce((sum, { cost }) => sum + (cost?.hourly ?? 0), 0);
          expect(own).toBeCloseTo(total(measured), 3);
        }
      },
    ),
    { numRuns: 15 },
  );
});

test('what failed has no cost in the report of its pass', async () => {
  await using it = await bench();
  await it.pass(fleet);
  it.simulator.fault({ method: 'POST', path: '**/machines', kind: { status: 400 } });
  const desired = [...fleet, ...declared([{ type: 'C5', disk: 50, state: 'running' }])];
  expect((await it.plan(desired)).cost.hourly.change).toBeGreaterThan(0);
  const failed = await it.pass(desired);
  expect(failed.cost.hourly.change).toBe(0);
  expect(failed.resources.find(({ name }) => name === 'a')?.cost).toEqual({
    hourly: 0,
    change: 0.077,
  });
});

test('a type that no longer runs anywhere still has its price', async () => {
  await using it = await bench();
  const [first, ...rest] = fleet;
  await it.pass(fleet);
  await it.pass(rest, [['machines', 'fleet-0']]);
  const { cost } = await it.plan([...rest, ...(first ? [first] : [])]);
  expect(cost.unpriced).toEqual([]);
  expect(cost.hourly.change).toBe(0.077);
});
