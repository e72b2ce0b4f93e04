import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { visibleData, visibleLines } from '../model/text/visible.ts';

/** Where a command writes results, or progress and log lines. Writing never throws and never waits: what cannot be written is lost. */
export interface Output {
  readonly write: Write;
  readonly isTerminal: boolean;
  /** Whether something that was written has not gone out yet. */
  readonly isWaiting: () => boolean;
  /** Called when writing works again, with what was lost meanwhile. */
  onLoss: (loss: Loss) => void;
}

/**
 * Writes text. Whatever in it cannot be seen is escaped, but for line ends and, on a terminal, Holdfast's own colours; so is what would begin a workflow
 * command of a CI job, unless the text is made of such.
 */
export type Write = (text: string, made?: { readonly of: 'workflow commands' }) => void;

/** Lines that could not be written. */
export interface Loss {
  readonly lines: number;
  /** The system's code, such as ENOSPC. */
  readonly code: string;
}

/** stdout and stderr of the process. */
export interface Outputs {
  readonly out: Output;
  readonly err: Output;
}

export const processOutputs = (): Outputs => ({ out: outputTo(1), err: outputTo(2) });

/** Writes to stdout (1) or stderr (2), whatever is there: a file, a terminal, a pipe whose reader is slow or gone, a full disk. */
function outputTo(fd: 1 | 2): Output {
  const { send, isWaiting } = isFile(fd) ? fileSender(fd) : streamSender(fd);
  const takesCodes = hasColours(fd);
  let lost: Loss | undefined;
  const output: Output = {
    write(text, made) {
      const show = made ? visibleData : visibleLines;
      const code = send(takesCodes ? exceptCodes(text, show) : show(text));
      if (code !== undefined) lost = { lines: (lost?.lines ?? 0) + linesOf(text), code };
      else if (lost) {
        const loss = lost;
        lost = undefined;
        output.onLoss(loss);
      }
    },
    isTerminal: isatty(fd),
    isWaiting,
    onLoss() {},
  };
  return output;
}

const escape = '\u001b';

/** Colours, and what the line of progress on a terminal is wiped with. */
const ownCodes = new RegExp(String.raw`(${escape}\[[\d;]*m|\r${escape}\[K)`);

const exceptCodes = (text: string, show: (text: string) => string): string =>
  text
    .split(ownCodes)
    .map((part, index) => (index % 2 === 1 ? part : show(part)))
    .join('');

const hasColours = (fd: 1 | 2): boolean =>
  isatty(fd) ||
  styleText('bold', 'x', { stream: fd === 1 ? process.stdout : process.stderr }) !== 'x';

const linesOf = (text: string): number => text.split('\n').length - 1;

interface Sender {
  /** Sends a text; the answer is the system's code when it cannot. */
  readonly send: (text: string) => string | undefined;
  readonly isWaiting: () => boolean;
}

/** Node's stream of a file is closed for good by its first error, and a disk has room again some day. */
function isFile(fd: number): boolean {
  const stats = fstatSync(fd);
  return !isatty(fd) && !stats.isFIFO() && !stats.isSocket();
}

/** Writes to a file at once. A line of which only the beginning could be written is ended before the next one. */
function fileSender(fd: number): Sender {
  let torn = false;
  return {
    isWaiting: () => false,
    send(text) {
      const bytes = Buffer.from(torn ? `\n${text}` : text);
      let written = 0;
      try {
        while (written < bytes.length) written += writeSync(fd, bytes, written);
        torn = false;
        return undefined;
      } catch (error) {
        torn ||= written > 0;
        return codeOf(error);
      }
    },
  };
}

/** How many characters may wait for a slow reader before what comes is lost. A single text is kept whole, however long it is. */
const longestBacklog = 1024 * 1024;

/** Hands a text to Node's stream, which does not wait for a reader of a pipe, and never works again once the reader is gone. */
function streamSender(fd: 1 | 2): Sender {
  const stream = fd === 1 ? process.stdout : process.stderr;
  let closed: string | undefined;
  stream.on('error', (error) => {
    closed ??= codeOf(error);
  });
  return {
    isWaiting: () => closed === undefined && stream.writableLength > 0,
    send(text) {
      if (closed !== undefined) return closed;
      if (stream.writableLength > longestBacklog) return 'EAGAIN';
      stream.write(text);
      return undefined;
    },
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
