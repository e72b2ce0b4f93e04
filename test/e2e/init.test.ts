import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { place, type Place } from './holdfast.ts';

const read = (here: Place, file: string) => readFile(join(here.path, file), 'utf8');

/** Deletes the first `# ` of the lines of the examples, as the text says. */
const uncommented = (text: string): string =>
  text.replaceAll(/^# (?=privateNetworks:|machines:| {2})/gm, '');

test('a new config validates, plans nothing, and plans its examples once they are declared', async () => {
  await using here = await place();
  const { code, stdout } = await here.run(['init']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^wrote config\/holdfast\.yaml\nwrote config\/team\.yaml\n/);
  const next = stdout.match(/^ {2}holdfast .*$/gm)?.map((line) => line.trim().split(' ').slice(1));
  expect(next?.map(([command]) => command)).toEqual(['validate', 'plan', 'run']);
  expect(await here.run(next?.[0] ?? [])).toMatchObject({
    code: 0,
    stdout: 'valid: 0 resources in 2 files\n',
    stderr: '',
  });
  expect(await here.run(next?.[1] ?? [])).toMatchObject({ code: 0 });
  expect(await here.run(['apply', '--yes', '--simulate'])).toMatchObject({ code: 0 });

  const team = join(here.path, 'config/team.yaml');
  await writeFile(team, uncommented(await read(here, 'config/team.yaml')));
  expect(await here.run(['validate', '--strict'])).toMatchObject({
    code: 0,
    stdout: 'valid: 2 resources in 2 files\n',
  });
  const plan = await here.run(['plan', '--simulate']);
  expect(plan).toMatchObject({ code: 2 });
  expect(plan.stdout).toContain('2 to create: 2 missing.');

  const daemon = here.start(next?.[2] ?? []);
  await daemon.saw(/pass ended/);
  daemon.kill('SIGTERM');
  expect(await daemon.ended).toMatchObject({ code: 0 });
  expect(await here.run(['plan', '--simulate']), 'the daemon created something').toMatchObject({
    code: 2,
  });
});

test('a second run writes nothing', async () => {
  await using here = await place();
  await here.run(['init']);
  await here.write({ 'config/holdfast.yaml': 'settings: {}\n' });
  expect(await here.run(['init'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/holdfast\.yaml, team\.yaml, schema\/settings\.json/) as string,
  });
  expect(await read(here, 'config/holdfast.yaml')).toBe('settings: {}\n');
});

test('the first line of each file leads editors to a schema that accepts the file and knows its fields', async () => {
  await using here = await place();
  await here.run(['init', 'team']);
  for (const file of ['team/holdfast.yaml', 'team/team.yaml']) {
    const text = uncommented(await read(here, file));
    const path = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    const schema = JSON.parse(await read(here, join(dirname(file), path))) as object;
    const isValid = new Ajv2020({ strict: false }).compile(schema);
    const document = parse(text) as object;
    expect(isValid(document), file).toBe(true);
    expect(isValid({ ...document, machins: {} }), 'a wrong key').toBe(false);
  }
});

test('DIR is the directory, with its quotes in the next commands; only this user can read the files', async () => {
  await using here = await place();
  const { stdout } = await here.run(['init', 'my team', '--config', 'other']);
  expect(stdout).toContain("\n  holdfast validate --config 'my team'\n");
  expect(await readdir(here.path)).toEqual(['my team']);
  expect(await here.run(['validate', '--config', 'my team'])).toMatchObject({ code: 0 });
  expect((await stat(join(here.path, 'my team/team.yaml'))).mode & 0o777).toBe(0o600);
});

test('--config names the directory if DIR does not', async () => {
  await using here = await place();
  expect(await here.run(['init', '--config', 'other'])).toMatchObject({ code: 0 });
  expect(await readdir(here.path)).toEqual(['other']);
});

test('a disk that is full in the middle of a file leaves nothing behind', async () => {
  await using here = await place();
  // Larger than each file but the last.
  const limited = ['prlimit', '--fsize=100000:'];
  expect(await here.run(['init'], {}, limited)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^no config was written: .*EFBIG/) as string,
  });
  expect(await readdir(here.path)).toEqual([]);
});
