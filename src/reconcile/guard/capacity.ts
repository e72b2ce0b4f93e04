import { ApiError, type Api } from '../../model/api.ts';
import type { Capacity } from '../../model/kind/capabilities.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { Action, ActionId, Plan } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Memory, Shortage } from '../../model/memory.ts';
import { kindOf } from '../kindOf.ts';
import type { Spellings } from '../compare/spelling.ts';

/** The delay before a shortage alone causes another pass: it doubles from the minimum to the maximum. */
const minDelayMs = 10_000;
const maxDelayMs = 10 * 60_000;

interface CapacityInput {
  readonly catalog: Catalog;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly spellings: Spellings;
  readonly now: () => Date;
}

/** The capacity that a create requires. */
interface Demand {
  readonly capacity: Capacity;
  readonly name: string;
  readonly spec: Desired['spec'];
}

/** The capacity that an action requires; undefined for all but creates. */
function demandOf(
  action: Action,
  { catalog, desired, spellings }: CapacityInput,
): Demand | undefined {
  if (action.verb !== 'create') return undefined;
  const { capacity, schema } = kindOf(catalog.kinds, action.kind);
  const declared = desired.get(addressOf(action.kind, action.name))?.spec;
  if (!capacity || !declared) return undefined;
  const spec = spellings.ofSpec(action.kind, schema, declared);
  return { capacity, name: capacity.nameOf(spec), spec };
}

/** The API's answers about its capacity in one pass. */
export interface CapacityCheck {
  /** The reasons why creates are blocked, by action. */
  readonly held: ReadonlyMap<ActionId, string>;
  /** The names without capacity, with the time of the next request. */
  readonly shortages: ReadonlyMap<string, Shortage>;
  /** The names with capacity. */
  readonly available: readonly string[];
}

/** The answers of a pass that requested none. */
export const noAnswers: CapacityCheck = { held: new Map(), shortages: new Map(), available: [] };

/**
 * Requests the capacity that the creates of a plan require: once per name, in every pass that plans such creates. A
 * request that fails blocks nothing. Rejects only on a bug.
 */
export async function askCapacity(
  { actions }: Plan,
  { shortages }: Pick<Memory, 'shortages'>,
  input: CapacityInput,
  api: Api,
): Promise<CapacityCheck> {
  const demands = actions.flatMap((action) => {
    const demand = action.blockedReason === undefined ? demandOf(action, input) : undefined;
    return demand ? [{ id: action.id, ...demand }] : [];
  });
  const answers = await Promise.all(
    [...new Map(demands.map((demand) => [demand.name, demand])).values()].map(
      async (demand) => [demand.name, await isAvailable(demand, api)] as const,
    ),
  );
  const short = new Set(answers.flatMap(([name, answer]) => (answer === false ? [name] : [])));
  return {
    held: new Map(
      demands.flatMap(({ id, name }) =>
        short.has(name) ? [[id, `the API has no ${name} now`] as const] : [],
      ),
    ),
    shortages: new Map(
      [...short].map((name) => [name, nextShortage(shortages.get(name), input.now())]),
    ),
    available: answers.flatMap(([name, answer]) => (answer === true ? [name] : [])),
  };
}

/** The record of a shortage after one more answer without capacity. Pure. */
export function nextShortage(before: Shortage | undefined, now: Date): Shortage {
  const refusals = (before?.refusals ?? 0) + 1;
  const delayMs = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(refusals - 1, 20));
  return { refusals, retryAt: new Date(now.getTime() + delayMs).toISOString() };
}

/** Whether the API has capacity for a demand; undefined if the request fails. */
async function isAvailable({ capacity, spec }: Demand, api: Api): Promise<boolean | undefined> {
  try {
    return await capacity.isAvailable(api, spec);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/**
 * Runs an action. Rejects with an `ApiError` without running it if the API has refused another action of the same pass
 * for lack of the same capacity.
 */
export type RunWithCapacity = <Result>(
  action: Action,
  run: () => Promise<Result>,
) => Promise<Result>;

/**
 * Makes a `RunWithCapacity` for one pass, so that three hundred creates of one type do not cause three hundred
 * refusals. A refusal for lack of capacity becomes `unavailable`: the create backs off, and is retried.
 */
export function runWithCapacity(input: CapacityInput): RunWithCapacity {
  const refused = new Set<string>();
  return async (action, run) => {
    const demand = demandOf(action, input);
    if (demand && refused.has(demand.name))
      throw new ApiError(`not sent: the API has just refused ${demand.name} for lack of capacity`, {
        verdict: 'unavailable',
      });
    try {
      return await run();
    } catch (error) {
      if (!demand || !(error instanceof ApiError) || !demand.capacity.isRefusal(error)) throw error;
      refused.add(demand.name);
      throw new ApiError(error.message, { verdict: 'unavailable', cause: error });
    }
  };
}
