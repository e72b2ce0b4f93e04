import type { Answer, Failure } from '../../src/api/requests/failure.ts';
import type { Request } from '../../src/api/requests/request.ts';
import type { Transport } from '../../src/api/transport/transport.ts';
import type { Clock } from '../../src/model/time/clock.ts';
import type { InProcess } from '../support/inProcess.ts';
import type { Watch } from './invariants.ts';
import type { Random } from './random.ts';

export interface WireOptions {
  readonly team: InProcess;
  readonly clock: Clock;
  readonly watch: Watch;
  readonly random: Random;
  /** The longest time between a request and its response, in milliseconds. */
  readonly latency: number;
  /** Whether the next page is one that was read before, as from an unwanted cache. Called once per page. */
  readonly isStale: () => boolean;
  /**
   * Whether a list of machines may have any age. Events show machines too, but only if the store has recorded what to
   * look for.
   */
  readonly isOldAllowed: boolean;
  /** Called with a line for every write, for people who inspect a run. */
  readonly tell: (line: string) => void;
}

/**
 * The transport to the simulated team. Responses overtake each other, and the watch sees every request and response.
 */
export function wire({
  team,
  clock,
  watch,
  random,
  latency,
  isStale,
  isOldAllowed,
  tell,
}: WireOptions): Transport {
  const inner = team.transport({ latency: () => random() * latency });
  const before = new Map<string, { readonly outcome: Answer | Failure; readonly at: number }>();
  return {
    async exchange(request) {
      watch.sending(request, clock.now().getTime());
      const key = `${request.path} ${JSON.stringify(request.query ?? {})}`;
      const known = before.get(key);
      if (known && mayBeStale(request, clock.now().getTime() - known.at, isOldAllowed) && isStale())
        return known.outcome;
      const outcome = await inner.exchange(request);
      if (request.method === 'GET') before.set(key, { outcome, at: clock.now().getTime() });
      if (request.method !== 'GET') tell(`${clock.now().toISOString()} ${told(request, outcome)}`);
      watch.answered(request, outcome);
      return outcome;
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** The greatest age of an old page of a kind without events, in milliseconds: less than `visibility`. */
const oldest = 100_000;

const mayBeStale = (
  { method, path, query = {} }: Request,
  age: number,
  isOldAllowed: boolean,
): boolean =>
  method === 'GET' && 'limit' in query && ((isOldAllowed && path === '/machines') || age < oldest);

const told = ({ method, path, json }: Request, outcome: Answer | Failure): string =>
  `${method} ${path} ${JSON.stringify(json ?? {})} → ${outcome.sort}${'status' in outcome ? ` ${outcome.status}` : ''}`;
