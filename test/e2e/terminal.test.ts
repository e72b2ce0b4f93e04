import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { place } from './holdfast.ts';

/** `script` runs a command on a terminal of its own. */
const hasTerminal = spawnSync('script', ['--version']).status === 0;
const onTerminal = ['sh', '-c', 'exec script -qefc "$*" /dev/null', 'sh'];

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
    // The daemon outlives its terminal, so it gets the signal itself.
    const holder = await readFile(join(here.path, '.holdfast/simulator.db.holder'), 'utf8');
    process.kill(Number(/^process (\d+) /.exec(holder)?.[1]), 'SIGTERM');
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
