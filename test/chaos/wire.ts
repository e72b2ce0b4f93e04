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
  /** The longest time between a request and its answer, in milliseconds. */
  readonly latency: number;
  /** Whether the next page that is read is to be one that was read before, as from a cache that nobody asked for. */
  readonly isStale: () => boolean;
  /** Whether a list of machines may be as old as it likes, since events tell of machines too. Only a store remembers what to ask for. */
  readonly isOldAllowed: boolean;
  /** Told of every write, for people who look into a run. */
  readonly tell: (line: string) => void;
}

/** The way to the team and back: answers overtake each other, and what is asked and answered is watched. */
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

/** How old a page may be that lists of things without another witness answer: within it, what was made is believed to be on its way. */
const oldest = 100_000;

const mayBeStale = (
  { method, path, query = {} }: Request,
  age: number,
  isOldAllowed: boolean,
): boolean =>
  method === 'GET' && 'limit' in query && ((isOldAllowed && path === '/machines') || age < oldest);

const told = ({ method, path, json }: Request, outcome: Answer | Failure): string =>
  `${method} ${path} ${JSON.stringify(json ?? {})} → ${outcome.sort}${'status' in outcome ? ` ${outcome.status}` : ''}`;
