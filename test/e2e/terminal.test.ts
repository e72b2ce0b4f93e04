import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seedMachines, startSimulator } from '../../src/simulator/simulator.ts';
import { screenAfter } from '../support/screen.ts';
import { place, type Place } from './holdfast.ts';

/** `script` runs a command on a terminal of its own. */
const hasTerminal = spawnSync('script', ['--version']).status === 0;
const onTerminal = ['sh', '-c', 'exec script -qefc "$*" /dev/null', 'sh'];

/** Sends a signal to the process that holds a store: the terminal's own process does not pass it on. */
async function interrupt(here: Place, store: string, signal: NodeJS.Signals): Promise<void> {
  const holder = await readFile(join(here.path, `.holdfast/${store}.holder`), 'utf8');
  process.kill(Number(/^process (\d+) /.exec(holder)?.[1]), signal);
}

/** Stops the daemon of the simulated team. */
const stop = (here: Place): Promise<void> => interrupt(here, 'simulator.db', 'SIGTERM');

test.runIf(hasTerminal)(
  'on a terminal the daemon logs a readable line for each event',
  async () => {
    await using here = await place();
    await here.write({
      'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
      'config/team.yaml': 'privateNetworks: { a: { region: ny2 } }\n',
    });
    const daemon = here.start(['run', '--simulate', '--log-level', 'debug'], {}, onTerminal);
    await daemon.saw(/\d\d:\d\d:\d\d {2}started: http:\S+ · enforce · config \.\/config/);
    await daemon.saw(/All in sync/);
    await here.write({ 'config/team.yaml': 'privateNetworks: { a: { regin: ny2 } }\n' });
    await daemon.saw(/config not valid; .*: team\.yaml:1:\d+: /);
    await daemon.saw(/request ended: GET \/\S+ ok · /);
    await stop(here);
    const { code, stdout } = await daemon.ended;
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/^\{|"msg"|"level"/m);
  },
);

test.runIf(hasTerminal)(
  'on a terminal other commands log readable lines, too, and colours are optional',
  async () => {
    await using here = await place();
    await here.write({ 'config/team.yaml': 'privateNetworks: { a: { region: ny2 } }\n' });
    const args = ['plan', '--simulate', '--log-level', 'trace'];
    const coloured = await here.run(args, { TERM: 'xterm-256color' }, onTerminal);
    expect(coloured.stdout).toContain('\u001b[2mdebug\u001b[22m request ended');
    const plain = await here.run([...args, '--no-color'], { TERM: 'xterm-256color' }, onTerminal);
    expect(plain.stdout).toMatch(/ debug request ended/);
    expect(plain.stdout).not.toContain('\u001b');
  },
);

const clear = '\r\u001b[K';
const networks = 'privateNetworks: { a: { region: ny2 }, b: { region: ny2 } }\n';

test.runIf(hasTerminal)(
  'on a terminal the daemon shows its progress in a line of which nothing remains',
  async () => {
    await using here = await place();
    await here.write({
      'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
      'config/team.yaml': networks,
    });
    const args = ['run', '--simulate', '--job-time', '1s'];
    const daemon = here.start(args, { TERM: 'xterm' }, onTerminal);
    await daemon.saw(/listing the team/);
    await daemon.saw(/1\/2 done after \d+ of about \d+ s, waiting for privateNetworks\/[ab]/);
    await daemon.saw(/nothing to do[^]*in sync · waiting for a change · Ctrl-C stops/);
    await stop(here);
    const { code, stdout } = await daemon.ended;
    expect(code).toBe(0);
    const screen = screenAfter(stdout);
    expect(screen).toMatch(/^\d\d:\d\d:\d\d {2}pass ended: 2 created, 2 in sync · /m);
    expect(screen).toMatch(/^All in sync, nothing to do\. 2 in sync\.$/m);
    expect(screen).toMatch(/\n\d\d:\d\d:\d\d {2}stopped\n$/);
    expect(screen).not.toMatch(/listing the team|done after|recording|Ctrl-C/);
  },
);

test.runIf(hasTerminal).each([
  { env: { TERM: 'dumb' }, because: 'it cannot clear a line' },
  { env: { TERM: 'xterm', CI: 'true' }, because: 'the log of a job keeps every line' },
])('no status line with $env: $because', async ({ env }) => {
  await using here = await place();
  await here.write({
    'config/holdfast.yaml': 'settings: { mode: enforce, schedule: null }\n',
    'config/team.yaml': networks,
  });
  const daemon = here.start(['run', '--simulate'], env, onTerminal);
  await daemon.saw(/All in sync/);
  await stop(here);
  expect((await daemon.ended).stdout).not.toMatch(/listing the team|Ctrl-C/);
});

test.runIf(hasTerminal)('apply shows its progress in the same line, NO_COLOR or not', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': networks });
  const args = ['apply', '--simulate', '--yes'];
  const env = { TERM: 'xterm', NO_COLOR: '1' };
  const { code, stdout } = await here.run(args, env, onTerminal);
  expect(code).toBe(0);
  expect(stdout).toContain(`${clear}1/2 done after 0 of about `);
  expect(stdout.replaceAll(clear, '')).not.toContain('\u001b');
  expect(screenAfter(stdout)).toMatch(/^ {2}\+ create/);
});

test.runIf(hasTerminal)('import shows how many lists it has read in the same line', async () => {
  await using simulator = await startSimulator();
  seedMachines(simulator.world, 3);
  await using here = await place();
  await here.write({ 'config/team.yaml': 'privateNetworks: {}\n' });
  const env = { TERM: 'xterm', PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  const { code, stdout } = await here.run(['import'], env, onTerminal);
  expect(code).toBe(0);
  expect(stdout).toMatch(/1\/3 done after \d+ of about \d+ s, waiting for the accessors of /);
  expect(screenAfter(stdout)).toMatch(/^Added /);
});

test.runIf(hasTerminal)('Ctrl-C ends an import, and nothing of the line remains', async () => {
  await using simulator = await startSimulator();
  seedMachines(simulator.world, 2);
  simulator.fault({ path: '/machines/*/accessors', times: Infinity, kind: 'hang' });
  await using here = await place();
  await here.write({ 'config/team.yaml': 'privateNetworks: {}\n' });
  const env = { TERM: 'xterm', PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  const command = here.start(['import'], env, onTerminal);
  await command.saw(/0\/2 done after/);
  await interrupt(here, 'state.db', 'SIGINT');
  const { code, stdout } = await command.ended;
  expect(code).toBe(130);
  expect(screenAfter(stdout)).toBe('');
});
