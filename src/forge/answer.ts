import { ForgeError, type ForgeVerdict } from './forge.ts';

/** One request. The path begins with a slash and is relative to the URL of the API. */
export interface ForgeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: object;
  /** A POST that may be sent again: twice has the effect of once. Other methods always may. */
  readonly isRepeatable?: true;
}

/** The answer to a request that succeeded. */
export interface Answer {
  readonly is: 'answer';
  readonly json: unknown;
  /** Whether the forge says that another page follows. */
  readonly hasNext: boolean;
}

/** The result of one attempt. `again`: another attempt is safe and may help, after `askedMs` if the forge says so. */
export type Attempt =
  | Answer
  | {
      readonly is: 'failure';
      readonly error: ForgeError;
      readonly again: boolean;
      readonly askedMs?: number | undefined;
    };

/** The parts of an HTTP response that are used here. */
interface Received {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Reads a response. A create that failed inside the forge is uncertain; a limit is a certain refusal for now. */
export function readAnswer(
  request: ForgeRequest,
  { statusCode: status, headers, body }: Received,
  { token, now }: { readonly token: string; readonly now: Date },
): Attempt {
  const json = parse(body);
  if (status >= 200 && status < 300)
    return json === undefined
      ? readBreak(request, 'answered something that is not JSON', false)
      : { is: 'answer', json, hasNext: /rel="?next"?/.test(String(headers['link'] ?? '')) };
  const reason = `answered ${status}${messageIn(json, token)}`;
  const askedMs = pauseIn(headers['retry-after'], now);
  if (status === 429 || (status === 403 && askedMs !== undefined))
    return failure(request, reason, 'unavailable', { again: true, askedMs, status });
  if (status >= 500) return { ...readBreak(request, reason, false, status), askedMs };
  const hint =
    status < 400 ? '; a redirect is not followed, since the token must not go elsewhere' : '';
  return failure(request, reason + hint, 'rejected', { again: false, status });
}

/** An attempt without a usable answer. `isUnsent`: the forge certainly did not receive it. */
export const readBreak = (
  request: ForgeRequest,
  reason: string,
  isUnsent: boolean,
  status?: number,
): Extract<Attempt, { is: 'failure' }> => {
  const mayExist = request.method === 'POST' && request.isRepeatable !== true && !isUnsent;
  return failure(request, reason, mayExist ? 'uncertain' : 'unavailable', {
    again: !mayExist,
    status,
  });
};

function failure(
  { method, path }: ForgeRequest,
  reason: string,
  verdict: ForgeVerdict,
  {
    status,
    ...rest
  }: { again: boolean; askedMs?: number | undefined; status?: number | undefined },
): Extract<Attempt, { is: 'failure' }> {
  const error = new ForgeError(`${method} ${path} ${reason}`, verdict, status);
  return { is: 'failure', error, ...rest };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** The forge's own words, without the token if it repeats it. */
function messageIn(json: unknown, token: string): string {
  const { message } = (typeof json === 'object' && json !== null ? json : {}) as {
    readonly message?: unknown;
  };
  return typeof message === 'string'
    ? `: ${message.replaceAll(token, '(token)').slice(0, 200)}`
    : '';
}

/** The pause that Retry-After asks for, in milliseconds; undefined without a valid one. */
function pauseIn(header: string | readonly string[] | undefined, now: Date): number | undefined {
  const text = String(header ?? '').trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
