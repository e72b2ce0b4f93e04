import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place, type Running } from './holdfast.ts';

const execute = promisify(execFile);
const page = join(import.meta.dirname, '../../docs/guide-git.md');

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks of code of a page, in order. */
async function blocksOf(file: string): Promise<readonly Block[]> {
  const blocks = (await readFile(file, 'utf8')).matchAll(/^```(\w+)\n([^]*?)^```$/gm);
  return [...blocks].map(([, language = '', text = '']) => ({ language, text }));
}

/** The guide as a new user follows it: its commands and files, with a repository on this machine. */
test('the guide from an empty repository to the first merged pull request works as written', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  const forge = join(here.path, 'forge.git');
  await execute('git', ['init', '--quiet', '--bare', '--initial-branch=main', forge]);
  await writeFile(
    join(here.path, 'holdfast'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(inject('build'), 'bin/holdfast.js')}" "$@"\n`,
  );
  await chmod(join(here.path, 'holdfast'), 0o755);
  const env = {
    PATH: `${here.path}:${process.env['PATH']}`,
    HOME: here.path,
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
  };
  let daemon: Running | undefined;
  let url = '';
  const local = (text: string): string =>
    text
      .replaceAll('https://git.example.com/org/gpu-team.git', `file://${forge}`)
      .replaceAll('/tmp/try.json', join(here.path, 'try.json'))
      .replaceAll('interval: 1m', 'interval: 1s')
      .replaceAll('http://127.0.0.1:8080', url);
  const shell = async (text: string): Promise<string> => {
    const { stdout } = await execute('bash', ['--norc', '-euo', 'pipefail', '-c', local(text)], {
      cwd: here.path,
      env,
    });
    return stdout;
  };
  let status = '';
  for (const { language, text } of await blocksOf(page)) {
    const [, file] = /^# (\S+)\n/.exec(text) ?? [];
    if (language === 'yaml' && file !== undefined) {
      await mkdir(dirname(join(here.path, file)), { recursive: true });
      await writeFile(join(here.path, file), local(text));
    } else if (text.includes('holdfast run')) {
      daemon = here.start(['run', '--settings', 'operator/settings.yaml'], env);
      [, url = ''] = await daemon.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
      await daemon.saw(/2 in sync/);
    } else {
      if (text.includes('curl')) await daemon?.saw(/"trigger":"git".*"msg":"pass ended"/);
      status = await shell(text);
    }
  }
  expect([...simulator.world.machines].map(({ name }) => name)).toEqual(['trainer-1']);
  expect(JSON.parse(status)).toMatchObject({
    mode: 'enforce',
    configError: null,
    git: { subject: 'Merge bigger-disk', author: 'Ada <ada@example.com>' },
    lastPass: { summary: { inSync: 1, blocked: 1 } },
  });
}, 120_000);
