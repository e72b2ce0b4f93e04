import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { launch, place } from './holdfast.ts';

const run = promisify(execFile);

/** Packs the package, installs it into an empty directory without a network, and returns how to run commands there. */
async function installed(path: string) {
  const env = {
    HOME: path,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
    HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
  };
  const packed = join(path, 'packed');
  const empty = join(path, 'empty');
  await Promise.all([mkdir(packed), mkdir(empty)]);
  await run('npm', ['pack', '--pack-destination', packed, inject('build')], { cwd: path, env });
  const [tarball = ''] = await readdir(packed);
  await run('npm', ['install', '--offline', '--prefix', empty, join(packed, tarball)], {
    cwd: empty,
    env,
  });
  return { env, empty };
}

test('the package is installed without a network, and runs in an empty directory', async () => {
  await using here = await place();
  const { env, empty } = await installed(here.path);
  const npx = async (...args: readonly string[]): Promise<string> =>
    (await run('npx', ['--offline', 'holdfast', ...args], { cwd: empty, env })).stdout;
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(await npx('--version')).toBe(`${version}\n`);
  await npx('init');
  expect(await npx('validate')).toContain('valid: ');
  const daemon = launch(['node_modules/.bin/holdfast', 'run', '--simulate'], empty, env);
  await daemon.saw(/"msg":"pass ended"/);
  daemon.kill('SIGTERM');
  expect(await daemon.ended).toMatchObject({ code: 0 });
  expect(await readdir(join(empty, 'node_modules'))).toEqual(
    expect.not.arrayContaining(['commander']) as string[],
  );
  expect(await readdir(join(empty, 'node_modules/holdfast'))).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'bin', 'dist', 'man']) as string[],
  );
}, 120_000);
