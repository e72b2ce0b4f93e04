import { expect, test } from 'vitest';
import { seedMachines } from '../../src/simulator/simulator.ts';
import { Table, type Row } from '../../src/simulator/world/table.ts';
import { newMachine, start, startTeam, type Team } from './client.ts';

interface Named {
  readonly name: string;
  readonly state: string;
}

/** Returns the names on each page of a walk. */
async function walk(team: Team, path: string): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null = null;
  do {
    const cursor: string = after === null ? '' : `&after=${after}`;
    const page = await team.ok('GET', `${path}${cursor}`);
    pages.push(page.items.map(({ name }: Named) => name));
    expect(page.hasMore).toBe(page.nextPage !== null);
    after = page.nextPage;
  } while (after !== null);
  return pages;
}

/** Creates a team with machines b, A, and c, in this order; c is off. */
async function threeMachines(): Promise<Team> {
  const team = await startTeam();
  for (const name of ['b', 'A', 'c'])
    await team.machine({ name, startOnCreate: name !== 'c', region: name === 'A' ? 'ca1' : 'ny2' });
  return team;
}

test.each([
  { path: '/machines?limit=2', pages: [['c', 'A'], ['b']], because: 'newest first by default' },
  { path: '/machines?limit=2&order=asc', pages: [['b', 'A'], ['c']], because: 'oldest first' },
  { path: '/machines?limit=1', pages: [['c'], ['A'], ['b']], because: 'one item per page' },
  { path: '/machines?limit=3', pages: [['c', 'A', 'b']], because: 'a full page may be the last' },
  {
    path: '/machines?limit=2&orderBy=name&order=asc',
    pages: [['A', 'b'], ['c']],
    because: 'by name',
  },
  {
    path: '/machines?limit=2&orderBy=name',
    pages: [['c', 'b'], ['A']],
    because: 'by name, descending',
  },
  {
    path: '/machines?limit=1&orderBy=state&order=asc',
    pages: [['c'], ['b'], ['A']],
    because: 'by state',
  },
  { path: '/machines?limit=1&region=ny2', pages: [['c'], ['b']], because: 'filtered' },
  { path: '/machines?limit=9&name=a', pages: [['A']], because: 'by part of a name, ignoring case' },
  {
    path: '/machines?limit=9&machineType=c5&agentType=LinuxHeadless',
    pages: [['c', 'A', 'b']],
    because: 'by agent type',
  },
  { path: '/machines?limit=9&agentType=WindowsDesktop', pages: [[]], because: 'no item matches' },
])('$path: $because', async ({ path, pages }) => {
  await using team = await threeMachines();
  expect(await walk(team, path)).toEqual(pages);
});

test('a page has 20 items by default', async () => {
  await using team = await startTeam();
  seedMachines(team.world, 20);
  seedMachines(team.world, 1);
  const pages = await walk(team, '/machines?order=asc');
  expect(pages.map((page) => page.length)).toEqual([20, 1]);
  expect(pages[1]).toEqual(['machine-000021']);
});

test('a cursor outlives its item, and new items do not shift the pages', async () => {
  await using team = await threeMachines();
  const { nextPage } = await team.ok('GET', '/machines?limit=1');
  team.world.machines.delete(nextPage);
  await team.ok('POST', '/machines', { ...newMachine, name: 'd' });
  const { items } = await team.ok('GET', `/machines?limit=9&after=${nextPage}`);
  expect(items.map(({ name }: Named) => name)).toEqual(['A', 'b']);
});

test('later pages of custom templates repeat an item, unless switched off', async () => {
  for (const [repeatTemplates, second] of [
    [true, ['two', 'one']],
    [false, ['one']],
  ] as const) {
    await using team = await startTeam({ repeatTemplates });
    const { id: machineId } = await team.machine({ startOnCreate: false });
    for (const name of ['one', 'two']) {
      await team.ok('POST', '/custom-templates', { name, machineId });
      team.wait(60_000);
    }
    expect(await walk(team, '/custom-templates?limit=1')).toEqual([['two'], second]);
  }
});

test('OS templates are ordered by name, accessors by user', async () => {
  await using team = await startTeam();
  const names = (await walk(team, '/os-templates?order=asc&limit=5')).flat();
  expect(names).toHaveLength(13);
  expect(names).toEqual(names.toSorted());
  const { id } = await team.machine();
  const users = [...team.world.members].map((member) => member.id);
  for (const userId of users) await team.ok('POST', `/machines/${id}/accessors`, { userId });
  const { items } = await team.ok('GET', `/machines/${id}/accessors?order=asc`);
  expect(items.map((item: { user: { id: string } }) => item.user.id)).toEqual(users.toSorted());
});

test('100,000 machines are seeded as idle, and a page reads only what it shows', async () => {
  await using team = await startTeam({ record: false });
  seedMachines(team.world, 100_000, { scripts: 5, networks: 9 });
  expect(team.world.steps).toEqual([]);
  const [script] = (await team.ok('GET', '/startup-scripts')).items;
  expect(script.assignedMachineIds).toHaveLength(20_000);
  const counting = counted(100_000);
  expect(counting.page({ limit: 120, descending: true, after: 'x50000', keep })?.rows).toHaveLength(
    120,
  );
  expect(looks).toBe(121);
  const pages = await walk(team, '/machines?limit=120');
  expect(pages).toHaveLength(834);
  expect(new Set(pages.flat()).size).toBe(100_000);
});

let looks = 0;

function keep(): boolean {
  looks += 1;
  return true;
}

function counted(size: number): Table<Row> {
  const table = new Table<Row>();
  for (let index = 0; index < size; index += 1) table.insert({ id: `x${index}`, dtCreated: start });
  return table;
}

test.each([
  { because: 'in the middle', gone: ['2'], left: ['1', '3', '4'], odd: ['1', '3'] },
  { because: 'first and last', gone: ['1', '4'], left: ['2', '3'], odd: ['3'] },
  { because: 'everything', gone: ['1', '2', '3', '4'], left: [], odd: [] },
])('a table without some rows ($because) keeps the others in order', ({ gone, left, odd }) => {
  const table = new Table<Row>({ groupOf: ({ id }) => (Number(id) % 2 === 1 ? 'odd' : 'even') });
  for (const id of ['1', '2', '3', '4']) table.insert({ id });
  expect(gone.map((id) => table.delete(id))).not.toContain(false);
  expect(gone.map((id) => table.delete(id))).not.toContain(true);
  expect([...table].map(({ id }) => id)).toEqual(left);
  expect(table.in('odd').map(({ id }) => id)).toEqual(odd);
  expect(() => table.insert({ id: '5' }) && table.insert({ id: '5' })).toThrow('5 already');
});
