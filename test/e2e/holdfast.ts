import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mkdir } from 'node:fs/promises';

import { inject } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The exit code and the output of a command. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface Running {
  /** Resolves with the match as soon as stdout or stderr contains it. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** A separate working directory, in which the built program runs as for a user. */
export interface Place extends AsyncDisposable {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** The example team of the repository, in `config/`. */
  useExample(): Promise<void>;
  /** `under`: the words of a command that runs the program. */
  start(args: readonly string[], env?: Env, under?: readonly string[]): Running;
  run(args: readonly string[], env?: Env, under?: readonly string[]): Promise<Ended>;
}

export async function place(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-e2e-'));
  const running = new Set<Running>();
  const start: Place['start'] = (args, env = {}, under = []) => {
    const program = [process.execPath, join(inject('build'), 'bin/holdfast.js'), ...args];
    const command = launch([...under, ...program], path, {
      PATH: process.env['PATH'],
      // The program starts a third faster.
      NODE_COMPILE_CACHE: join(inject('build'), 'cache'),
      HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
      ...env,
    });
    running.add(command);
    void command.ended.then(() => running.delete(command));
    return command;
  };
  return {
    path,
    start,
    run: (args, env, under) => start(args, env, under).ended,
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), text);
      }
    },
    useExample: () => cp(join(root, 'config'), join(path, 'config'), { recursive: true }),
    async [Symbol.asyncDispose]() {
      for (const command of running) command.kill('SIGKILL');
      await Promise.all([...running].map(({ ended }) => ended));
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Starts a command, given as its words, with this environment only. */
export function launch(words: readonly string[], cwd: string, env: Env): Running {
  const [command = '', ...args] = words;
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
      for (const look of waiting) look();
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return {
    ended,
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text.stdout + text.stderr);
          if (!match) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        void ended.then(() =>
          reject(new Error(`it ended without ${String(pattern)}:\n${text.stdout}\n${text.stderr}`)),
        );
        look();
      }),
  };
}
