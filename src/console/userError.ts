/** A mistake of the person at the keyboard, or something that they must mend: printed as it is, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** What is printed: a line each. */
  readonly lines: readonly string[];

  constructor(message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options);
    this.lines = lines;
  }
}
