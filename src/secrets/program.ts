import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../model/time/clock.ts';

/** A program to run: without a shell, and only with these environment variables. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The file descriptor for its standard input. Default: an empty input. */
  readonly stdin?: number;
  readonly limitMs: number;
  readonly maxBytes: number;
}

/** Why a program gave no output. The message must never quote the program's output. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly reason: 'timed-out' | 'not-installed' | 'other';

  constructor(message: string, reason: ProgramError['reason'] = 'other') {
    super(message);
    this.reason = reason;
  }
}

/**
 * Runs a program, and resolves to its standard output. A program that exceeds `limitMs` or `maxBytes` is killed with
 * all its children. Its standard error is discarded. Rejects with a `ProgramError`.
 */
export async function runProgram(program: Program, clock: Clock): Promise<Buffer> {
  const { command, env, stdin = 'ignore', limitMs } = program;
  const [name, ...args] = command;
  // In a process group of its own, so that its children can be killed too.
  const child = spawn(name, args, { env, stdio: [stdin, 'pipe', 'ignore'], detached: true });
  let isClosed = false;
  child.once('close', () => void (isClosed = true));
  const kill = (): void => (isClosed ? undefined : killGroup(child));
  const ended = new AbortController();
  process.once('exit', kill);
  try {
    const timeout = clock.sleep(limitMs, ended.signal).then(() => {
      throw new ProgramError(`${name} did not end within ${limitMs / 1000} s`, 'timed-out');
    });
    return await Promise.race([outputOf(child, program), timeout]);
  } finally {
    process.off('exit', kill);
    ended.abort();
    kill();
  }
}

function outputOf(child: ChildProcess, { command: [name], maxBytes }: Program): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else reject(new ProgramError(`${name} printed more than ${maxBytes} bytes`));
    });
    child.on('error', (error: NodeJS.ErrnoException) => reject(notStarted(name, error)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new ProgramError(`${name} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

const notStarted = (name: string, { code }: NodeJS.ErrnoException): ProgramError =>
  code === 'ENOENT'
    ? new ProgramError(`the program ${name} is not installed`, 'not-installed')
    : new ProgramError(`${name} cannot be run (${code})`);

function killGroup({ pid, stdout }: ChildProcess): void {
  stdout?.destroy();
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has already ended.
  }
}
