import { expect, test } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/simulator.ts';
import { newMachine, startTeam, type Team } from './client.ts';

const GB = 1_073_741_824;

test('a machine is shown like in the real service: labels, bytes as text, no write-only fields', async () => {
  await using team = await startTeam();
  const { data } = await team.ok('POST', '/machines', { ...newMachine, machineType: 'a100-80gx8' });
  expect(data).toMatchObject({
    machineType: 'A100-80Gx8',
    region: 'East Coast (NY2)',
    ram: String(720 * GB),
    storageTotal: String(50 * GB),
    accelerators: [{ name: 'A100-80G', count: 8 }],
    autoShutdownTimeout: null,
    autoSnapshotFrequency: null,
    networkId: expect.any(String),
  });
  expect(Object.keys(data)).toHaveLength(32);
});

test('answers can show regions as codes and bytes as numbers', async () => {
  await using team = await startTeam({ regions: 'codes', bytes: 'numbers' });
  const { data } = await team.ok('POST', '/machines', newMachine);
  expect(data).toMatchObject({ region: 'ny2', storageTotal: 50 * GB });
});

test.each(['ca1', 'CA1', 'West Coast (CA1)'])('region %s is understood', async (region) => {
  await using team = await startTeam();
  const { data } = await team.ok('POST', '/machines', { ...newMachine, region });
  expect(data.region).toBe('West Coast (CA1)');
  expect(
    (await team.ok('GET', `/machines?region=${encodeURIComponent(region)}`)).items,
  ).toHaveLength(1);
  expect((await team.ok('GET', '/machines?region=ny2')).items).toHaveLength(0);
});

/** Creates two machines with one name, and returns their ids. */
async function twoIds(seed: number): Promise<string[]> {
  await using team = await startTeam({ seed });
  const first = await team.ok('POST', '/machines', newMachine);
  const second = await team.ok('POST', '/machines', newMachine);
  return [first.data.id, second.data.id];
}

test('names may repeat, ids are unique and depend on the seed', async () => {
  const [firstId, secondId] = await twoIds(7);
  expect(firstId).toMatch(/^psm[0-9a-z]{10}$/);
  expect(secondId).not.toBe(firstId);
  expect(await twoIds(7)).toEqual([firstId, secondId]);
  expect(await twoIds(8)).not.toContain(firstId);
});

type Walk = readonly (readonly [ms: number, machine: string, event: string])[];

const jobs: readonly {
  because: string;
  options?: SimulatorOptions;
  begin: (team: Team) => Promise<{ event: { id: string }; data: { id: string } }>;
  walk: Walk;
}[] = [
  {
    because: 'create ends before the machine has booted',
    begin: ({ ok }) => ok('POST', '/machines', newMachine),
    walk: [
      [0, 'provisioning', 'create new'],
      [99, 'provisioning', 'create new'],
      [100, 'provisioning', 'create in progress'],
      [1600, 'starting', 'create done'],
      [2000, 'serviceready', 'create done'],
      [2400, 'ready', 'create done'],
    ],
  },
  {
    because: 'create can end with the boot',
    options: { createDone: 'after-boot' },
    begin: ({ ok }) => ok('POST', '/machines', newMachine),
    walk: [
      [1600, 'starting', 'create in progress'],
      [2000, 'serviceready', 'create in progress'],
      [2400, 'ready', 'create done'],
    ],
  },
  {
    because: 'a machine without startOnCreate ends as off',
    begin: ({ ok }) => ok('POST', '/machines', { ...newMachine, startOnCreate: false }),
    walk: [
      [1599, 'provisioning', 'create in progress'],
      [1600, 'off', 'create done'],
    ],
  },
  {
    because: 'durations of 0 have ended by the next request',
    options: { durations: { queue: 0, create: 0, boot: 0 } },
    begin: ({ ok }) => ok('POST', '/machines', newMachine),
    walk: [[0, 'ready', 'create done']],
  },
  {
    because: 'start',
    begin: (team) => act(team, 'PATCH', 'start', { startOnCreate: false }),
    walk: [
      [0, 'starting', 'start new'],
      [100, 'starting', 'start in progress'],
      [600, 'serviceready', 'start in progress'],
      [1100, 'ready', 'start done'],
    ],
  },
  {
    because: 'stop',
    begin: (team) => act(team, 'PATCH', 'stop'),
    walk: [
      [0, 'stopping', 'stop new'],
      [900, 'off', 'stop done'],
    ],
  },
  {
    because: 'restart leaves the machine ready until the job begins',
    begin: (team) => act(team, 'PATCH', 'restart'),
    walk: [
      [99, 'ready', 'restart new'],
      [100, 'restarting', 'restart in progress'],
      [1300, 'ready', 'restart done'],
    ],
  },
  {
    because: 'delete',
    begin: (team) => act(team, 'DELETE', ''),
    walk: [
      [0, 'ready', 'deactivate new'],
      [100, 'stopping', 'deactivate in progress'],
      [900, '404', 'deactivate done'],
    ],
  },
  {
    because: 'new hardware',
    begin: (team) => act(team, 'PUT', '', { startOnCreate: false }, { machineType: 'C6' }),
    walk: [
      [0, 'upgrading', 'vm-upgrade new'],
      [1100, 'off', 'vm-upgrade done'],
    ],
  },
];

/** Sends a request for a new, idle machine. */
async function act(team: Team, method: string, verb: string, fields = {}, body?: object) {
  const { id } = await team.machine(fields);
  return team.ok(method, `/machines/${id}${verb && `/${verb}`}`, body);
}

test.each(jobs)('states of a machine: $because', async ({ options, begin, walk }) => {
  await using team = await startTeam(options);
  const { event, data } = await begin(team);
  const seen: [number, string, string][] = [];
  let passed = 0;
  for (const [ms] of walk) {
    team.wait(ms - passed);
    passed = ms;
    const machine = await team.send('GET', `/machines/${data.id}`);
    const { name, state } = await team.ok('GET', `/machine-events/${event.id}`);
    seen.push([ms, machine.body.state ?? String(machine.status), `${name} ${state}`]);
  }
  expect(seen).toEqual(walk);
});

test('an event shows its start and end, and is listed by its machine', async () => {
  await using team = await startTeam();
  const { event, data } = await team.ok('POST', '/machines', newMachine);
  await team.machine();
  expect(await team.ok('GET', `/machine-events?machineId=${data.id}`)).toEqual({
    hasMore: false,
    nextPage: null,
    items: [
      {
        ...event,
        state: 'done',
        dtStarted: '2026-01-01T00:00:00.100Z',
        dtFinished: '2026-01-01T00:00:01.600Z',
      },
    ],
  });
});

const off = { startOnCreate: false };

test.each([
  { do: ['PATCH', '/start'], from: 'ready', says: 'This machine is currently ready.' },
  { do: ['PATCH', '/stop'], from: 'off', says: 'This machine is currently off.' },
  { do: ['PATCH', '/restart'], from: 'off', says: 'This machine is currently off.' },
  {
    do: ['PUT', '', { machineType: 'C6' }],
    from: 'ready',
    says: 'This machine is currently ready.',
  },
  { do: ['PUT', '', { diskSize: 100 }], from: 'ready', says: 'This machine is currently ready.' },
] as const)(
  '$do.0 $do.1 of a machine that is $from is refused',
  async ({ do: request, from, says }) => {
    await using team = await startTeam();
    const { id } = await team.machine(from === 'off' ? off : {});
    const [method, verb, body] = request;
    const reply = await team.send(method, `/machines/${id}${verb}`, body);
    expect(reply).toMatchObject({ status: 409, body: { code: 'CONFLICT', message: says } });
  },
);

test.each([
  ['PATCH', '/start'],
  ['PATCH', '/stop'],
  ['PATCH', '/restart'],
  ['PUT', '', { name: 'x' }],
  ['DELETE', ''],
] as const)(
  'one job at a time: %s %s is refused while a machine starts',
  async (method, verb, body?) => {
    await using team = await startTeam();
    const { id } = await team.machine(off);
    await team.ok('PATCH', `/machines/${id}/start`);
    expect(await team.send(method, `/machines/${id}${verb}`, body)).toMatchObject({
      status: 409,
      body: { message: 'This machine is currently starting.' },
    });
  },
);

test('a machine can be deleted while it boots, which ends the boot', async () => {
  await using team = await startTeam();
  const { data } = await team.ok('POST', '/machines', newMachine);
  team.wait(1600);
  await team.ok('DELETE', `/machines/${data.id}`);
  team.wait(60_000);
  expect(await team.send('GET', `/machines/${data.id}`)).toMatchObject({ status: 404 });
  expect(team.world.machines.size).toBe(0);
});

const ask = (changes: object) => ({ ...newMachine, ...changes });

test.each([
  { because: 'no such template', body: ask({ templateId: 'tnone' }), status: 404 },
  { because: 'no such network', body: ask({ networkId: 'nnone' }), status: 404 },
  { because: 'no such script', body: ask({ startupScriptId: 'scnone' }), status: 404 },
  { because: 'no such user', body: ask({ accessorIds: ['unone'] }), status: 404 },
  { because: 'no such region', body: ask({ region: 'mars' }), status: 400 },
  { because: 'no such type', body: ask({ machineType: 'C99' }), status: 400 },
  { because: 'not for this template', body: ask({ templateId: 'tws22r8f' }), status: 400 },
  { because: 'shutdown needs a timeout', body: ask({ autoShutdownEnabled: true }), status: 400 },
  { because: 'snapshots need a frequency', body: ask({ autoSnapshotEnabled: true }), status: 400 },
])('create is refused with $status, without any effect: $because', async ({ body, status }) => {
  await using team = await startTeam();
  expect(await team.send('POST', '/machines', { ...body, publicIpType: 'static' })).toMatchObject({
    status,
  });
  expect([team.world.machines.size, team.world.events.size, team.world.publicIps.size]).toEqual([
    0, 0, 0,
  ]);
});

test('a network of another region is refused', async () => {
  await using team = await startTeam();
  const network = await team.ok('POST', '/private-networks', { name: 'n', region: 'ca1' });
  const reply = await team.send('POST', '/machines', ask({ networkId: network.id }));
  expect(reply).toMatchObject({ status: 400 });
});

test('capacity is taken by a create, shown, and returned by a delete', async () => {
  await using team = await startTeam({ capacity: { 'H100@ny2': 1 } });
  const available = async (region: string) =>
    (await team.ok('GET', `/machine-availability?machineType=h100&region=${region}`)).available;
  expect(await available('ny2')).toBe(true);
  const { id } = await team.machine({ machineType: 'H100' });
  expect(await available('ny2')).toBe(false);
  expect(await available('ca1')).toBe(true);
  const refused = await team.send('POST', '/machines', ask({ machineType: 'H100' }));
  expect(refused).toMatchObject({ status: 409, body: { message: /out of capacity/ } });
  await team.ok('DELETE', `/machines/${id}`);
  team.wait(60_000);
  expect(await available('ny2')).toBe(true);
  team.world.capacity.set('H100@ny2', 0);
  expect(await available('ny2')).toBe(false);
});

test('a team has at most its maximum of machines', async () => {
  await using team = await startTeam({ maxMachines: 1 });
  expect((await team.ok('GET', '/auth/session')).team.maxMachines).toBe(1);
  await team.machine();
  expect(await team.send('POST', '/machines', newMachine)).toMatchObject({ status: 403 });
});

test('hardware: a disk only grows, a CPU does not become a GPU, an unchanged value starts no job', async () => {
  await using team = await startTeam();
  const { id } = await team.machine({ ...off, diskSize: 100 });
  const put = (body: object) => team.send('PUT', `/machines/${id}`, body);
  expect(await put({ diskSize: 50 })).toMatchObject({ status: 400 });
  expect(await put({ machineType: 'P4000' })).toMatchObject({ status: 400 });
  expect(await put({ machineType: 'C99' })).toMatchObject({ status: 400 });
  const same = await put({ diskSize: 100, machineType: 'c5' });
  expect(same).toMatchObject({ status: 200, body: { data: { state: 'off' } } });
  expect(same.body).not.toHaveProperty('event');
  expect(await put({ diskSize: 250, machineType: 'C6' })).toMatchObject({ status: 200 });
  team.wait(60_000);
  expect(await team.ok('GET', `/machines/${id}`)).toMatchObject({
    machineType: 'C6',
    cpus: 8,
    storageTotal: String(250 * GB),
  });
});

test('other changes take effect immediately, even on a running machine', async () => {
  await using team = await startTeam();
  const { id, networkId } = await team.machine();
  const network = await team.ok('POST', '/private-networks', { name: 'n', region: 'ny2' });
  const { data } = await team.ok('PUT', `/machines/${id}`, {
    name: 'renamed',
    networkId: network.id,
    autoSnapshotEnabled: true,
    autoSnapshotFrequency: 'daily',
    autoSnapshotSaveCount: 3,
    restorePointEnabled: true,
    restorePointFrequency: 'shutdown',
  });
  expect(data).toMatchObject({ state: 'ready', name: 'renamed', networkId: network.id });
  expect(await team.ok('GET', `/machines/${id}`)).toEqual(data);
  const back = await team.send('PUT', `/machines/${id}`, { networkId });
  expect(back).toMatchObject({ status: 404 });
});

test('the default network has an id that no operation accepts', async () => {
  await using team = await startTeam();
  const { networkId } = await team.machine();
  expect(networkId).toMatch(/^n/);
  expect(await team.ok('GET', `/private-networks/${networkId}`)).toBeNull();
  expect(await team.ok('GET', '/private-networks')).toMatchObject({ items: [] });
});

const shutdown = { autoShutdownEnabled: true, autoShutdownTimeout: 1, autoShutdownForce: false };

test.each([
  {
    because: 'a timeout alone is ignored',
    bodies: [{ autoShutdownTimeout: 8 }],
    timeout: 1,
  },
  {
    because: 'a timeout is ignored beside an unchanged enabled',
    bodies: [{ autoShutdownEnabled: true, autoShutdownTimeout: 8 }],
    timeout: 1,
  },
  {
    because: 'a timeout applies after off and on',
    bodies: [{ autoShutdownEnabled: false }, { ...shutdown, autoShutdownTimeout: 8 }],
    timeout: 8,
  },
  {
    because: 'the quirk can be switched off',
    bodies: [{ autoShutdownTimeout: 8 }],
    options: { stickyShutdown: false },
    timeout: 8,
  },
])('shutdown settings: $because', async ({ bodies, options, timeout }) => {
  await using team = await startTeam(options);
  const { id } = await team.machine(shutdown);
  for (const body of bodies) await team.ok('PUT', `/machines/${id}`, body);
  const machine = await team.ok('GET', `/machines/${id}`);
  expect(machine).toMatchObject({ autoShutdownEnabled: true, autoShutdownTimeout: timeout });
});

test('a static address is claimed with the machine and outlives it', async () => {
  await using team = await startTeam();
  const { id, publicIp } = await team.machine({ publicIpType: 'static' });
  const [address] = (await team.ok('GET', '/public-ips')).items;
  expect(address).toMatchObject({ ip: publicIp, assignedMachineId: id });
  await team.ok('DELETE', `/machines/${id}`);
  team.wait(60_000);
  const [free] = (await team.ok('GET', '/public-ips')).items;
  expect(free).toMatchObject({ ip: publicIp });
  expect(free).not.toHaveProperty('assignedMachineId');
});

test('a dynamic address exists while the machine is on', async () => {
  await using team = await startTeam();
  const { data } = await team.ok('POST', '/machines', ask({ publicIpType: 'dynamic' }));
  expect(data.publicIp).toBeNull();
  team.wait(60_000);
  expect((await team.ok('GET', `/machines/${data.id}`)).publicIp).toMatch(/^74\.82\./);
  await team.ok('PATCH', `/machines/${data.id}/stop`);
  team.wait(60_000);
  expect((await team.ok('GET', `/machines/${data.id}`)).publicIp).toBeNull();
  expect(await team.ok('GET', '/public-ips')).toMatchObject({ items: [] });
});

test('a machine that is changed from static keeps its claim on the address', async () => {
  await using team = await startTeam();
  const { id, publicIp } = await team.machine({ publicIpType: 'static' });
  const { data } = await team.ok('PUT', `/machines/${id}`, { publicIpType: 'none' });
  expect(data).toMatchObject({ publicIpType: 'none', publicIp: null });
  expect((await team.ok('GET', '/public-ips')).items).toMatchObject([{ ip: publicIp }]);
});

test('a delete removes snapshots and accessors, and leaves script and network', async () => {
  await using team = await startTeam();
  const script = await team.ok('POST', '/startup-scripts', { name: 's', script: 'true' });
  const network = await team.ok('POST', '/private-networks', { name: 'n', region: 'ny2' });
  const { id } = await team.machine({
    startupScriptId: script.id,
    networkId: network.id,
    takeInitialSnapshot: true,
    accessorIds: [team.world.team.userId],
  });
  const { world } = team;
  expect([world.snapshots.size, world.accessors.size]).toEqual([1, 1]);
  await team.ok('DELETE', `/machines/${id}`);
  team.wait(60_000);
  const left = await team.ok('GET', `/startup-scripts/${script.id}`);
  expect(left.assignedMachineIds).toEqual([]);
  expect([world.snapshots.size, world.accessors.size]).toEqual([0, 0]);
  await team.ok('DELETE', `/private-networks/${network.id}`);
});

test.each([
  { listDeleted: 0, listed: [false, false] },
  { listDeleted: 30_000, listed: [true, false] },
])('deleted machines are listed for $listDeleted ms', async ({ listDeleted, listed }) => {
  await using team = await startTeam({ listDeleted });
  const { id } = await team.machine();
  await team.ok('DELETE', `/machines/${id}`);
  const seen: boolean[] = [];
  for (const ms of [10_000, 40_000]) {
    team.wait(ms);
    expect(await team.send('GET', `/machines/${id}`)).toMatchObject({ status: 404 });
    const { items } = await team.ok('GET', '/machines');
    seen.push(items.some(({ dtDeleted }: { dtDeleted: string | null }) => dtDeleted !== null));
  }
  expect(seen).toEqual(listed);
});

test('accessors are members of the team, once each', async () => {
  await using team = await startTeam();
  const { id } = await team.machine();
  const path = `/machines/${id}/accessors`;
  const { userId } = team.world.team;
  expect(await team.send('POST', path, { userId: 'unone' })).toMatchObject({ status: 404 });
  expect(await team.ok('POST', path, { userId })).toMatchObject({
    user: { id: userId, email: 'ada@example.com' },
  });
  expect(await team.send('POST', path, { userId })).toMatchObject({ status: 409 });
  expect((await team.ok('GET', path)).items).toHaveLength(1);
  await team.ok('DELETE', `${path}/${userId}`);
  expect(await team.send('DELETE', `${path}/${userId}`)).toMatchObject({ status: 404 });
});
