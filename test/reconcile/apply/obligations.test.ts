import { describe, expect, test } from 'vitest';
import type { Desired, Spec } from '../../../src/model/resource.ts';
import { enforce } from '../../../src/reconcile/enforcePass.ts';
import { prepare } from '../../../src/reconcile/preparePass.ts';
import { bench, openOf, outcomesOf, policy, type Bench } from '../../support/passes.ts';
import { live, want } from '../../support/team.ts';

const machine = (spec: Spec = {}, lifecycle: Desired['lifecycle'] | object = {}): Desired =>
  want(
    'machines',
    'm',
    {
      machineType: 'C5',
      template: live('osTemplates', 'Ubuntu 22.04'),
      region: 'ny2',
      diskSize: 50,
      ...spec,
    },
    { allowStop: true, ...lifecycle },
  );

const only = (it: Bench) => {
  const [row] = [...it.simulator.world.machines].filter(({ dtDeleted }) => dtDeleted === null);
  if (!row) throw new Error('there is no machine');
  return row;
};

/** Runs a pass until the first action with this verb has ended; then Holdfast is stopped. */
async function stoppedAfter(it: Bench, verb: string, desired: readonly Desired[]) {
  const stop = new AbortController();
  const state = { resources: desired, absent: [], revision: 'r' };
  const prepared = await prepare(it.workspace, state, policy, 'cli');
  return enforce(it.workspace, policy, prepared, {
    wait: true,
    stop: stop.signal,
    stopWaiting: stop.signal,
    onOutcome: (action) => {
      if (action.verb === verb) stop.abort();
    },
  });
}

const owedIn = async (it: Bench) => [...(await it.store.memory(it.clock.now())).obligations.keys()];

describe('a machine that is stopped for a change', () => {
  test('is started again in the same pass after a change that the API refuses', async () => {
    await using it = await bench({ retries: 0 });
    await it.pass([machine({ state: 'running' })]);
    it.simulator.fault({ method: 'PUT', path: '/machines', kind: { status: 400 } });
    const report = await it.pass([machine({ state: 'running', machineType: 'C7' })]);
    expect(outcomesOf(report)).toEqual([
      'machines/m:stop done',
      'machines/m:update failed',
      'machines/m:start done',
    ]);
    expect(only(it)).toMatchObject({ state: 'ready', machineType: 'C5' });
    expect(await owedIn(it)).toEqual([]);
  });

  test('is not stopped again for a permanently refused change', async () => {
    await using it = await bench({ retries: 0 });
    await it.pass([machine()]);
    it.simulator.fault({ method: 'PUT', path: '/machines', kind: { status: 400 } });
    const wanted = [machine({ machineType: 'C7' })];
    await it.pass(wanted);
    const writes = it.writes();
    const report = await it.ask('schedule', wanted);
    expect(outcomesOf(report)).toEqual([
      'machines/m:stop blocked',
      'machines/m:update blocked',
      'machines/m:start blocked',
    ]);
    expect(it.writes()).toEqual(writes);
  });

  test('is started by the next pass if Holdfast was stopped before the change, whatever power state its YAML declares', async () => {
    await using it = await bench();
    await it.pass([machine()]);
    await stoppedAfter(it, 'stop', [machine({ diskSize: 100 })]);
    expect(only(it).state).toBe('off');
    expect(await owedIn(it)).toEqual(['machines/m']);
    const report = await it.pass([machine({ diskSize: 100 })]);
    expect(outcomesOf(report)).toEqual(['machines/m:update done', 'machines/m:start done']);
    expect(only(it)).toMatchObject({ state: 'ready', diskSize: 100 });
    expect(await owedIn(it)).toEqual([]);
  });

  test.each([
    {
      because: 'the change is no longer declared',
      next: [machine()],
      actions: ['machines/m:start done'],
    },
    {
      because: 'power is ignored',
      next: [machine({ state: 'running' }, { ignoreChanges: ['state'] })],
      actions: ['machines/m:start done'],
    },
    {
      because: 'it is not declared any more',
      next: [],
      actions: ['machines/m:start done'],
    },
  ])('is started even if $because', async ({ next, actions }) => {
    await using it = await bench();
    await it.pass([machine()]);
    await stoppedAfter(it, 'stop', [machine({ diskSize: 100 })]);
    const report = await it.pass(next);
    expect(outcomesOf(report)).toEqual(actions);
    expect(only(it).state).toBe('ready');
    expect(await owedIn(it)).toEqual([]);
  });

  test('stays off if the YAML now declares it, and the obligation ends', async () => {
    await using it = await bench();
    await it.pass([machine()]);
    await stoppedAfter(it, 'stop', [machine({ diskSize: 100 })]);
    const report = await it.pass([machine({ state: 'off' })]);
    expect(outcomesOf(report)).toEqual([]);
    expect(only(it).state).toBe('off');
    expect(await owedIn(it)).toEqual([]);
  });

  test('stays off if somebody has started and stopped it meanwhile', async () => {
    await using it = await bench();
    await it.pass([machine()]);
    await stoppedAfter(it, 'stop', [machine({ diskSize: 100 })]);
    it.simulator.world.machines.patch(only(it).id, { state: 'ready' });
    it.clock.advance(policy.visibility);
    await it.pass([machine()]);
    it.simulator.world.machines.patch(only(it).id, { state: 'off' });
    expect(outcomesOf(await it.pass([machine()]))).toEqual([]);
    expect(only(it).state).toBe('off');
  });

  test('is started outside the windows, and beyond the cost limit', async () => {
    await using it = await bench({
      policy: {
        windows: [{ cron: '0 0 1 1 *', duration: 1 }],
        limits: { ...policy.limits, hourlyCost: 0.0001 },
      },
    });
    // The guard allowed the create and the stop.
    await stoppedAfter(it, 'create', [machine()]);
    await stoppedAfter(it, 'stop', [machine({ diskSize: 100 })]);
    expect(outcomesOf(await it.pass([machine()]))).toEqual(['machines/m:start done']);
  });

  test('is reported and not started while Holdfast only observes it', async () => {
    await using it = await bench();
    await it.pass([machine()]);
    await stoppedAfter(it, 'stop', [machine({ diskSize: 100 })]);
    const writes = it.writes();
    const report = await it.pass([machine({}, { manage: 'observe' })]);
    expect(openOf(report)[0]).toMatch(
      /^drifted machines\/m: observed only .*; state: changed temporarily by Holdfast at .*, and to be restored$/,
    );
    expect(it.writes()).toEqual(writes);
  });

  test('is not stopped if the start after it would be blocked', async () => {
    await using it = await bench({
      policy: { limits: { ...policy.limits, hourlyCost: 0.4 }, prices: { C5: 0.08, C7: 0.3 } },
    });
    await it.pass([machine({ state: 'running' })]);
    const report = await it.pass([machine({ state: 'running', machineType: 'C10' })]);
    expect(report.actions.map(({ outcome }) => outcome)).toEqual(['blocked', 'blocked', 'blocked']);
    expect(only(it).state).toBe('ready');
  });
});

describe('auto-shutdown that is switched off for a change of its settings', () => {
  const shutdown = (timeout: number) =>
    machine({ autoShutdownEnabled: true, autoShutdownTimeout: timeout, autoShutdownForce: false });

  test('is on again with the earlier values if the API refuses the change', async () => {
    await using it = await bench({ retries: 0 });
    await it.pass([shutdown(4)]);
    it.simulator.fault({ method: 'PUT', path: '/machines', after: 1, kind: { status: 400 } });
    const report = await it.pass([shutdown(8)]);
    expect(outcomesOf(report)).toEqual(['machines/m:update failed']);
    expect(only(it)).toMatchObject({ autoShutdownEnabled: true, autoShutdownTimeout: 4 });
    expect(await owedIn(it)).toEqual([]);
  });

  test.each([
    { because: 'is declared as it was', next: [shutdown(8)], timeout: 8 },
    { because: 'is not declared any more', next: [machine()], timeout: 4 },
    { because: 'belongs to a machine that is not declared any more', next: [], timeout: 4 },
  ])('is on again after a lost response even if it $because', async ({ next, timeout }) => {
    await using it = await bench({ retries: 0 });
    await it.pass([shutdown(4)]);
    it.simulator.fault({ method: 'PUT', path: '/machines', after: 1, kind: 'reset-before' });
    await it.pass([shutdown(8)]);
    expect(only(it).autoShutdownEnabled).toBe(false);
    expect(await owedIn(it)).toEqual(['machines/m']);
    await it.pass(next);
    expect(only(it)).toMatchObject({ autoShutdownEnabled: true, autoShutdownTimeout: 4 });
    await it.pass(next);
    expect(only(it)).toMatchObject({ autoShutdownEnabled: true, autoShutdownTimeout: timeout });
    expect(openOf(await it.pass(next)).filter((line) => !line.startsWith('orphaned'))).toEqual([]);
  });

  test('stays off if the YAML now declares it', async () => {
    await using it = await bench({ retries: 0 });
    await it.pass([shutdown(4)]);
    it.simulator.fault({ method: 'PUT', path: '/machines', after: 1, kind: 'reset-before' });
    await it.pass([shutdown(8)]);
    await it.pass([machine({ autoShutdownEnabled: false })]);
    expect(only(it).autoShutdownEnabled).toBe(false);
    expect(await owedIn(it)).toEqual([]);
  });
});
