import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog, Stock } from '../../model/kind.ts';
import type { Action, ActionId, Plan } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Memory, Shortage } from '../../model/store.ts';
import { kindOf } from '../kindOf.ts';
import { spelledSpec } from '../compare/spelling.ts';

/** The pause before the API is asked again without another reason: it doubles from the first to the longest. */
const firstPauseMs = 10_000;
const longestPauseMs = 10 * 60_000;

interface StockInput {
  readonly catalog: Catalog;
  readonly desired: ReadonlyMap<Address, Desired>;
  /** Where the API shows how it spells what is asked for. */
  readonly snapshot: Snapshot;
  readonly now: () => Date;
}

/** What a create takes from the API's capacity. */
interface Taken {
  readonly stock: Stock;
  readonly name: string;
  readonly spec: Desired['spec'];
}

/** What a create takes; undefined for every other action. */
function takenBy(action: Action, { catalog, desired, snapshot }: StockInput): Taken | undefined {
  if (action.verb !== 'create') return undefined;
  const { stock, schema } = kindOf(catalog.kinds, action.kind);
  const declared = desired.get(addressOf(action.kind, action.name))?.spec;
  if (!stock || !declared) return undefined;
  const spec = spelledSpec(action.kind, schema, declared, snapshot);
  return { stock, name: stock.nameOf(spec), spec };
}

/** What the API answered about its capacity in one pass. */
export interface CapacityAnswers {
  /** Why creates are held, by action. */
  readonly held: ReadonlyMap<ActionId, string>;
  /** Names that the API has none of, and when to ask again. */
  readonly shortages: ReadonlyMap<string, Shortage>;
  /** Names that the API has some of. */
  readonly available: readonly string[];
}

/** The answers of a pass that asked nothing. */
export const noAnswers: CapacityAnswers = { held: new Map(), shortages: new Map(), available: [] };

/**
 * Asks the API for the capacity that the creates of a plan take, once per name and in every pass that has such creates. Where it does not
 * answer, nothing is known, so nothing is held.
 */
export async function askCapacity(
  { actions }: Plan,
  { shortages }: Pick<Memory, 'shortages'>,
  input: StockInput,
  api: Api,
): Promise<CapacityAnswers> {
  const taking = actions.flatMap((action) => {
    const taken = action.held === undefined ? takenBy(action, input) : undefined;
    return taken ? [{ id: action.id, ...taken }] : [];
  });
  const answers = await Promise.all(
    [...new Map(taking.map((taken) => [taken.name, taken])).values()].map(
      async (taken) => [taken.name, await isInStock(taken, api)] as const,
    ),
  );
  const short = new Set(answers.flatMap(([name, answer]) => (answer === false ? [name] : [])));
  return {
    held: new Map(
      taking.flatMap(({ id, name }) =>
        short.has(name) ? [[id, `the API has no ${name} now`] as const] : [],
      ),
    ),
    shortages: new Map(
      [...short].map((name) => [name, nextShortage(shortages.get(name), input.now())]),
    ),
    available: answers.flatMap(([name, answer]) => (answer === true ? [name] : [])),
  };
}

/** The shortage after one more answer that there is none. Pure. */
export function nextShortage(before: Shortage | undefined, now: Date): Shortage {
  const refusals = (before?.refusals ?? 0) + 1;
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(refusals - 1, 20));
  return { refusals, retryAt: new Date(now.getTime() + pause).toISOString() };
}

/** Whether the API has any; undefined where it does not say. */
async function isInStock({ stock, spec }: Taken, api: Api): Promise<boolean | undefined> {
  try {
    return await stock.isThere(api, spec);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Runs an action, unless the API has refused another one of the same pass for want of the same capacity. */
export type RunInStock = <Result>(action: Action, run: () => Promise<Result>) => Promise<Result>;

/**
 * Remembers refusals for want of capacity for the length of a pass, so that three hundred creates of one type do not bring three hundred
 * refusals. Such a refusal is `unavailable`: the create is tried again with growing pauses.
 */
export function runInStock(input: StockInput): RunInStock {
  const refused = new Set<string>();
  return async (action, run) => {
    const taken = takenBy(action, input);
    if (taken && refused.has(taken.name))
      throw new ApiError(`not sent: the API has just refused ${taken.name} for want of it`, {
        verdict: 'unavailable',
      });
    try {
      return await run();
    } catch (error) {
      if (!taken || !(error instanceof ApiError) || !taken.stock.isRefusal(error)) throw error;
      refused.add(taken.name);
      throw new ApiError(error.message, { verdict: 'unavailable', cause: error });
    }
  };
}
