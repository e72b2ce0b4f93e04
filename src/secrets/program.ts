import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../model/time/clock.ts';

/** A program to run: never by a shell, and with these variables alone. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The descriptor of its standard input. */
  readonly stdin: number;
  readonly limitMs: number;
  readonly maxBytes: number;
}

/** Why a program gave no output. The message says so and never quotes what the program printed. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly timedOut: boolean;

  constructor(message: string, timedOut = false) {
    super(message);
    this.timedOut = timedOut;
  }
}

/**
 * The standard output of a program that ends well, within its limits. A program that goes over one is killed with everything that
 * it has started. What it writes to its standard error is dropped. Rejects with a `ProgramError`.
 */
export async function runProgram(program: Program, clock: Clock): Promise<string> {
  const { command, env, stdin, limitMs } = program;
  const [name, ...args] = command;
  // A process group of its own, so that all of it can be killed.
  const child = spawn(name, args, { env, stdio: [stdin, 'pipe', 'ignore'], detached: true });
  let closed = false;
  child.once('close', () => void (closed = true));
  const kill = (): void => (closed ? undefined : killGroup(child));
  const ended = new AbortController();
  process.once('exit', kill);
  try {
    const late = clock.sleep(limitMs, ended.signal).then(() => {
      throw new ProgramError(`${name} did not end within ${limitMs / 1000} s`, true);
    });
    return await Promise.race([outputOf(child, program), late]);
  } finally {
    process.off('exit', kill);
    ended.abort();
    kill();
  }
}

function outputOf(child: ChildProcess, { command: [name], maxBytes }: Program): Promise<string> {
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
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new ProgramError(`${name} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

const notStarted = (name: string, { code }: NodeJS.ErrnoException): ProgramError =>
  new ProgramError(
    code === 'ENOENT' ? `the program ${name} is not installed` : `${name} cannot be run (${code})`,
  );

/** The group may be gone already. */
function killGroup({ pid, stdout }: ChildProcess): void {
  stdout?.destroy();
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
