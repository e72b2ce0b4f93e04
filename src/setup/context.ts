import { styleText } from 'node:util';
import type { Paint } from '../report/text.ts';
import { exitWhenDrained } from '../console/exitWhenDrained.ts';
import { noTracer, type Tracer } from '../model/tracer.ts';
import { UserError } from '../console/userError.ts';
import { createLog } from '../console/log/log.ts';
import { logLevels, type LogLevel } from '../console/log/logLevels.ts';
import type { Outputs, Write } from '../console/output.ts';
import {
  canShowStatus,
  withoutStatusLine,
  withStatusLine,
  type StatusLine,
} from '../console/terminal/statusLine.ts';
import type { Logger } from 'pino';
import type { RootRepository } from './gitConfig.ts';
import { defaultWorkspace, type OneWorkspace } from '../model/workspaceName.ts';

/**
 * The set-up of commands. In: the options of the command line and the environment. Out: a `Context` (here), the config
 * (loadConfig.ts), and an open workspace (openWorkspace.ts, with openSimulator.ts for `--simulate`), in this order.
 */

export { UserError };

/** The options that every command takes, as parsed by commander. */
export interface GlobalOptions {
  /** The path of the config directory. */
  readonly config: string;
  /** The path of the operator's settings file. */
  readonly settings?: string | undefined;
  /** The workspace to work on; `all`: each. */
  readonly workspace?: string | undefined;
  readonly format: string;
  /** Empty: the default of the command. */
  readonly logLevel: string;
  readonly color: boolean;
  /** The duration of each job of an embedded simulated team, in milliseconds. Default: about a second. */
  readonly jobTime?: number | undefined;
}

/** The environment and the streams of a command: those of the process, or a test's. */
export interface Context {
  /** The workspace, of several; undefined: the config has no workspaces. */
  readonly workspace?: OneWorkspace | undefined;
  /** The repository of several workspaces; undefined: they are in a directory, or there is no other. */
  readonly repository?: RootRepository | undefined;
  readonly options: GlobalOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Records passes. It records nothing unless traces are exported (withTracing.ts). */
  readonly tracer: Tracer;
  /** Writes results to stdout. */
  readonly out: Write;
  /** Writes progress and errors to stderr. */
  readonly err: Write;
  /** Colours a text, if stdout is a terminal with colours. */
  readonly paint: Paint;
  /** The status line of the terminal, if stderr is one. */
  readonly status: StatusLine;
  /**
   * Ends the process, even if something is still running. `waitMs`: how long it waits for output that nobody has read
   * yet. Default: a second.
   */
  readonly leave: (code: number, waitMs?: number) => Promise<never>;
}

/** The name of the workspace of a context. */
export const workspaceOf = ({ workspace }: Pick<Context, 'workspace'>): string =>
  workspace?.name ?? defaultWorkspace;

/** Creates the context of the running process. `ends`: the command ends by itself, so it is not the daemon. */
export function processContext(options: GlobalOptions, plain: Outputs, ends: boolean): Context {
  const isColour = isColoured(options);
  const { out, err, status } = statusOutputs(plain, isColour);
  const log = createLog(levelOf(options.logLevel, ends), err, isColour);
  for (const [stream, output] of Object.entries({ stdout: plain.out, stderr: plain.err }))
    output.onLoss = (loss) => log.warn({ stream, ...loss }, 'lines could not be written');
  return {
    options,
    env: process.env,
    log,
    tracer: noTracer,
    out: out.write,
    err: err.write,
    status,
    paint: (style, text) =>
      options.color ? styleText(style, text, { stream: process.stdout }) : text,
    async leave(code, waitMs) {
      status.end();
      return await exitWhenDrained(code, plain, waitMs);
    },
  };
}

/** The outputs of a process with a status line, if stderr can have one. No way to end the process leaves it behind. */
function statusOutputs(plain: Outputs, isColour: boolean) {
  if (!canShowStatus(plain.err, process.env)) return withoutStatusLine(plain);
  const outputs = withStatusLine(plain, {
    columns: () => process.stderr.columns || defaultColumns,
    paint: (text) => (isColour ? styleText('dim', text, { validateStream: false }) : text),
  });
  process.stderr.on('resize', outputs.redraw);
  for (const event of ['exit', 'uncaughtExceptionMonitor'])
    process.on(event, () => outputs.status.end());
  return outputs;
}

/** The width of a terminal that does not know its own. */
const defaultColumns = 80;

/** Whether log lines on a terminal are coloured. */
const isColoured = ({ color }: GlobalOptions): boolean =>
  color && styleText('bold', 'x', { stream: process.stderr }) !== 'x';

/** The log level. Commands that end log only warnings by default: their results go to stdout. */
function levelOf(level: string, isShort: boolean): LogLevel {
  if (level === '') return isShort ? 'warn' : 'info';
  const logLevel = logLevels.find((candidate) => candidate === level);
  if (logLevel === undefined)
    throw new UserError(`--log-level ${level}: write one of ${logLevels.join(', ')}`);
  return logLevel;
}
