import { describe, expect, test } from 'vitest';
import { bench, openOf, outcomesOf, type Bench } from '../../support/passes.ts';
import { declared, live, want } from '../../support/team.ts';

const network = (name = 'n') => want('privateNetworks', name, { region: 'ny2' });
const machine = (name: string, over: object = {}) =>
  want('machines', name, {
    machineType: 'C5',
    template: live('osTemplates', 'Ubuntu 22.04'),
    region: 'ny2',
    diskSize: 50,
    ...over,
  });

const hourMs = 3_600_000;

describe('after a failure', () => {
  test('a permanently refused action is not sent again until its YAML changes, however many passes run', async () => {
    await using it = await bench({ trigger: 'schedule' });
    it.simulator.fault({
      method: 'POST',
      path: '/private-networks',
      times: Infinity,
      kind: { status: 422 },
    });
    expect(outcomesOf(await it.pass([network()]))).toEqual(['privateNetworks/n:create failed']);
    for (let pass = 0; pass < 5; pass += 1) {
      it.clock.advance(hourMs);
      const report = await it.pass([network()]);
      expect(outcomesOf(report)).toEqual(['privateNetworks/n:create blocked']);
      expect(openOf(report)[0]).toMatch(
        /^failed privateNetworks\/n: refused at .*; not retried until its YAML or its live state changes, it is resumed, or it is applied with --force: POST .* answered 422/,
      );
    }
    expect(it.writes()).toHaveLength(1);
    const other = want('privateNetworks', 'n', { region: 'ca1' });
    expect(outcomesOf(await it.pass([other]))).toEqual(['privateNetworks/n:create failed']);
  });

  test('a permanently refused action is retried when its live state changes', async () => {
    await using it = await bench({ trigger: 'schedule' });
    const script = (isRunOnce: boolean) => want('startupScripts', 's', { isRunOnce });
    await it.pass([want('startupScripts', 's', { script: { from: 'value', value: 'echo' } })]);
    it.simulator.fault({ method: 'PUT', path: '/startup-scripts/*', kind: { status: 400 } });
    expect(outcomesOf(await it.pass([script(true)]))).toEqual(['startupScripts/s:update failed']);
    it.clock.advance(hourMs);
    expect(outcomesOf(await it.pass([script(true)]))).toEqual(['startupScripts/s:update blocked']);
    for (const { id } of it.simulator.world.startupScripts)
      it.simulator.world.startupScripts.patch(id, { isEnabled: false });
    expect(outcomesOf(await it.pass([script(true)]))).toEqual(['startupScripts/s:update done']);
  });

  test('delays grow from a second to ten minutes, and a person does not wait for them', async () => {
    await using it = await bench({ trigger: 'schedule', retries: 0 });
    it.simulator.fault({
      method: 'POST',
      path: '/private-networks',
      times: Infinity,
      kind: { status: 409 },
    });
    const pauses: number[] = [];
    for (let failure = 0; failure < 13; failure += 1) {
      expect(outcomesOf(await it.pass([network()]))).toEqual(['privateNetworks/n:create failed']);
      const { failures } = await it.store.memory(it.clock.now());
      const { retryAt, at } = failures.get('privateNetworks/n:create') ?? {};
      const pause = Date.parse(retryAt ?? '') - Date.parse(at ?? '');
      pauses.push(pause);
      it.clock.advance(pause - 1);
      const waiting = await it.pass([network()]);
      expect(outcomesOf(waiting)).toEqual(['privateNetworks/n:create blocked']);
      it.clock.advance(1);
    }
    // The bench's random number is a half, so each delay is three quarters of its maximum.
    expect(pauses.map((pause) => pause / 750)).toEqual([
      1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600,
    ]);
    expect(openOf(await it.ask('cli', [network()]))[0]).toMatch(/^failed .*answered 409/);
    expect(it.writes()).toHaveLength(14);
  });

  test('a failed action blocks only its dependants', async () => {
    await using it = await bench({ trigger: 'schedule' });
    it.simulator.fault({ method: 'POST', path: '/private-networks', kind: { status: 400 } });
    const team = [
      network(),
      machine('a', { network: declared('privateNetworks', 'n') }),
      machine('b'),
    ];
    await it.pass(team);
    expect(outcomesOf(await it.pass([...team, machine('c')]))).toEqual([
      'privateNetworks/n:create blocked',
      'machines/a:create blocked',
      'machines/c:create done',
    ]);
  });

  test('a success resets the count of failures', async () => {
    await using it = await bench();
    it.simulator.fault({ method: 'POST', path: '/private-networks', kind: { status: 409 } });
    await it.pass([network()]);
    await it.pass([network()]);
    expect((await it.store.memory(it.clock.now())).failures.size).toBe(0);
  });
});

describe('a field that somebody else changes back', () => {
  const script = want('startupScripts', 's', {
    script: { from: 'value', value: 'echo' },
    isRunOnce: true,
  });
  const turnBack = ({ simulator }: Bench): void => {
    for (const { id } of simulator.world.startupScripts)
      simulator.world.startupScripts.patch(id, { isRunOnce: false });
  };

  test('is contended after three writes within an hour, and is left alone until the hour is over', async () => {
    await using it = await bench();
    await it.pass([script]);
    for (let fight = 0; fight < 3; fight += 1) {
      turnBack(it);
      it.clock.advance(60_000);
      expect(outcomesOf(await it.pass([script]))).toEqual(['startupScripts/s:update done']);
    }
    turnBack(it);
    const contended = await it.pass([script]);
    expect(outcomesOf(contended)).toEqual(['startupScripts/s:update blocked']);
    expect(openOf(contended)[0]).toMatch(
      /^contended startupScripts\/s: isRunOnce: written three times within an hour and found changed again; left alone until /,
    );
    it.clock.advance(hourMs);
    expect(outcomesOf(await it.pass([script]))).toEqual(['startupScripts/s:update done']);
  });

  test('is written at once when its YAML changes; other fields are still written', async () => {
    await using it = await bench();
    await it.pass([script]);
    for (let fight = 0; fight < 3; fight += 1) {
      turnBack(it);
      await it.pass([script]);
    }
    turnBack(it);
    for (const { id } of it.simulator.world.startupScripts)
      it.simulator.world.startupScripts.patch(id, { name: 'renamed' });
    const both = await it.pass([script]);
    expect(outcomesOf(both)).toEqual(['startupScripts/s:update done']);
    expect(both.actions[0]?.changes.map(({ path }) => path)).toEqual(['name']);
    expect(both.summary.contended).toBe(1);
    const other = { ...script, spec: { ...script.spec, isEnabled: true } };
    expect(outcomesOf(await it.pass([other]))).toEqual(['startupScripts/s:update done']);
  });

  test('resuming the resource ends the contention', async () => {
    await using it = await bench();
    await it.pass([script]);
    for (let fight = 0; fight < 3; fight += 1) {
      turnBack(it);
      await it.pass([script]);
    }
    turnBack(it);
    await it.store.resume('startupScripts/s');
    expect(outcomesOf(await it.pass([script]))).toEqual(['startupScripts/s:update done']);
  });

  test('a machine that somebody deletes again and again is not created forever', async () => {
    await using it = await bench();
    for (let fight = 0; fight < 3; fight += 1) {
      expect(outcomesOf(await it.pass([machine('a')]))).toEqual(['machines/a:create done']);
      for (const { id } of it.simulator.world.machines)
        it.simulator.world.machines.patch(id, { dtDeleted: it.clock.now().getTime() });
      it.clock.advance(180_000);
    }
    const report = await it.pass([machine('a')]);
    expect(outcomesOf(report)).toEqual(['machines/a:create blocked']);
    expect(report.summary.contended).toBe(1);
  });
});

describe('suspension', () => {
  test('a suspended resource is not changed, and its drift is reported', async () => {
    await using it = await bench();
    const at = '2026-11-21T09:00:00Z';
    await it.store.suspend('privateNetworks/n', { at, by: null, reason: null, until: null });
    const report = await it.pass([network(), network('m')]);
    expect(outcomesOf(report)).toEqual([
      'privateNetworks/n:create blocked',
      'privateNetworks/m:create done',
    ]);
    expect(openOf(report)).toEqual([
      'blocked privateNetworks/n: suspended since 2026-11-21T09:00:00Z; to end that: holdfast resume privateNetworks/n',
    ]);
    await it.store.resume('privateNetworks/n');
    expect(outcomesOf(await it.pass([network()]))).toEqual(['privateNetworks/n:create done']);
  });
});

describe('windows', () => {
  const policy = { windows: [{ cron: '0 2 * * *', duration: 2 * hourMs }] };

  test('outside them nothing is written, and the reason has the next opening', async () => {
    await using it = await bench({ policy });
    const report = await it.pass([network()]);
    expect(openOf(report)).toEqual([
      'blocked privateNetworks/n: outside settings.windows, the next opens at 2026-11-22T02:00:00.000Z; apply with --force does not wait',
    ]);
    it.clock.advance(16 * hourMs);
    expect(outcomesOf(await it.pass([network()]))).toEqual(['privateNetworks/n:create done']);
  });

  test('--force writes outside them', async () => {
    await using it = await bench({ policy: { ...policy, force: true } });
    expect(outcomesOf(await it.pass([network()]))).toEqual(['privateNetworks/n:create done']);
  });
});

describe('approval', () => {
  const policy = {
    limits: {
      updates: { count: 0 },
      deletions: { count: 9 },
      deletionsPerDay: 9,
      hourlyCost: null,
      disruption: {},
    },
  };
  const script = (isRunOnce: boolean, name = 's') =>
    want('startupScripts', name, { script: { from: 'value', value: 'echo' }, isRunOnce });

  test('of the digest lifts the limits for that plan, once', async () => {
    await using it = await bench({ policy });
    await it.pass([script(false)]);
    const held = await it.pass([script(true)]);
    expect(outcomesOf(held)).toEqual(['startupScripts/s:update blocked']);
    await it.store.approve(held.digest, it.clock.now().toISOString());
    expect(outcomesOf(await it.pass([script(true)]))).toEqual(['startupScripts/s:update done']);
    expect(outcomesOf(await it.pass([script(false)]))).toEqual(['startupScripts/s:update blocked']);
  });

  test('is valid for the next pass, not for a later one with the same plan', async () => {
    await using it = await bench({ policy });
    await it.pass([script(false)]);
    const held = await it.pass([script(true)]);
    await it.store.approve(held.digest, it.clock.now().toISOString());
    await it.pass([script(false)]);
    const again = await it.pass([script(true)]);
    expect(again.digest).toBe(held.digest);
    expect(outcomesOf(again)).toEqual(['startupScripts/s:update blocked']);
  });

  test('of one plan does not approve another', async () => {
    await using it = await bench({ policy });
    await it.pass([script(false), script(false, 't')]);
    const held = await it.pass([script(true), script(false, 't')]);
    await it.store.approve(held.digest, it.clock.now().toISOString());
    const more = await it.pass([script(true), script(true, 't')]);
    expect(outcomesOf(more)).toEqual([
      'startupScripts/s:update blocked',
      'startupScripts/t:update blocked',
    ]);
  });
});

describe('capacity', () => {
  const team = (count: number) => Array.from({ length: count }, (_, index) => machine(`m${index}`));
  const asked = ({ simulator }: Bench): number =>
    simulator.requests.filter(({ path }) => path.includes('/machine-availability')).length;

  test('the API is asked once per type before creates, and types without capacity are not created', async () => {
    await using it = await bench();
    it.simulator.world.capacity.set('C5@ny2', 0);
    const report = await it.pass([...team(5), machine('big', { machineType: 'C7' })]);
    expect(openOf(report)).toEqual(
      Array.from({ length: 5 }, (_, n) => `blocked machines/m${n}: the API has no C5@ny2 now`),
    );
    expect(it.writes()).toEqual(['POST /machines']);
    expect(asked(it)).toBe(2);
  });

  test('after one refusal other creates of the type are not sent, and the API is asked again in the next pass', async () => {
    await using it = await bench({
      policy: { throttle: { requestsPerSecond: 1e5, burst: 1e5, concurrency: 1, adaptive: false } },
    });
    it.simulator.world.capacity.set('C5@ny2', 2);
    const report = await it.pass(team(6));
    expect(outcomesOf(report).map((text) => text.split(' ')[1])).toEqual([
      'done',
      'done',
      'failed',
      'failed',
      'failed',
      'failed',
    ]);
    expect(it.writes()).toHaveLength(3);
    const again = await it.pass(team(6));
    expect(openOf(again)[0]).toBe('blocked machines/m2: the API has no C5@ny2 now');
    expect(it.writes()).toHaveLength(3);
    it.simulator.world.capacity.set('C5@ny2', 9);
    expect(openOf(await it.pass(team(6)))).toEqual([]);
  });
});

test('durations of actions are recorded, and used to estimate the next ones', async () => {
  await using it = await bench();
  const first = await it.pass([machine('a')]);
  expect(first.estimate).toEqual({ requests: 1, seconds: 1 });
  const took = (await it.store.actionHistory('machines/a', 1))[0]?.took ?? 0;
  expect(took).toBeGreaterThan(2000);
  const planned = await it.plan([machine('a'), machine('b'), machine('c')]);
  expect(planned.estimate).toEqual({ requests: 2, seconds: Math.ceil(took / 1000) });
});

describe('a deletion counts against the limit of the day', () => {
  test.each([
    ['not when it was refused', { status: 409 }, 0],
    ['when its answer was lost, since it may have happened', 'reset-after', 1],
    ['when it was done', undefined, 1],
  ] as const)('%s', async (_, kind, expected) => {
    await using it = await bench({ retries: 0 });
    await it.pass([network()]);
    if (kind !== undefined)
      it.simulator.fault({ method: 'DELETE', path: '/private-networks/*', kind });
    await it.pass([], [['privateNetworks', 'n']]);
    expect((await it.store.memory(it.clock.now())).deletions).toHaveLength(expected);
  });
});

describe('the digest of an approval', () => {
  const script = (value: string) =>
    want('startupScripts', 's', { script: { from: 'value', value } });

  test('changes with a value that no report shows', async () => {
    await using it = await bench();
    const [harmless, harmful] = [
      await it.plan([script('echo')]),
      await it.plan([script('rm -r /')]),
    ];
    expect(harmful.actions).toEqual(harmless.actions);
    expect(harmful.digest).not.toBe(harmless.digest);
    expect((await it.plan([script('echo')])).digest).toBe(harmless.digest);
  });
});
