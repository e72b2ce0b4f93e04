import type { Api } from '../../model/api.ts';
import type { Catalog, Started } from '../../model/kind/kind.ts';
import type { Action, Member } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Memory } from '../../model/memory.ts';
import type { Store } from '../../model/store.ts';
import type { Spellings } from '../compare/spelling.ts';
import type { Values } from '../compare/writeOnly.ts';

/** The input of executing an action, the same for all actions of a pass. */
export interface ExecutionContext {
  readonly catalog: Catalog;
  readonly api: Api;
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly values: Values;
  readonly spellings: Spellings;
  /** The obligations at the start of the pass. */
  readonly obligations: Memory['obligations'];
  /** The overrides of timetables at the start of the pass. */
  readonly wakes: Memory['wakes'];
  /** Live ids by address. Holds the planned ones; each create adds its own. */
  readonly ids: Map<Address, string>;
  readonly now: () => Date;
}

/** The result of an executed action: the id of its resource, and the job to wait for. */
export interface Executed extends Started {
  readonly id: string;
  /**
   * Reads whether the resource is in the desired state. Called once the resource is ready. Absent: it is not checked.
   */
  readonly isReached?: () => Promise<boolean>;
  /** The field paths whose obligation ends if the action succeeds. */
  readonly fulfilled?: readonly string[];
}

/**
 * Returns `value`. Throws if it is undefined, before anything is sent: a plan without it is a bug. `what` names it in
 * the message.
 */
export function required<Value>(value: Value | undefined, { id }: Action, what: string): Value {
  if (value === undefined) throw new Error(`${id} was planned without ${what}`);
  return value;
}

/** The declared resource of an action. Throws if there is none. */
export const desiredOf = (action: Action, { desired }: ExecutionContext): Desired =>
  required(desired.get(addressOf(action.kind, action.name)), action, 'its declaration');

/** The live id of an action's resource. Throws if it has none. */
export const idOf = (action: Action, { ids }: ExecutionContext): string =>
  required(action.resourceId ?? ids.get(addressOf(action.kind, action.name)), action, 'its id');

/** The live id of a member. Throws if it has none. */
export const memberIdOf = (action: Action, member: Member, { ids }: ExecutionContext): string =>
  'id' in member
    ? member.id
    : required(ids.get(member.address), action, `the id of ${member.address}`);
