import { pino, type Logger } from 'pino';
import { ApiError } from '../model/api.ts';
import type { Output } from './output.ts';
import { readable } from './readableLog.ts';

/** The levels of `--log-level`. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What is told of an error: never its other properties, which may hold a request and its key. */
function told(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return error instanceof ApiError
    ? { name, message, verdict: error.verdict, status: error.status, code: error.code }
    : { name, message, stack };
}

/** The root logger: lines for people on a terminal, JSON lines elsewhere. */
export const createLog = (level: LogLevel, output: Output, colour: boolean): Logger =>
  pino(
    {
      name: 'holdfast',
      level,
      serializers: { err: told, error: told },
      redact: {
        paths: ['key', 'token', 'authorization', '*.key', '*.token', '*.authorization'],
        censor: '(secret)',
      },
    },
    output.isTerminal ? readable(output.write, colour) : output,
  );
