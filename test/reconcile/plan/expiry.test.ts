import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deletedByExpiry, expiriesOf, nextExpiryEdge } from '../../../src/model/pass/expiry.ts';
import type { Lifecycle } from '../../../src/model/resource.ts';
import { createPassCache } from '../../../src/reconcile/passCache.ts';
import { withExpiredOff } from '../../../src/reconcile/plan/planExpired.ts';
import {
  liveMachine,
  liveNetwork,
  liveScript,
  machine,
  machinesNamed,
  network,
  script,
  ubuntu,
} from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import {
  actionsOf,
  bindings,
  bound,
  catalog,
  declared,
  have,
  now,
  planFor,
  sentAt,
  want,
} from '../../support/team.ts';

const past = '2026-11-21T10:00+01:00';
const liveAddress = (ip: string) => have('publicIps', ip, { ip, region: 'ny2' }, { id: ip });
const stays =
  'it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away';
const gone = { expires: past, onExpiry: 'delete' } as const;

wholePlanTests([
  {
    name: 'deleted',
    because: 'the plan says why a declared resource goes',
    want: [network('a', {}, gone)],
    have: [liveNetwork('a')],
    memory: bindings('privateNetworks/a'),
    plan: [
      `drifted privateNetworks/a (id-a); expired ${past}`,
      `delete privateNetworks/a; of id-a; expired ${past}`,
    ],
  },
  {
    name: 'gone',
    because: 'it is never created again, and that is as declared',
    want: [network('a', {}, gone)],
    plan: [`inSync privateNetworks/a; expired ${past}; it stays gone`],
  },
]);

planTests([
  {
    name: 'not yet',
    because: 'a resource that will expire is maintained like any other',
    want: [network('a', {}, { ...gone, expires: '2026-11-21T10:00:01Z' })],
    actions: ['privateNetworks/a:create'],
    findings: ['missing privateNetworks/a'],
  },
  {
    name: 'at that instant',
    because: 'the pass that runs at the expiry must act',
    want: [network('a', {}, { ...gone, expires: '2026-11-21T10:00:00Z' })],
    have: [liveNetwork('a')],
    actions: ['privateNetworks/a:delete'],
    findings: ['drifted privateNetworks/a: expired 2026-11-21T10:00:00Z'],
  },
  {
    name: 'only reported',
    because: 'report is the default',
    want: [network('a', {}, { expires: past }), network('b', {}, { expires: past })],
    have: [liveNetwork('a')],
    actions: ['privateNetworks/b:create'],
    findings: ['missing privateNetworks/b'],
  },
  {
    name: 'protected',
    because: 'preventDeletion outranks the expiry',
    want: [network('a', {}, { ...gone, preventDeletion: true })],
    have: [liveNetwork('a')],
    actions: ['privateNetworks/a:delete blocked: lifecycle.preventDeletion is set'],
    findings: [`blocked privateNetworks/a: expired ${past}; lifecycle.preventDeletion is set`],
  },
  {
    name: 'protected until now',
    because: 'a protection ends with the pass that has read that it does',
    want: [network('a', {}, gone)],
    have: [liveNetwork('a')],
    memory: { bindings: new Map([['privateNetworks/a', bound('id-a', { protected: true })]]) },
    actions: [
      'privateNetworks/a:delete blocked: lifecycle.preventDeletion was set when it was last declared',
    ],
    findings: [
      `blocked privateNetworks/a: expired ${past}; lifecycle.preventDeletion was set when it was last declared`,
    ],
  },
  {
    name: 'observed only',
    because: 'nothing acts on it',
    want: [network('a', {}, { ...gone, manage: 'observe' })],
    have: [liveNetwork('a')],
  },
  {
    name: 'of an incomplete list',
    because: 'nothing is deleted from a partial view',
    want: [network('a', {}, gone)],
    have: [liveNetwork('a')],
    memory: bindings('privateNetworks/a'),
    partial: ['privateNetworks'],
    actions: [
      'privateNetworks/a:delete blocked: privateNetworks could not be listed to the end: GET failed',
    ],
    findings: [
      `blocked privateNetworks/a: expired ${past}; privateNetworks could not be listed to the end: GET failed`,
    ],
  },
  {
    name: 'of several with its name',
    because: 'an ambiguous name is not deleted',
    want: [network('a', {}, gone)],
    have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
    findings: [
      'ambiguous privateNetworks/a: several resources answer to this name (1, 2); rename or delete all but one',
    ],
  },
  {
    name: 'of an uncertain create',
    because: 'what may still appear is not gone',
    want: [network('a', {}, gone)],
    memory: { intents: new Map([['privateNetworks/a', sentAt(now)]]) },
    findings: [
      'pending privateNetworks/a: a create was sent at 2026-11-21T10:00:00.000Z and its answer was lost; it may still appear',
    ],
  },
  {
    name: 'with a fixed difference',
    because: 'it is not replaced, which would create it again',
    want: [network('a', { region: 'ca1' }, { ...gone, onImmutableChange: 'replace' })],
    have: [liveNetwork('a')],
    actions: ['privateNetworks/a:delete'],
    findings: [`drifted privateNetworks/a: expired ${past}`],
  },
  {
    name: 'used by another',
    because: 'what refers to it is blocked with the reason, and it is not deleted while it is used',
    want: [
      network('n', {}, gone),
      machine('m', { network: declared('privateNetworks', 'n'), diskSize: 100 }),
    ],
    have: [ubuntu, liveNetwork('n'), liveMachine('m', { network: 'id-n', diskSize: 50 })],
    memory: bindings('machines/m', 'privateNetworks/n'),
    actions: ['privateNetworks/n:delete blocked: machines/m (id-m) still uses it'],
    findings: [
      `blocked privateNetworks/n: expired ${past}; machines/m (id-m) still uses it`,
      `blocked machines/m: privateNetworks/n expired ${past}, and is deleted; diskSize: it must be off for that; set state: off or lifecycle.allowStop`,
    ],
  },
  {
    name: 'together with its user',
    because: 'a network goes after its machines',
    want: [
      network('n', {}, gone),
      machine('m', { network: declared('privateNetworks', 'n') }, gone),
    ],
    have: [ubuntu, liveNetwork('n'), liveMachine('m', { network: 'id-n' })],
    actions: ['machines/m:delete', 'privateNetworks/n:delete'],
    findings: [`drifted privateNetworks/n: expired ${past}`, `drifted machines/m: expired ${past}`],
  },
  {
    name: 'referred to by a missing one',
    because: 'nothing is created on a network that is gone',
    want: [network('n', {}, gone), machine('m', { network: declared('privateNetworks', 'n') })],
    have: [ubuntu],
    actions: [`machines/m:create blocked: privateNetworks/n expired ${past}, and is deleted`],
    findings: [`blocked machines/m: privateNetworks/n expired ${past}, and is deleted`],
  },
  {
    name: 'a member of a set',
    because: 'no other member leaves the set meanwhile',
    want: [script('s', { assignedMachines: machinesNamed('m') }), machine('m', {}, gone)],
    have: [ubuntu, liveScript('s', 'id-m', 'id-x'), liveMachine('m'), liveMachine('x')],
    memory: bindings('startupScripts/s'),
    actions: ['machines/m:delete'],
    findings: [
      `blocked startupScripts/s: assignedMachines: machines/m expired ${past}, and is deleted`,
      `drifted machines/m: expired ${past}`,
      'unmanaged machines/x',
    ],
  },
  {
    name: 'on a network that is replaced',
    because: 'it is no replacement, so the network waits until it is gone',
    want: [
      network('n', { region: 'ca1' }, { onImmutableChange: 'replace' }),
      machine(
        'm',
        { network: declared('privateNetworks', 'n'), region: 'ca1' },
        { ...gone, onImmutableChange: 'replace' },
      ),
    ],
    have: [ubuntu, liveNetwork('n'), liveMachine('m', { network: 'id-n' })],
    actions: [
      'machines/m:delete',
      `privateNetworks/n:delete blocked: ${stays}`,
      `privateNetworks/n:create blocked: ${stays}`,
    ],
    findings: [`blocked privateNetworks/n: ${stays}`, `drifted machines/m: expired ${past}`],
  },
  {
    name: 'an address that is gone',
    because: 'it takes no free address in its place, which would be deleted next',
    want: [want('publicIps', 'gate', { region: 'ny2' }, gone)],
    have: [liveAddress('192.0.2.1')],
    findings: ['unmanaged publicIps/192.0.2.1'],
  },
  {
    name: 'an address that is bound',
    because: 'it is the one that was declared',
    want: [want('publicIps', 'gate', { region: 'ny2' }, gone)],
    have: [liveAddress('192.0.2.1'), liveAddress('192.0.2.2')],
    memory: { bindings: new Map([['publicIps/gate', bound('192.0.2.1')]]) },
    actions: ['publicIps/gate:delete'],
    findings: [`drifted publicIps/gate: expired ${past}`, 'unmanaged publicIps/192.0.2.2'],
  },
  {
    name: 'an address that is bound, and not the declared one',
    because: 'what the spec does not mean is not deleted',
    want: [want('publicIps', 'gate', { region: 'ny2', ip: '192.0.2.9' }, gone)],
    have: [liveAddress('192.0.2.1')],
    memory: { bindings: new Map([['publicIps/gate', bound('192.0.2.1')]]) },
    actions: ['publicIps/gate:delete blocked: its ip is 192.0.2.1, and 192.0.2.9 is declared'],
    findings: [
      `blocked publicIps/gate: expired ${past}; its ip is 192.0.2.1, and 192.0.2.9 is declared`,
    ],
  },
  {
    name: 'an address that is declared by ip',
    because: 'that is certainly the one, as in absent',
    want: [want('publicIps', 'gate', { region: 'ny2', ip: '192.0.2.1' }, gone)],
    have: [liveAddress('192.0.2.1')],
    actions: ['publicIps/gate:delete'],
    findings: [`drifted publicIps/gate: expired ${past}`],
  },
  {
    name: 'the owner of a set',
    because: 'its members are created without it',
    want: [script('s', { assignedMachines: machinesNamed('m') }, gone), machine('m')],
    have: [ubuntu],
    actions: ['machines/m:create'],
    findings: ['missing machines/m'],
  },
]);

describe('switched off at its expiry', () => {
  const off = { expires: past, onExpiry: 'off' } as const;
  const always = { running: '00:00-24:00' };
  test.each<{
    because: string;
    state?: unknown;
    lifecycle?: Partial<Lifecycle>;
    live?: string;
    actions: readonly string[];
  }>([
    { because: 'it outranks running', state: 'running', actions: ['machines/m:stop'] },
    { because: 'it outranks a timetable and a wake', state: always, actions: ['machines/m:stop'] },
    { because: 'it needs no declared state', actions: ['machines/m:stop'] },
    {
      because: 'it outranks ignored changes',
      state: 'running',
      lifecycle: { ignoreChanges: ['state'] },
      actions: ['machines/m:stop'],
    },
    { because: 'it is off already', state: 'running', live: 'off', actions: [] },
    {
      because: 'it has not expired',
      state: 'running',
      lifecycle: { expires: '2026-11-21T10:00:01Z' },
      live: 'off',
      actions: ['machines/m:start'],
    },
    {
      because: 'it is only reported',
      state: 'running',
      lifecycle: { onExpiry: 'report' },
      actions: [],
    },
  ])('$because', ({ state, lifecycle, live = 'running', actions }) => {
    const declaredOne = machine('m', state === undefined ? {} : { state }, {
      ...off,
      ...lifecycle,
    });
    const cache = createPassCache();
    const resources = withExpiredOff(catalog.kinds, [declaredOne], { now, cache });
    expect(withExpiredOff(catalog.kinds, [declaredOne], { now, cache })[0]).toEqual(resources[0]);
    const wake = { at: now.toISOString(), by: 'ada', until: '2026-11-22T10:00:00Z' };
    const plan = planFor({
      want: resources,
      have: [ubuntu, liveMachine('m', { state: live })],
      memory: { wakes: new Map([['machines/m', wake]]) },
    });
    expect(actionsOf(plan)).toEqual(actions);
  });

  test('the same resources are returned as long as no other one expires', () => {
    const resources = [
      machine('m', {}, off),
      machine('n', {}, { ...off, expires: '2027-01-01T00:00Z' }),
    ];
    const cache = createPassCache();
    const first = withExpiredOff(catalog.kinds, resources, { now, cache });
    const later = new Date('2026-11-22T10:00:00Z');
    expect(withExpiredOff(catalog.kinds, resources, { now: later, cache })).toBe(first);
    const last = new Date('2027-01-02T00:00:00Z');
    const both = withExpiredOff(catalog.kinds, resources, { now: last, cache });
    expect(both.map(({ spec }) => spec['state'])).toEqual(['off', 'off']);
  });
});

describe('the stages of an expiry', () => {
  const expires = '2026-11-23T18:00+01:00';
  const resources = [network('a', {}, { expires }), network('b')];
  test.each([
    ['2026-11-21T16:59:59Z', undefined, '2026-11-21T17:00:00.000Z'],
    ['2026-11-21T17:00:00Z', 'near', '2026-11-23T13:00:00.000Z'],
    ['2026-11-23T13:00:00Z', 'imminent', '2026-11-23T17:00:00.000Z'],
    ['2026-11-23T16:59:59Z', 'imminent', '2026-11-23T17:00:00.000Z'],
    ['2026-11-23T17:00:00Z', 'over', undefined],
  ])('at %s: %s, and the next at %s', (at, state, next) => {
    const time = new Date(at);
    const expiry = state && { at: expires, onExpiry: 'report', state };
    expect([...expiriesOf(resources, time).values()]).toEqual(expiry ? [expiry] : []);
    expect(nextExpiryEdge(resources, time)?.toISOString()).toBe(next);
  });

  test('make a plan valid until the next of them', () => {
    expect(planFor({ want: resources, have: [liveNetwork('a')] }).validUntil).toEqual(
      new Date('2026-11-21T17:00:00Z'),
    );
  });
});

test('whatever else is declared and live, an expired resource is never created, and one that has not is never deleted', () => {
  const names = ['a', 'b', 'c', 'd'];
  const lifecycle = fc.record({
    expires: fc
      .integer({ min: -100, max: 100 })
      .map((minutes) => new Date(now.getTime() + minutes * 60_000).toISOString()),
    onExpiry: fc.constantFrom('report' as const, 'off' as const, 'delete' as const),
    preventDeletion: fc.boolean(),
    manage: fc.constantFrom('enforce' as const, 'observe' as const),
    onImmutableChange: fc.constant('block' as const),
  });
  fc.assert(
    fc.property(
      fc.array(lifecycle, { minLength: 4, maxLength: 4 }),
      fc.subarray(names),
      fc.subarray(names),
      (lifecycles, live, onNetwork) => {
        const networks = names.map((name, i) => network(name, {}, lifecycles[i]));
        const machines = onNetwork.map((name) =>
          machine(`m-${name}`, { network: declared('privateNetworks', name) }),
        );
        const plan = planFor({
          want: [...networks, ...machines],
          have: [ubuntu, ...live.map((name) => liveNetwork(name))],
        });
        for (const desired of networks) {
          const isDeleted = deletedByExpiry(desired, now) !== undefined;
          const [create, remove] = (['create', 'delete'] as const).map((verb) =>
            plan.actions.some(({ id }) => id === `${desired.address}:${verb}`),
          );
          expect(create && isDeleted).toBe(false);
          expect(remove && !isDeleted).toBe(false);
          expect(remove).toBe(isDeleted && live.includes(desired.name));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('resources without an expiry never end a plan', () => {
  expect(nextExpiryEdge([want('projects', 'p', {})], now)).toBeUndefined();
});
