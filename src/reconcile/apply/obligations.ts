import { isDeepStrictEqual } from 'node:util';
import type { WriteObserver } from '../../model/api.ts';
import type { Address, Observed, Spec } from '../../model/resource.ts';
import type { Obligation, OwedValue, Store } from '../../model/store.ts';
import type { Visibility } from '../plan/match.ts';
import { valueAt } from '../compare/spec.ts';

/** What a live resource owes now, and what it owes no longer. Both hold field paths. */
export interface Owed {
  /** The values to restore. */
  readonly due: Spec;
  /** Fields whose obligation has ended. */
  readonly over: readonly string[];
}

const nothingOwed: Owed = { due: {}, over: [] };

/**
 * What a resource owes. An obligation ends when it is met, when the YAML declares the temporary value, when somebody else has set a third
 * value, and when the resource is another one. A value that looks met counts only once lists cannot be stale any more. While the API is
 * at work on the resource, nothing is due. Pure.
 */
export function owedBy(
  obligation: Obligation | undefined,
  live: Observed,
  declared: Spec,
  { now, visibility }: Visibility,
): Owed {
  if (!obligation) return nothingOwed;
  const fields = Object.entries(obligation.fields);
  if (obligation.id !== live.id) return { due: {}, over: fields.map(([path]) => path) };
  const isFresh = now.getTime() - Date.parse(obligation.at) < visibility;
  const fates = fields.map(([path, value]) => ({
    path,
    value,
    fate: fateOf(value, valueAt(live.spec, path), valueAt(declared, path), isFresh),
  }));
  const isSwitchOwed = fates.some(({ value, fate }) => isSwitch(value) && fate !== 'over');
  const over = isSwitchOwed ? fates.filter(({ fate }) => fate === 'over') : fates;
  const due = live.settled && isSwitchOwed ? fates.filter(({ fate }) => fate === 'due') : [];
  return {
    due: Object.fromEntries(due.map(({ path, value }) => [path, value.owed])),
    over: over.map(({ path }) => path),
  };
}

/** A field that Holdfast set to another value; the others only go with it. */
const isSwitch = ({ temporary }: OwedValue): boolean => temporary !== undefined;

function fateOf(
  { owed, temporary }: OwedValue,
  observed: unknown,
  declared: unknown,
  isFresh: boolean,
): 'due' | 'over' | 'unsure' {
  if (temporary !== undefined && isDeepStrictEqual(declared, temporary)) return 'over';
  if (isDeepStrictEqual(observed, owed)) return isFresh ? 'unsure' : 'over';
  return observed === undefined || isDeepStrictEqual(observed, temporary) ? 'due' : 'over';
}

/**
 * Makes an obligation durable before the attempt that creates it is handed to the socket. What the API certainly did not take creates no
 * obligation; `before`, what the resource owed already, stays.
 */
export function recordingObligation(
  store: Pick<Store, 'recordObligation' | 'clearObligation'>,
  now: () => Date,
  {
    address,
    before,
    ...obligation
  }: Omit<Obligation, 'at'> & {
    readonly address: Address;
    readonly before: Obligation | undefined;
  },
): WriteObserver {
  const paths = Object.keys(obligation.fields).filter((path) => !before?.fields[path]);
  return {
    sending: () => store.recordObligation(address, { ...obligation, at: now().toISOString() }),
    notTaken: () =>
      paths.length === 0 ? Promise.resolve() : store.clearObligation(address, paths),
    maybeTaken: () => Promise.resolve(),
  };
}

/** Why a resource is changed though its YAML does not ask for it. */
export const owedReason = ({ at }: Obligation, due: Spec): string =>
  `${Object.keys(due).join(', ')}: switched by Holdfast for a change at ${at}, and owed back`;
