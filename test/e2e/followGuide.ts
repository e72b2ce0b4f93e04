import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject } from 'vitest';
import { blocksOf, type Block } from '../support/docs.ts';
import type { Env, Place, Running } from './holdfast.ts';

const execute = promisify(execFile);

/** How a test follows a guide. */
export interface Following {
  readonly env?: Env;
  /** Adapts a command or a file to this machine. */
  readonly local?: (text: string) => string;
  /** What a daemon prints before the next command. */
  readonly settled?: RegExp;
  /** Waits or acts before a command. */
  readonly before?: (block: Block, daemon: Running | undefined) => Promise<unknown>;
}

/**
 * Follows a guide as a new user does: writes each block of YAML that begins with the name of its file, and runs each
 * block of commands, all in order. A block that ends with `holdfast run` starts a daemon, which replaces an earlier
 * one. A block of text or HCL is a part of what the commands before it printed. Returns the last output.
 */
export async function followGuide(page: string, here: Place, how: Following): Promise<string> {
  const env = {
    ...how.env,
    PATH: `${await installed(here)}:${process.env['PATH']}`,
    HOME: here.path,
  };
  let url = 'http://127.0.0.1:8080';
  const local = (text: string): string =>
    (how.local?.(text) ?? text).replaceAll('http://127.0.0.1:8080', url);
  let daemon: Running | undefined;
  let printed = '';
  let transcript = '';
  for (const block of blocksOf(page)) {
    const text = local(block.text);
    const [, file] = /^# (\S+)\n/.exec(text) ?? [];
    if (block.language === 'yaml' && file !== undefined) await here.write({ [file]: text });
    if (['text', 'hcl'].includes(block.language)) expect(transcript).toContain(text);
    if (block.language !== 'sh') continue;
    await how.before?.(block, daemon);
    if (/^holdfast run\b/m.test(text)) {
      daemon?.kill('SIGTERM');
      await daemon?.ended;
      daemon = startDaemon(text, here, env);
      [, url = ''] = await daemon.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
      await daemon.saw(how.settled ?? /"msg":"pass ended"/);
    } else {
      const script = ['--norc', '-euo', 'pipefail', '-c', text];
      printed = (await execute('bash', script, { cwd: here.path, env })).stdout;
      transcript += printed;
    }
  }
  return printed;
}

/** Installs the program for the commands of a guide, and returns its directory. */
async function installed(here: Place): Promise<string> {
  const directory = join(here.path, 'bin');
  await mkdir(directory);
  await writeFile(
    join(directory, 'holdfast'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(inject('build'), 'bin/holdfast.js')}" "$@"\n`,
  );
  await chmod(join(directory, 'holdfast'), 0o755);
  return directory;
}

/** Starts the daemon of the last line, after the commands of the others. */
function startDaemon(text: string, here: Place, env: Env): Running {
  const lines = text.trim().split('\n');
  const [, ...args] = lines.at(-1)?.split(' ') ?? [];
  const shell = ['bash', '-c', [...lines.slice(0, -1), 'exec "$@"'].join('\n'), 'bash'];
  return here.start(args, env, shell);
}
