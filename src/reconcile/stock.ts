import { ApiError, type Api } from '../model/api.ts';
import type { Catalog, Stock } from '../model/kind.ts';
import type { Action, ActionId, Plan } from '../model/plan.ts';
import type { Address, Desired } from '../model/resource.ts';
import { addressOf } from '../model/resource.ts';
import type { Memory } from '../model/store.ts';
import { kindOf } from './kindOf.ts';

/** How long the API is not asked again for what it has refused for want of it. */
const shortageMs = 5 * 60_000;

interface StockInput {
  readonly catalog: Catalog;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly now: () => Date;
}

/** What a create takes from the API's stock; undefined for every other action. */
function takenBy(
  action: Action,
  { catalog, desired }: StockInput,
): { readonly stock: Stock; readonly name: string; readonly spec: Desired['spec'] } | undefined {
  if (action.verb !== 'create') return undefined;
  const stock = kindOf(catalog.kinds, action.kind).stock;
  const spec = desired.get(addressOf(action.kind, action.name))?.spec;
  return stock && spec ? { stock, name: stock.nameOf(spec), spec } : undefined;
}

/**
 * The creates of a plan that the API has no stock for, and why: it is asked once for each sort, unless it has refused that a short while
 * ago. Where it does not answer, nothing is known, so nothing is held.
 */
export async function shortagesIn(
  { actions }: Plan,
  { shortages }: Pick<Memory, 'shortages'>,
  input: StockInput,
  api: Api,
): Promise<ReadonlyMap<ActionId, string>> {
  const taking = actions.flatMap((action) => {
    const taken = action.held === undefined ? takenBy(action, input) : undefined;
    return taken ? [{ id: action.id, ...taken }] : [];
  });
  const reasons = await Promise.all(
    [...Map.groupBy(taking, ({ name }) => name)].map(async ([name, [first]]) => {
      const until = shortages.get(name);
      if (until !== undefined && until > input.now().toISOString())
        return [
          name,
          `the API had no ${name} when it was asked for, tried again at ${until}`,
        ] as const;
      const isThere = !first || (await isInStock(first, api));
      return [name, isThere ? undefined : `the API has no ${name} now`] as const;
    }),
  );
  const byName = new Map(reasons);
  return new Map(
    taking.flatMap(({ id, name }) => {
      const reason = byName.get(name);
      return reason === undefined ? [] : [[id, reason] as const];
    }),
  );
}

async function isInStock(
  { stock, spec }: { readonly stock: Stock; readonly spec: Desired['spec'] },
  api: Api,
): Promise<boolean> {
  try {
    return await stock.isThere(api, spec);
  } catch (error) {
    if (error instanceof ApiError) return true;
    throw error;
  }
}

/** What was learned of the API's stock while a plan was carried out. */
export interface Learned {
  /** Until when there is none, by name. */
  readonly shortages: ReadonlyMap<string, string>;
  /** Runs an action, unless the API has refused another one of this pass for want of the same. */
  readonly run: <Result>(action: Action, run: () => Promise<Result>) => Promise<Result>;
}

/** Learns of shortages, so that three hundred creates of one sort do not bring three hundred refusals. */
export function learnShortages(input: StockInput): Learned {
  const shortages = new Map<string, string>();
  return {
    shortages,
    async run(action, run) {
      const taken = takenBy(action, input);
      if (taken && shortages.has(taken.name))
        throw new ApiError(`not sent: the API has just refused ${taken.name} for want of it`, {
          verdict: 'unavailable',
        });
      try {
        return await run();
      } catch (error) {
        if (!taken || !(error instanceof ApiError) || !taken.stock.isRefusal(error)) throw error;
        shortages.set(taken.name, new Date(input.now().getTime() + shortageMs).toISOString());
        throw new ApiError(error.message, { verdict: 'unavailable', cause: error });
      }
    },
  };
}
