import { expect } from 'vitest';
import { defaultLifecycle, type Desired } from '../../src/model/resource.ts';
import { openOf, outcomesOf, type Bench } from './passes.ts';

/** Runs one pass and asserts that a second one has nothing to do. Returns the outcomes of the first. */
export async function settle(it: Bench, ...team: readonly Desired[]): Promise<string[]> {
  const report = await it.pass(team);
  const secondReport = await it.pass(team);
  const left = openOf(secondReport).filter((line) => !line.startsWith('unmanaged'));
  expect({ open: left, actions: outcomesOf(secondReport) }).toEqual({ open: [], actions: [] });
  expect(it.contract.problems).toEqual([]);
  return outcomesOf(report);
}

/** Runs one pass and asserts that it writes nothing. Returns the resources that are not in sync. */
export async function openFindings(it: Bench, ...team: readonly Desired[]): Promise<string[]> {
  const before = it.writes();
  const report = await it.pass(team);
  expect(it.writes()).toEqual(before);
  return openOf(report);
}

/** Returns the resource under a new name, with its old name as `lifecycle.formerName`. */
export const renamed = (desired: Desired, name: string): Desired => ({
  ...desired,
  name,
  address: `${desired.kind}/${name}`,
  lifecycle: { ...defaultLifecycle, formerName: desired.name },
});
