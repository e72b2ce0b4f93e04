import { cutTo } from '../../model/text/width.ts';
import { visible } from '../../model/text/visible.ts';
import type { Output, Outputs, Write } from '../output.ts';

/** The last line of a terminal, which is overwritten in place. It never mixes with other output of the process. */
export interface StatusLine {
  /** Whether there is one. Without it, `set` does nothing. */
  readonly isShown: boolean;
  /** Shows a text, cut to the width of the terminal. An empty text clears the line. */
  set(text: string): void;
  /** Clears the line for good. */
  end(): void;
}

/** The terminal of stderr. */
export interface Terminal {
  /** Its present width. */
  readonly columns: () => number;
  /** Colours the status line, or returns it unchanged. */
  readonly paint: (text: string) => string;
}

/** Returns to the start of the line, and clears it. */
const clear = '\r\u001b[K';

/** Whether stderr can have a status line: it is a terminal that can clear a line, and nobody keeps its output. */
export const canShowStatus = (
  { isTerminal }: Pick<Output, 'isTerminal'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean => isTerminal && !['', 'dumb'].includes(env['TERM'] ?? '') && !env['CI'];

/** No status line, and the outputs as they are. */
export const withoutStatusLine = (outputs: Outputs): Outputs & { readonly status: StatusLine } => ({
  ...outputs,
  status: noStatusLine,
});

/** The status line of a process that shows none. */
export const noStatusLine: StatusLine = { isShown: false, set() {}, end() {} };

/**
 * Adds a status line to the outputs. It is cleared before anything is written to the terminal through them, and drawn
 * again below it. While a written line has no end, such as a question, the status line stays away.
 */
export function withStatusLine(
  { out, err }: Outputs,
  { columns, paint }: Terminal,
): Outputs & { readonly status: StatusLine; readonly redraw: () => void } {
  let text = '';
  let drawn = '';
  let isLineOpen = false;
  let hasEnded = false;
  const draw = (): void => {
    // Some terminals wrap as soon as the last column is written.
    const next = isLineOpen ? '' : cutTo(visible(text), columns() - 1);
    if (next === drawn) return;
    drawn = next;
    err.write(next === '' ? clear : `${clear}${paint(next)}`);
  };
  const above =
    (output: Output): Write =>
    (written, made) => {
      if (drawn !== '') err.write(clear);
      drawn = '';
      output.write(written, made);
      if (written !== '') isLineOpen = !written.endsWith('\n');
      draw();
    };
  const status: StatusLine = {
    isShown: true,
    set(next) {
      if (hasEnded) return;
      text = next;
      draw();
    },
    end() {
      status.set('');
      hasEnded = true;
    },
  };
  return {
    out: out.isTerminal ? { ...out, write: above(out) } : out,
    err: { ...err, write: above(err) },
    status,
    redraw() {
      if (drawn === '') return;
      err.write(clear);
      drawn = '';
      draw();
    },
  };
}
