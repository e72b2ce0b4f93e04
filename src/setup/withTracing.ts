import { traceEnvironment } from '../tracing/traceSettings.ts';
import type { Context } from './context.ts';

/** A command whose passes may be traced. */
export interface TracedCommand {
  /** The version of Holdfast. */
  readonly version: string;
  /** Whether the command ends by itself. Its passes then continue the trace that `TRACEPARENT` names. */
  readonly ends: boolean;
  readonly run: (context: Context) => Promise<number>;
}

/**
 * Runs a command, and exports traces of its passes if the environment names a receiver (docs/tracing.md). Otherwise
 * nothing of OpenTelemetry is loaded. Resolves and rejects as the command does, after at most two seconds more.
 */
export async function withTracing(context: Context, command: TracedCommand): Promise<number> {
  const { env, log } = context;
  const { settings, problems } = traceEnvironment(env);
  for (const reason of problems) log.warn({ reason }, 'a setting of traces is not used');
  if (!settings) return command.run(context);
  const { startTracing } = await import('../tracing/openTelemetry.ts');
  const { version, ends } = command;
  const parent = { traceparent: env['TRACEPARENT'], tracestate: env['TRACESTATE'] };
  const tracing = startTracing(settings, { version, log, ...(ends ? { parent } : {}) });
  const { tracer } = tracing;
  const traced = (fields: object): object => {
    const id = tracer.traceId();
    return id === undefined ? fields : { ...fields, trace_id: id };
  };
  try {
    const tracedLog = log.child({}, { formatters: { log: traced } });
    return await command.run({ ...context, tracer, log: tracedLog });
  } finally {
    if (!(await tracing.stop()) && ends) leaveOnceEnded(context);
  }
}

/**
 * Ends the process without waiting for the receiver of traces: once the exit code is known, and all output is written.
 * The exit code follows from what is awaited already, without another turn of the event loop.
 */
function leaveOnceEnded({ leave }: Pick<Context, 'leave'>): void {
  setImmediate(() => void leave(Number(process.exitCode ?? 0), Number.POSITIVE_INFINITY));
}
