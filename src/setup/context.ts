import { styleText } from 'node:util';
import type { Paint } from '../report/text.ts';
import { leave } from '../console/exitWhenDrained.ts';
import { UserError } from '../console/userError.ts';
import { createLog, logLevels, type LogLevel } from '../console/log.ts';
import type { Outputs, Write } from '../console/output.ts';
import type { Logger } from 'pino';

export { UserError };

/** The options that every command takes, as commander hands them over. */
export interface GlobalOptions {
  readonly config: string;
  readonly format: string;
  readonly logLevel: string;
  readonly color: boolean;
  /** Milliseconds that each job of an embedded team takes. Default: about a second. */
  readonly jobTime?: number | undefined;
}

/** Where a command reads and writes: the process's own streams and environment, or a test's. */
export interface Context {
  readonly options: GlobalOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly out: Write;
  readonly err: Write;
  readonly paint: Paint;
  /** Ends the process, whatever still holds it. */
  readonly leave: (code: number) => Promise<never>;
}

/** The context of the running process; `ends`: whether the command ends by itself, or is the daemon. */
export function processContext(
  options: GlobalOptions,
  { out, err }: Outputs,
  ends: boolean,
): Context {
  const log = createLog(levelOf(options.logLevel, ends), err, isColoured(options));
  for (const [stream, output] of Object.entries({ stdout: out, stderr: err }))
    output.onLoss = (loss) => log.warn({ stream, ...loss }, 'lines could not be written');
  return {
    options,
    env: process.env,
    log,
    out: out.write,
    err: err.write,
    paint: (style, text) =>
      options.color ? styleText(style, text, { stream: process.stdout }) : text,
    leave: (code) => leave(code, { out, err }),
  };
}

/** Whether log lines on a terminal have colours. */
const isColoured = ({ color }: GlobalOptions): boolean =>
  color && styleText('bold', 'x', { stream: process.stderr }) !== 'x';

/** Commands that end are quiet unless told otherwise: what they have to say goes to stdout. */
function levelOf(level: string, quietly: boolean): LogLevel {
  if (level === '') return quietly ? 'warn' : 'info';
  const known = logLevels.find((one) => one === level);
  if (known === undefined)
    throw new UserError(`--log-level ${level}: write one of ${logLevels.join(', ')}`);
  return known;
}
