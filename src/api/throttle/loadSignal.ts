import type { Ending } from './adaptiveRate.ts';
import type { Answer, Failure } from '../requests/failure.ts';

/**
 * What an attempt says of the API's load: undefined is nothing. A refusal for a reason is an answer like any other. A lone
 * failure may be one request's own; many in a row are the API's, which is for the throttle to see.
 */
export function endingOf(outcome: Answer | Failure): Ending | undefined {
  switch (outcome.sort) {
    case 'answer':
      return 'answered';
    case 'refused':
      return endingOfStatus(outcome.status, outcome.own);
    case 'unsent':
    case 'lost':
      return 'unavailable';
    case 'unusable':
      return outcome.lasting ? 'answered' : 'unavailable';
    case 'stopped':
      return undefined;
  }
}

function endingOfStatus(status: number, own: boolean): Ending {
  if (status === 429) return 'limited';
  return !own || status === 408 || status === 499 || status >= 500 ? 'unavailable' : 'answered';
}
