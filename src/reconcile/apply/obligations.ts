import { isDeepStrictEqual } from 'node:util';
import type { WriteObserver } from '../../model/api.ts';
import type { Address, Observed, Spec } from '../../model/resource.ts';
import type { Obligation, OwedValue } from '../../model/memory.ts';
import type { Store } from '../../model/store.ts';
import { isRecent, type Visibility } from '../plan/matching/match.ts';
import { valueAt } from '../compare/spec.ts';

/** The state of a resource's obligation. Keys and items are field paths. */
export interface Owed {
  /** The values to restore now. */
  readonly due: Spec;
  /** The fields whose obligation has ended. */
  readonly over: readonly string[];
}

const nothingOwed: Owed = { due: {}, over: [] };

/**
 * Compares an obligation with the live resource. An obligation ends when the owed value is restored, when the YAML
 * declares the temporary value, when somebody else sets a third value, or when the id is another one. A restored value
 * counts only once lists cannot be stale any more. Nothing is due while the resource is not ready. Pure.
 */
export function owedBy(
  obligation: Obligation | undefined,
  live: Observed,
  declared: Spec,
  time: Visibility,
): Owed {
  if (!obligation) return nothingOwed;
  const fields = Object.entries(obligation.fields);
  if (obligation.id !== live.id) return { due: {}, over: fields.map(([path]) => path) };
  const isFresh = isRecent(obligation.at, time);
  const fates = fields.map(([path, value]) => ({
    path,
    value,
    fate: fateOf(value, valueAt(live.spec, path), valueAt(declared, path), isFresh),
  }));
  const isSwitchOwed = fates.some(({ value, fate }) => isSwitch(value) && fate !== 'over');
  const over = isSwitchOwed ? fates.filter(({ fate }) => fate === 'over') : fates;
  const due = live.ready && isSwitchOwed ? fates.filter(({ fate }) => fate === 'due') : [];
  return {
    due: Object.fromEntries(due.map(({ path, value }) => [path, value.owed])),
    over: over.map(({ path }) => path),
  };
}

/**
 * Whether Holdfast set the field to a temporary value. Other fields of an obligation are restored only together with
 * such a one.
 */
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
 * Observes a write to record the obligation that it creates: stored before an attempt is handed to the socket, and
 * cleared if the API certainly did not accept it. Fields of `before`, the earlier obligation of the resource, are not
 * cleared.
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
    notAccepted: () =>
      paths.length === 0 ? Promise.resolve() : store.clearObligation(address, paths),
    maybeAccepted: () => Promise.resolve(),
  };
}

/** The reason that reports show for a restore, which the YAML does not ask for. */
export const owedReason = ({ at }: Obligation, due: Spec): string =>
  `${Object.keys(due).join(', ')}: changed temporarily by Holdfast at ${at}, and to be restored`;
