import { pino, type Logger } from 'pino';
import { ApiError } from '../../model/api.ts';
import type { Output } from '../output.ts';
import type { LogLevel } from './logLevels.ts';
import { readable } from './readableLog.ts';

/** The logged fields of an error. Never its other properties, which may contain a request with its key. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return error instanceof ApiError
    ? { name, message, verdict: error.verdict, status: error.status, code: error.code }
    : { name, message, stack };
}

/** Creates the root logger: readable lines on a terminal, JSON lines elsewhere. */
export const createLog = (level: LogLevel, output: Output, colour: boolean): Logger =>
  pino(
    {
      name: 'holdfast',
      level,
      serializers: { err: serializeError, error: serializeError },
      redact: {
        paths: ['key', 'token', 'authorization', '*.key', '*.token', '*.authorization'],
        censor: '(secret)',
      },
    },
    output.isTerminal ? readable(output.write, colour) : output,
  );
