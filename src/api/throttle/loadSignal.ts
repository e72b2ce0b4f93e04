import type { LoadSignal } from './adaptiveRate.ts';
import type { Answer, Failure } from '../requests/failure.ts';

/**
 * Returns what an attempt shows about the API's load; undefined: nothing. A reasoned refusal is an answer like any
 * other. A single failure may concern one request only; the throttle counts successive ones.
 */
export function loadSignalOf(outcome: Answer | Failure): LoadSignal | undefined {
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

function endingOfStatus(status: number, own: boolean): LoadSignal {
  if (status === 429) return 'limited';
  return !own || status === 408 || status === 499 || status >= 500 ? 'unavailable' : 'answered';
}
