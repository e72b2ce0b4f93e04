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
 * An answer other than 200. Thrown by handlers; whoever throws it has changed nothing. The body has no `details`, though the contract
 * allows them: the vendor's CLI takes code and message only.
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

/** The code that goes with a status; a status without one of its own is INTERNAL_SERVER_ERROR. */
export const codeOf = (status: number): string => codes[status] ?? 'INTERNAL_SERVER_ERROR';

/** 400: the request itself is wrong. */
export const badRequest = (message: string): Refusal => new Refusal(400, message);

/** 403: not allowed to anybody, or a limit of the team. */
export const forbidden = (message: string): Refusal => new Refusal(403, message);

/** 404: `what` does not exist. */
export const notFound = (what: string): Refusal => new Refusal(404, `${what} not found`);

/** 409: not in the present state of things. */
export const conflict = (message: string): Refusal => new Refusal(409, message);
