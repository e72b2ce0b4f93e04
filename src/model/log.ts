/** A log in the shape of pino, as far as it is used. The message is constant; variables are fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that discards all lines. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
