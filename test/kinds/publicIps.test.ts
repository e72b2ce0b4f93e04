import { expect, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { fieldOf, identity } from '../../src/kinds/lib/read.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';
import { machine } from '../support/machines.ts';
import { bench, openOf, outcomesOf, type Bench } from '../support/passes.ts';
import { openFindings, settle } from '../support/settle.ts';
import { catalog, declared, live, want } from '../support/team.ts';

const address = (name: string, over: object = {}, lifecycle = {}) =>
  want('publicIps', name, { region: 'ny2', ...over }, lifecycle);
const of = (name: string) => ({ machine: declared('machines', name) });
const world = (it: Bench) =>
  [...it.simulator.world.publicIps].map(({ id, machineId }) => [
    id,
    machineId === null ? null : it.simulator.world.machines.get(machineId)?.name,
  ]);
const [a, b] = [machine('a'), machine('b')];
const claims = (it: Bench) => it.writes().filter((line) => line === 'POST /public-ips').length;
/** Claims an address outside Holdfast. */
const claimed = async (it: Bench, machineId?: string, region = 'ny2') => {
  const ip = await it.api.post('/public-ips', { region }, fieldOf('ip', identity));
  if (machineId !== undefined) await it.api.put(`/public-ips/${ip}`, { machineId });
  return ip;
};
const idOf = (it: Bench, name: string) =>
  [...it.simulator.world.machines].find((row) => row.name === name)?.id ?? '';

test('an address is created and assigned to a new machine, which makes the machine static', async () => {
  await using it = await bench();
  const fixed = machine('a', { publicIpType: 'static' });
  expect(await settle(it, address('gate', of('a')), fixed)).toEqual([
    'publicIps/gate:create done',
    'machines/a:create done',
    'publicIps/gate:assign(machine/a) done',
  ]);
  expect(world(it)).toEqual([[expect.any(String), 'a']]);
  expect([...it.simulator.world.machines][0]?.publicIpType).toBe('static');
});

test('assigning an address makes an existing machine static, so no second address is claimed', async () => {
  await using it = await bench();
  await settle(it, a);
  const fixed = machine('a', { publicIpType: 'static' });
  expect(await settle(it, address('gate', of('a')), fixed)).toEqual([
    'publicIps/gate:create done',
    'publicIps/gate:assign(machine/a) done',
  ]);
  expect(world(it)).toEqual([[expect.any(String), 'a']]);
});

test.each([
  { as: 'declared', machine: declared('machines', 'a') },
  { as: 'live', machine: live('machines', 'a') },
])(
  'an address that a static machine has lost is assigned again, and no second one is claimed: $as reference',
  async ({ machine: named }) => {
    await using it = await bench();
    const fixed = machine('a', { publicIpType: 'static' });
    await settle(it, address('gate', of('a')), fixed);
    const before = world(it);
    await it.api.put(`/public-ips/${before[0]?.[0]}`, { machineId: null });
    expect(await settle(it, address('gate', { machine: named }), fixed)).toEqual([
      'publicIps/gate:assign(machine/a) done',
    ]);
    expect(world(it)).toEqual(before);
  },
);

test('an address with manage: observe does not make its machine static', async () => {
  await using it = await bench();
  const watched = address('gate', of('a'), { manage: 'observe' });
  const report = await it.pass([watched, machine('a', { publicIpType: 'static' })]);
  expect(outcomesOf(report)).toEqual(['machines/a:create done']);
  expect(world(it)).toEqual([[expect.any(String), 'a']]);
});

test('an address moves to another machine, and is unassigned', async () => {
  await using it = await bench();
  await settle(it, a, b, address('gate', of('a')));
  expect(await settle(it, a, b, address('gate', of('b')))).toEqual([
    'publicIps/gate:unassign(machine/a) done',
    'publicIps/gate:assign(machine/b) done',
  ]);
  expect(await settle(it, a, b, address('gate', { machine: null }))).toEqual([
    'publicIps/gate:unassign(machine/b) done',
  ]);
  expect(world(it)).toEqual([[expect.any(String), null]]);
  expect(await settle(it, a, b, address('gate'))).toEqual([]);
});

test('two machines exchange their addresses', async () => {
  await using it = await bench();
  await settle(it, a, b, address('x', of('a')), address('y', of('b')));
  const before = world(it);
  expect(await settle(it, a, b, address('x', of('b')), address('y', of('a')))).toEqual([
    'publicIps/x:unassign(machine/a) done',
    'publicIps/y:unassign(machine/b) done',
    'publicIps/x:assign(machine/b) done',
    'publicIps/y:assign(machine/a) done',
  ]);
  expect(world(it)).toEqual(before.map(([ip, name]) => [ip, name === 'a' ? 'b' : 'a']));
});

test('a machine gets another address after the old one is unassigned', async () => {
  await using it = await bench();
  await settle(it, a, address('x', of('a')), address('y'));
  expect(await settle(it, a, address('x', { machine: null }), address('y', of('a')))).toEqual([
    'publicIps/x:unassign(machine/a) done',
    'publicIps/y:assign(machine/a) done',
  ]);
});

test('an address is not assigned to a machine that keeps another one', async () => {
  await using it = await bench();
  await settle(it, a, address('x', of('a')), address('y'));
  expect(await openFindings(it, a, address('x'), address('y', of('a')))).toEqual([
    'blocked publicIps/y: machine: machines/a is held by publicIps/' +
      `${world(it)[0]?.[0]}, which does not let go of it`,
  ]);
});

test('an address is matched by ip, by machine, and by region if unassigned, in this order, and created otherwise', async () => {
  await using it = await bench();
  await settle(it, a);
  const elsewhere = await claimed(it, undefined, 'ca1');
  const [free, other, had] = [
    await claimed(it),
    await claimed(it),
    await claimed(it, idOf(it, 'a')),
  ];
  const before = claims(it);
  const team = [address('one'), address('two', of('a')), address('three', { ip: other })];
  expect(await settle(it, a, ...team)).toEqual([]);
  const { bindings } = await it.store.memory(it.clock.now());
  expect(['one', 'two', 'three'].map((name) => bindings.get(`publicIps/${name}`)?.id)).toEqual([
    free,
    had,
    other,
  ]);
  expect(claims(it)).toBe(before);
  expect(await settle(it, a, ...team, address('four'))).toEqual(['publicIps/four:create done']);
  expect(world(it)).toContainEqual([elsewhere, null]);
});

test('an ip that is not live is blocked, and a live one takes precedence over the binding', async () => {
  await using it = await bench();
  expect(await openFindings(it, address('gate', { ip: '203.0.113.7' }))).toEqual([
    'blocked publicIps/gate: there is no public IP whose ip is 203.0.113.7, and the API chooses it',
  ]);
  await settle(it, address('gate'));
  const other = await claimed(it);
  const report = await it.pass([address('gate', { ip: other })]);
  expect(report.actions).toEqual([]);
  expect(openOf(report)).toEqual([`unmanaged publicIps/${world(it)[0]?.[0]}`]);
  expect(openOf(await it.pass([address('gate', { ip: other }, {})]))).toEqual(openOf(report));
  expect(await openFindings(it, address('gate', { ip: '203.0.113.7' }))).toContain(
    'blocked publicIps/gate: ip is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
  );
});

test('an absent address is deleted, and the region is immutable', async () => {
  await using it = await bench();
  await settle(it, a, address('gate', of('a')));
  expect(await openFindings(it, a, address('gate', { region: 'ca1' }))).toEqual([
    'blocked publicIps/gate: region is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
  ]);
  const deletion = await it.pass([a], [['publicIps', 'gate']]);
  expect(outcomesOf(deletion)).toEqual(['publicIps/gate:delete done']);
  expect(world(it)).toEqual([]);
});

const yaml = (machines: string, ips: string) =>
  `machines:\n  a: { machineType: C5, template: { os: U }, diskSize: 50, ${machines} }\npublicIps: ${ips}\n`;

test.each([
  ['region: ny2', '{ x: { region: ny2, machine: null }, y: { region: ny2, machine: a } }', []],
  ['region: ny2, publicIpType: static', '{ x: { region: ny2, machine: a } }', []],
  ['region: ny2, publicIpType: dynamic', '{ x: { region: ny2, machine: a } }', ['conflict']],
  ['region: ca1', '{ x: { region: ny2, machine: a } }', ['other-region']],
  [
    'region: ny2',
    '{ x: { region: ny2, machine: a }, y: { region: ny2, machine: a } }',
    ['assigned-twice'],
  ],
  ['region: ny2', '{ x: { region: ny2, ip: 300.1.1.1 } }', ['wrong-value']],
])('validation of a machine with %s and the addresses %s', async (machines, ips, rules) => {
  const files = { 'team.yaml': yaml(machines, ips) };
  const loaded = await loadDesired(await directoryOf(files), catalog);
  expect(loaded.ok ? [] : loaded.problems.map(({ rule }) => rule)).toEqual(rules);
});
