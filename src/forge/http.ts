import got, { RequestError } from 'got';
import { isLoopback } from '../model/loopback.ts';
import type { Clock } from '../model/time/clock.ts';
import { ForgeError } from './forge.ts';
import { readAnswer, readBreak, type Answer, type Attempt, type ForgeRequest } from './answer.ts';

/** How a forge is reached. */
export interface ForgeAccess {
  /** The URL of the API: https, or http on loopback. */
  readonly url: string;
  /** Sent to this URL only, and in no message. */
  readonly token: string;
  readonly clock: Clock;
  /** Gives up the request in flight, and the pauses. Default: never. */
  readonly signal?: AbortSignal;
}

/** Sends a request with retries. Rejects with a `ForgeError`. */
export type Send = (request: ForgeRequest) => Promise<Answer>;

/** The attempts of a read or an update, and of a create that the forge certainly refused for now. */
const maxAttempts = 3;

/** The time in milliseconds that all requests of a client may wait for a forge together. */
const maxWaitMs = 60_000;

/** The pause after the first failure in milliseconds, if the forge asks for none; doubled with each further one. */
const pauseMs = 1000;

/** Milliseconds for one attempt. */
const timeoutMs = 20_000;

/** A page of 100 comments of 65,536 characters has at most 26 MB. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Creates the sender of a forge. `headers`: those that identify the user, and further ones. */
export function createSend(
  { url, token, clock, signal }: ForgeAccess,
  headers: Readonly<Record<string, string>>,
): Send {
  const base = checkedBase(url);
  const attempt = async (request: ForgeRequest): Promise<Attempt> => {
    const abort = new AbortController();
    try {
      const pending = got(`${base}${request.path}`, {
        method: request.method,
        headers: { accept: 'application/json', 'user-agent': 'holdfast', ...headers },
        ...(request.query ? { searchParams: request.query } : {}),
        ...(request.json ? { json: request.json } : {}),
        responseType: 'buffer',
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        timeout: { request: timeoutMs },
        signal: signal ? AbortSignal.any([abort.signal, signal]) : abort.signal,
      });
      void pending.on('downloadProgress', ({ transferred, total = 0 }) => {
        if (Math.max(transferred, total) > maxBodyBytes) abort.abort();
      });
      return readAnswer(request, await pending, { token, now: clock.now() });
    } catch (error) {
      if (abort.signal.aborted) return readBreak(request, 'answered too much', false);
      if (!(error instanceof RequestError)) throw error;
      return readBreak(request, `gave no answer (${error.code})`, isUnsent(error.code));
    }
  };
  let waitLeftMs = maxWaitMs;
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      const result = await attempt(request);
      if (result.is === 'answer') return result;
      const pause = result.askedMs ?? pauseMs * 2 ** (tries - 1);
      if (!result.again || tries === maxAttempts || pause > waitLeftMs) throw result.error;
      waitLeftMs -= pause;
      // The sleep rejects when the signal is aborted.
      await clock.sleep(pause, signal).catch(() => Promise.reject(result.error));
    }
  };
}

/** Whether an error shows that no connection was made. */
const isUnsent = (code: string): boolean =>
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);

/** The URL without a slash at its end. Throws a `ForgeError` if the token must not be sent there. */
function checkedBase(text: string): string {
  const url = URL.parse(text);
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!url || !isSafe || url.username !== '' || url.password !== '')
    throw new ForgeError(
      'the address of the forge is not an https URL (http: on loopback only), so no token is sent to it',
      'rejected',
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
