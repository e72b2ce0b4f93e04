/** An error that the user has to fix. Printed as it is, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** The printed lines. */
  readonly lines: readonly string[];

  constructor(message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options);
    this.lines = lines;
  }
}
