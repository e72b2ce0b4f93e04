import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../model/time/clock.ts';

/** A command of Git. */
export interface GitCommand {
  readonly args: readonly string[];
  /** The whole environment. Credentials may be here, and nowhere else. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Why a command failed. Never leaves this part: `stderr` may quote what the server sent. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  override readonly cause: 'not-installed' | 'timeout' | 'exit';
  readonly stderr: string;
  readonly exitCode: number | null;

  constructor(
    cause: CommandFailure['cause'],
    { stderr = '', exitCode = null }: { stderr?: string; exitCode?: number | null } = {},
  ) {
    super(`git: ${cause}`);
    this.cause = cause;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }
}

const maxErrorBytes = 64 * 1024;

/**
 * Runs Git without a shell, and resolves to the result of `consume`, which gets its output. After `limitMs`, or if
 * `consume` rejects, Git is killed with all its children. Rejects with a `CommandFailure`, the signal's reason, or the
 * error of `consume`.
 */
export async function runGit<Result>(
  command: GitCommand,
  clock: Clock,
  consume: (output: Readable) => Promise<Result>,
): Promise<Result> {
  const { args, env, limitMs, signal } = command;
  signal?.throwIfAborted();
  // In a process group of its own, so that the transport that it starts can be killed too.
  const child = spawn('git', args, { cwd: '/', env, stdio: 'pipe', detached: true });
  let isClosed = false;
  child.once('close', () => void (isClosed = true));
  const kill = (): void => (isClosed ? undefined : killGroup(child));
  const ended = new AbortController();
  process.once('exit', kill);
  try {
    const stop = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
    const timeout = clock.sleep(limitMs, stop).then(() => {
      throw new CommandFailure('timeout');
    });
    const exit = exitOf(child);
    child.stdin.on('error', () => undefined).end(command.input ?? '');
    const work = Promise.all([consume(child.stdout), exit]).then(([result]) => result);
    // A failed command is the reason for what `consume` lacks.
    return await Promise.race([work.catch((error: unknown) => failureOf(error, exit)), timeout]);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    process.off('exit', kill);
    ended.abort();
    kill();
  }
}

/** `consume` rejects when the output ends early. Git's own failure then explains more. */
async function failureOf(error: unknown, exit: Promise<void>): Promise<never> {
  if (error instanceof CutOutput) await exit;
  throw error;
}

/** The output ended too early. */
export class CutOutput extends Error {
  override readonly name = 'CutOutput';
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-maxErrorBytes);
    });
    child.on('error', () => reject(new CommandFailure('not-installed')));
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(new CommandFailure('exit', { stderr, exitCode }));
    });
  });
}

function killGroup({ pid, stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}
