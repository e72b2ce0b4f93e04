import { describe, expect, test } from 'vitest';
import type { Desired } from '../../../src/model/resource.ts';
import { bench, openOf, outcomesOf, type Bench } from '../../support/passes.ts';
import { live, text, want } from '../../support/team.ts';

const machine = (name = 'm', spec: object = {}): Desired =>
  want('machines', name, {
    machineType: 'C5',
    template: live('osTemplates', 'Ubuntu 22.04'),
    region: 'ny2',
    diskSize: 50,
    ...spec,
  });

/** One resource of each kind whose creates only lists can prove. */
const kinds: readonly (readonly [path: string, desired: Desired])[] = [
  ['/private-networks', want('privateNetworks', 'n', { region: 'ny2' })],
  ['/startup-scripts', want('startupScripts', 's', { script: text('echo') })],
  ['/projects', want('projects', 'p', {})],
  ['/public-ips', want('publicIps', 'ip', { region: 'ny2' })],
];

const posts = (it: Bench, path: string): number =>
  it.simulator.requests.filter(
    (request) => request.method === 'POST' && request.path.endsWith(path),
  ).length;

describe.each(kinds)('a create at %s', (path, desired) => {
  /** Lists leave out what was created in the last 30 s. */
  const lagging = (it: Bench) =>
    it.simulator.fault({ method: 'GET', path, kind: { listLag: 30_000 }, times: Infinity });

  test.each([
    {
      because: 'it waited longer than visibility for a delay that the API asked for',
      faults: [{ status: 429, retryAfter: 130 }, 'reset-after'] as const,
    },
    {
      because: 'it was retried several times before',
      faults: [
        { status: 429, retryAfter: 60 },
        { status: 429, retryAfter: 60 },
        { status: 429, retryAfter: 60 },
        'reset-after',
      ] as const,
    },
  ])('is made once even if $because', async ({ faults }) => {
    await using it = await bench({ retries: 5 });
    for (const kind of faults) it.simulator.fault({ method: 'POST', path, kind });
    lagging(it);
    await it.pass([desired]);
    const sent = posts(it, path);
    for (const seconds of [0, 10, 20]) {
      it.clock.advance(seconds * 1000);
      await it.pass([desired]);
    }
    expect(sent).toBe(faults.length);
    expect(posts(it, path)).toBe(sent);
    expect(openOf(await it.pass([desired]))).toEqual([]);
  });

  test('that the API did not accept leaves no intent, so the next pass retries it at once', async () => {
    await using it = await bench({ retries: 0 });
    it.simulator.fault({ method: 'POST', path, kind: { status: 429 } });
    await it.pass([desired]);
    expect((await it.store.memory(it.clock.now())).intents.size).toBe(0);
    const again = outcomesOf(await it.pass([desired]));
    expect(again).toEqual([`${desired.address}:create done`]);
  });
});

test('a create that was never sent has no intent: the intent is recorded after every wait', async () => {
  await using it = await bench({ retries: 0 });
  it.simulator.fault({ method: 'POST', path: '/private-networks', kind: { status: 503 } });
  const recorded: string[] = [];
  const recordIntent = it.store.recordIntent.bind(it.store);
  Object.assign(it.store, {
    recordIntent: (...given: Parameters<typeof recordIntent>) => {
      recorded.push(`${given[0]} after ${it.clock.now().getTime() - begun} ms`);
      return recordIntent(...given);
    },
  });
  const begun = it.clock.now().getTime();
  await it.pass([want('privateNetworks', 'n', { region: 'ny2' })]);
  expect(recorded).toEqual(['privateNetworks/n after 0 ms']);
  expect((await it.store.memory(it.clock.now())).intents.size).toBe(0);
});

test('an address that a list leaves out is not claimed again before lists can show it', async () => {
  await using it = await bench();
  const address = want('publicIps', 'ip', { region: 'ny2' });
  it.clock.advance(86_400_000);
  await it.pass([address]);
  it.clock.advance(10 * 60_000);
  it.simulator.fault({ method: 'GET', path: '/public-ips', kind: { listLag: 15 * 60_000 } });
  expect(openOf(await it.pass([address]))[0]).toMatch(/^pending publicIps\/ip: /);
  expect(openOf(await it.pass([address]))).toEqual([]);
  expect(it.writes()).toHaveLength(1);
});

test('a dataset version whose response was lost is created once, even if lists lag', async () => {
  await using it = await bench({ retries: 0 });
  const dataset = want('datasets', 'd', { versions: { v1: { message: 'one' } } });
  await it.pass([want('datasets', 'd', {})]);
  const path = /versions$/;
  it.simulator.fault({ method: 'POST', path, kind: 'reset-after' });
  it.simulator.fault({ method: 'GET', path, kind: { listLag: 30_000 }, times: Infinity });
  await it.pass([dataset]);
  const report = await it.pass([dataset]);
  expect(openOf(report)[0]).toMatch(
    /^pending datasets\/d: versions\/v1: a create was sent at .*, and no list shows it yet$/,
  );
  it.clock.advance(40_000);
  expect(openOf(await it.pass([dataset]))).toEqual([]);
  expect(it.writes().filter((line) => /POST .*versions$/.test(line))).toHaveLength(1);
  it.clock.advance(120_000);
  await it.pass([dataset]);
  expect((await it.store.memory(it.clock.now())).memberIntents.size).toBe(0);
});

describe('a create that fails in its job', () => {
  test('backs off, and nothing is reported as pending', async () => {
    await using it = await bench({ policy: { visibility: 1000 }, trigger: 'schedule' });
    it.simulator.fault({
      method: 'POST',
      path: '/machines',
      kind: { eventError: 'no GPU' },
      times: 99,
    });
    const pauses: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      const report = await it.pass([machine()]);
      expect(openOf(report)[0]).toMatch(/^failed machines\/m: .*no GPU/);
      const [setback] = [...(await it.store.memory(it.clock.now())).failures.values()];
      pauses.push(Date.parse(setback?.retryAt ?? '') - it.clock.now().getTime());
      expect(openOf(await it.pass([machine()]))[0]).toMatch(
        /^failed machines\/m: failed .* no GPU/,
      );
      it.clock.advance(pauses.at(-1) ?? 0);
    }
    expect(pauses).toEqual([750, 1500, 3000, 6000]);
  });

  test('backs off too if no pass waits for it', async () => {
    await using it = await bench({ policy: { visibility: 1000 }, trigger: 'schedule' });
    it.simulator.fault({
      method: 'POST',
      path: '/machines',
      kind: { eventError: 'no GPU' },
      times: 99,
    });
    const hurried = AbortSignal.abort();
    const failures: number[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      await it.hurry(hurried, [machine()]);
      // One pass sees it in creation, and a later one sees that it is gone.
      await it.pass([machine()]);
      it.clock.advance(60_000);
      const report = await it.pass([machine()]);
      expect(openOf(report)[0]).toMatch(
        /^failed machines\/m: failed .* was gone before it was ready: no GPU/,
      );
      const [setback] = [...(await it.store.memory(it.clock.now())).failures.values()];
      failures.push(setback?.failures ?? 0);
      it.clock.advance(60_000);
    }
    expect(failures).toEqual([1, 2, 3]);
  });
});
