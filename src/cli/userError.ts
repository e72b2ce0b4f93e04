/** A mistake of the person at the keyboard, or something that they must mend: printed as it is, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
