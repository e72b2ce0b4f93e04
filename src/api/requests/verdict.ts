import type { Verdict } from '../../model/api.ts';
import type { Failure } from './failure.ts';
import { isWrite, type Method } from './request.ts';

/** The conclusion from a failed attempt: the verdict for the caller, and whether the same request may be sent again. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly retry: boolean;
}

const rejected: Judgement = { verdict: 'rejected', retry: false };
const later: Judgement = { verdict: 'unavailable', retry: true };
const notNow: Judgement = { verdict: 'unavailable', retry: false };
const uncertain: Judgement = { verdict: 'uncertain', retry: false };

/**
 * Decides the verdict of a failed attempt. A read changes nothing, so it may be retried after any failure that may
 * pass. A write is retried only if the API certainly rejected it for now or never received it; otherwise the verdict is
 * `uncertain`, and the write is never sent again.
 */
export function judge(method: Method, failure: Failure): Judgement {
  const write = isWrite({ method });
  switch (failure.sort) {
    case 'refused':
      return judgeStatus(failure.status, failure.own, write);
    case 'unsent':
      return failure.lasting ? notNow : later;
    case 'lost':
      return write ? uncertain : later;
    case 'unusable':
      if (write) return uncertain;
      return failure.lasting ? notNow : later;
    case 'stopped':
      return notNow;
  }
}

/**
 * An answer that is not the API's own is never a rejection by the API. An intermediary that answers 4xx did not pass
 * the request on, so nothing happened, and a retry may succeed when the intermediary is fixed. A redirect, a broken
 * exchange (408, 499), or a failed gateway may follow a write that took effect.
 */
function judgeStatus(status: number, own: boolean, write: boolean): Judgement {
  if (status === 429 || (status === 503 && own)) return later;
  if (status === 408 || status === 499 || status >= 500) return write ? uncertain : later;
  if (status < 400) return write ? uncertain : notNow;
  return own ? rejected : notNow;
}
