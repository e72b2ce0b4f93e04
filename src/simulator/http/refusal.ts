const codes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
};

/**
 * An answer other than 200. A handler that throws it must have changed nothing. The body has no `details`, although the
 * contract allows them: the vendor's CLI accepts code and message only.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly body: { readonly code: string; readonly message: string };

  constructor(status: number, message: string, code = codeOf(status)) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.body = { code, message };
  }
}

/** Returns the code of a status. Default: INTERNAL_SERVER_ERROR. */
export const codeOf = (status: number): string => codes[status] ?? 'INTERNAL_SERVER_ERROR';

/** Returns a 400: the request itself is wrong. */
export const badRequest = (message: string): Refusal => new Refusal(400, message);

/** Returns a 403: not allowed for anybody, or a limit of the team. */
export const forbidden = (message: string): Refusal => new Refusal(403, message);

/** Returns a 404: `subject` does not exist. */
export const notFound = (subject: string): Refusal => new Refusal(404, `${subject} not found`);

/** Returns a 409: not possible in the present state. */
export const conflict = (message: string): Refusal => new Refusal(409, message);
