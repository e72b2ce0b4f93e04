import type { Verdict } from '../../model/api.ts';
import type { Failure } from './failure.ts';
import { isWrite, type Method } from './request.ts';

/** What follows from a failed attempt: what the caller may conclude, and whether the same request may be sent again. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly retry: boolean;
}

const rejected: Judgement = { verdict: 'rejected', retry: false };
const later: Judgement = { verdict: 'unavailable', retry: true };
const notNow: Judgement = { verdict: 'unavailable', retry: false };
const uncertain: Judgement = { verdict: 'uncertain', retry: false };

/**
 * A read changes nothing, so it may be repeated after every failure that may pass. A write is repeated only when the API
 * certainly did not take it; where it may have been taken the verdict is `uncertain`, and it is never sent again.
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
 * What is not the API's own answer is never its refusal. A 4xx of something in between was not passed on, so nothing happened, and it
 * may go better when that is mended; a redirect, a broken exchange (408, 499) or a failed gateway may follow the deed.
 */
function judgeStatus(status: number, own: boolean, write: boolean): Judgement {
  if (status === 429 || (status === 503 && own)) return later;
  if (status === 408 || status === 499 || status >= 500) return write ? uncertain : later;
  if (status < 400) return write ? uncertain : notNow;
  return own ? rejected : notNow;
}
