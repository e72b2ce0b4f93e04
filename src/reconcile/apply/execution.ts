import type { Api } from '../../model/api.ts';
import type { Catalog, Started } from '../../model/kind.ts';
import type { Action, Member } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Memory, Store } from '../../model/store.ts';
import type { Values } from '../compare/writeOnly.ts';

/** What executing needs at hand. */
export interface ExecutionContext {
  readonly catalog: Catalog;
  readonly api: Api;
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly values: Values;
  /** What resources owed when the pass began. */
  readonly obligations: Memory['obligations'];
  /** Live ids by address, as planned; creates add theirs. */
  readonly ids: Map<Address, string>;
  readonly now: () => Date;
}

/** What an action set going: the id of its resource, and the job to follow. */
export interface Executed extends Started {
  readonly id: string;
  /** Whether the resource is as the action wants it, asked once it is settled. Not set: it is. */
  readonly isReached?: () => Promise<boolean>;
  /** Paths of fields of which nothing is owed any more once the action has ended well. */
  readonly fulfilled?: readonly string[];
}

/** What an action cannot be done without. A plan that lacks it is a bug, and throws before anything is sent. */
export function required<Value>(value: Value | undefined, { id }: Action, what: string): Value {
  if (value === undefined) throw new Error(`${id} was planned without ${what}`);
  return value;
}

/** The declared resource that an action is about. */
export const desiredOf = (action: Action, { desired }: ExecutionContext): Desired =>
  required(desired.get(addressOf(action.kind, action.name)), action, 'its declaration');

/** The live id of the resource that an action is about. */
export const idOf = (action: Action, { ids }: ExecutionContext): string =>
  required(action.resourceId ?? ids.get(addressOf(action.kind, action.name)), action, 'its id');

/** The live id of a member. */
export const memberIdOf = (action: Action, member: Member, { ids }: ExecutionContext): string =>
  'id' in member
    ? member.id
    : required(ids.get(member.address), action, `the id of ${member.address}`);
