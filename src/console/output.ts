import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { visibleData, visibleLines } from '../model/text/visible.ts';

/**
 * The terminal side of a command. All text goes through `Output`, which escapes it. Built on it: the log (log/), the
 * status of a team (status/), the status line and progress (terminal/), reports (printReport.ts), errors (errorText.ts,
 * systemError.ts, userError.ts), signals (signals.ts), and the exit (exitWhenDrained.ts).
 */

/**
 * A stream for results, or for progress and log lines. Writing never throws and never waits; a line that cannot be
 * written is lost.
 */
export interface Output {
  readonly write: Write;
  /** Whether it is a terminal, which gets readable log lines. */
  readonly isTerminal: boolean;
  /** Whether written text is still buffered. */
  readonly isWaiting: () => boolean;
  /** Called when writing works again, with the number of lines lost in between. */
  onLoss: (loss: Loss) => void;
}

/**
 * Writes text. Invisible characters are escaped, except line ends and, on a terminal, Holdfast's own colours. Text that
 * would start a workflow command of a CI job is escaped too, unless `made` says that the text consists of such
 * commands.
 */
export type Write = (text: string, made?: { readonly of: 'workflow commands' }) => void;

/** Lines that could not be written. */
export interface Loss {
  readonly lines: number;
  /** The system's error code, such as ENOSPC. */
  readonly code: string;
}

/** stdout and stderr of the process. */
export interface Outputs {
  readonly out: Output;
  readonly err: Output;
}

export const processOutputs = (): Outputs => ({ out: outputTo(1), err: outputTo(2) });

/**
 * Writes to stdout (1) or stderr (2), whatever it is: a file, a terminal, a pipe with a slow or closed reader, a full
 * disk.
 */
function outputTo(fd: 1 | 2): Output {
  const { send, isWaiting } = isFile(fd) ? fileSender(fd) : streamSender(fd);
  const keepsColours = hasColours(fd);
  let lost: Loss | undefined;
  const output: Output = {
    write(text, made) {
      const show = made ? visibleData : visibleLines;
      const code = send(keepsColours ? escapeExceptCodes(text, show) : show(text));
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

/** Colours, and the code that clears the progress line on a terminal. */
const ownCodes = new RegExp(String.raw`(${escape}\[[\d;]*m|\r${escape}\[K)`);

const escapeExceptCodes = (text: string, show: (text: string) => string): string =>
  text
    .split(ownCodes)
    .map((part, index) => (index % 2 === 1 ? part : show(part)))
    .join('');

const hasColours = (fd: 1 | 2): boolean =>
  isatty(fd) ||
  styleText('bold', 'x', { stream: fd === 1 ? process.stdout : process.stderr }) !== 'x';

const linesOf = (text: string): number => text.split('\n').length - 1;

interface Sender {
  /** Sends a text. Returns the system's error code if it fails. */
  readonly send: (text: string) => string | undefined;
  readonly isWaiting: () => boolean;
}

/**
 * Whether the descriptor is a file. Node's stream closes for good at the first error, but a full disk may have space
 * again later.
 */
function isFile(fd: number): boolean {
  const stats = fstatSync(fd);
  return !isatty(fd) && !stats.isFIFO() && !stats.isSocket();
}

/** Writes to a file synchronously. A line that was written partly is ended before the next one. */
function fileSender(fd: number): Sender {
  let isLineIncomplete = false;
  return {
    isWaiting: () => false,
    send(text) {
      const bytes = Buffer.from(isLineIncomplete ? `\n${text}` : text);
      let written = 0;
      try {
        while (written < bytes.length) written += writeSync(fd, bytes, written);
        isLineIncomplete = false;
        return undefined;
      } catch (error) {
        isLineIncomplete ||= written > 0;
        return codeOf(error);
      }
    },
  };
}

/**
 * The number of characters that may wait for a slow reader before further text is lost. A single text is kept whole,
 * whatever its length.
 */
const maxBacklog = 1024 * 1024;

/**
 * Passes text to Node's stream, which does not wait for a slow reader, and fails for good after the reader has gone.
 */
function streamSender(fd: 1 | 2): Sender {
  const stream = fd === 1 ? process.stdout : process.stderr;
  let closedBy: string | undefined;
  stream.on('error', (error) => {
    closedBy ??= codeOf(error);
  });
  return {
    isWaiting: () => closedBy === undefined && stream.writableLength > 0,
    send(text) {
      if (closedBy !== undefined) return closedBy;
      if (stream.writableLength > maxBacklog) return 'EAGAIN';
      stream.write(text);
      return undefined;
    },
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
