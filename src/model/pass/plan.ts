import type { Address, Source, Spec } from '../resource.ts';

/** One difference in a declared field, in words for people: names where the API has ids, `(secret)` for a secret. */
export interface FieldChange {
  readonly path: string;
  readonly desired: unknown;
  readonly observed: unknown;
}

/** The verbs of actions, in the order in which reports count them. */
export const verbs = ['create', 'update', 'assign', 'unassign', 'start', 'stop', 'delete'] as const;
export type Verb = (typeof verbs)[number];

/** `kind/name:verb`, and for a member of a relation `kind/name:verb(relation/member)`. */
export type ActionId = string;

interface ActionBase {
  readonly id: ActionId;
  readonly kind: string;
  readonly name: string;
  /** Unknown before a create. */
  readonly resourceId?: string;
  /** On a deletion: the name of the live resource, where it differs from `name`. */
  readonly liveName?: string;
  readonly changes: readonly FieldChange[];
  /** Actions that must have ended well before this one starts. */
  readonly requires: readonly ActionId[];
  /** Actions that must have ended, well or not, before this one starts. */
  readonly after?: readonly ActionId[];
  /** It restores what Holdfast switched for a change: neither windows nor the cost limit hold it. */
  readonly owed?: true;
  /** Why it may not be done, where it may not. */
  readonly held?: string;
  /** What people should know before it is done. */
  readonly note?: string;
}

/** One or a few API writes to one resource, as data: a plan can be printed, kept, approved and replayed. */
export type Action = ActionBase &
  (
    | { readonly verb: 'delete' | 'start' }
    | {
        readonly verb: 'stop';
        /** It is stopped for a change only: a start is owed from the moment the stop is sent. */
        readonly restart?: true;
      }
    | {
        readonly verb: 'create';
        /** Fields of the create call that say what a relation of another resource declares. */
        readonly carries: readonly { readonly field: string; readonly member: Member }[];
      }
    | {
        readonly verb: 'update';
        /** Paths of the spec to write; `name` is a rename. Values come from the desired state. */
        readonly fields: readonly string[];
        /** The values to write in place of those of the desired state. */
        readonly restores?: Spec;
      }
    | {
        /** `update`: of a map's member, the value. */
        readonly verb: 'assign' | 'unassign' | 'update';
        readonly relation: string;
        readonly member: Member;
        /** What people call the member: its name, or its id where that is not known or not unique. */
        readonly memberName: string;
        /** The key of the declared value, for a map. */
        readonly key?: string;
        /** Of a declared value that has fields, those to write; not set: all. */
        readonly fields?: readonly string[];
      }
  );

/** A member of a relation: a live id, or the address of a resource that this plan creates. */
export type Member = { readonly id: string } | { readonly address: Address };

/** The states of a resource, in the order in which reports count them (INTERFACE 4). */
export const statuses = [
  'inSync',
  'drifted',
  'missing',
  'pending',
  'blocked',
  'failed',
  'ambiguous',
  'contended',
  'orphaned',
  'unmanaged',
] as const;
export type Status = (typeof statuses)[number];

/** What is true of one resource. */
export interface Assessment {
  readonly kind: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly status: Status;
  readonly changes: readonly FieldChange[];
  /** Declared fields that the API never shows. */
  readonly unverifiable: readonly string[];
  readonly reason: string | undefined;
  /** Undefined for what is only live. */
  readonly source: Source | undefined;
}

/** The id of an action on a whole resource. */
export const actionId = (address: Address, verb: Verb): ActionId => `${address}:${verb}`;

/** The id of an action on one member of a relation. */
export const memberActionId = (
  address: Address,
  verb: Verb,
  relation: string,
  member: string,
): ActionId => `${address}:${verb}(${relation}/${member})`;

/** The difference between desired and observed, and what would close it. Actions stand in an order in which they can run. */
export interface Plan {
  readonly assessments: readonly Assessment[];
  readonly actions: readonly Action[];
  /** False when a listing did not end well. */
  readonly complete: boolean;
  /** Live resources that were recognised, to be remembered. */
  readonly recognised: readonly {
    readonly address: Address;
    readonly id: string;
    readonly protected: boolean;
  }[];
  /** Addresses whose live resource is gone for good, to be forgotten. */
  readonly gone: readonly Address[];
  /** Bound resources that only lists can tell of, and that they have begun to leave out, or show again. To be remembered. */
  readonly unlisted: readonly Address[];
  readonly listedAgain: readonly Address[];
  /** Fields of which nothing is owed any more, to be forgotten. */
  readonly obligationsOver: readonly {
    readonly address: Address;
    readonly paths: readonly string[];
  }[];
  /** Lists that were not read and that the plan wants: read them and plan again. */
  readonly needs: readonly Need[];
  /** The same input gives the same plan until then; undefined: at any time. */
  readonly validUntil: Date | undefined;
}

/** A list that a plan wants: a lookup, or the members of one resource's relation. */
export type Need =
  | { readonly list: 'lookup'; readonly kind: string }
  | {
      readonly list: 'members';
      readonly kind: string;
      readonly id: string;
      readonly relation: string;
    };

/** Under what a list stands in a snapshot. */
export const listKey = (need: Need): string =>
  need.list === 'lookup' ? need.kind : `${need.kind}/${need.id}.${need.relation}`;

/** The error of an action that was not started, since somebody stopped Holdfast. */
export const toldToStop = 'Holdfast was told to stop';

/** How an action ended. `blocked`: held back; `pending`: written, and the API is still at work; `skipped`: what it required did not end well. */
export interface Outcome {
  readonly result: 'planned' | 'done' | 'failed' | 'blocked' | 'pending' | 'skipped';
  readonly error?: string;
  /** The API refused it for good: what was sent, as things are, will be refused again. */
  readonly refused?: boolean;
  /** Milliseconds from its start until the API had ended it; 0 where nothing was sent. */
  readonly took: number;
  readonly attempts: number;
  /** What people should know beside that it was done. */
  readonly note?: string;
  /** The API took the create, failed, and knows the resource no longer. */
  readonly gone?: boolean;
  /** The live id that a create brought. */
  readonly resourceId?: string;
  /** Paths of fields that Holdfast owed, and that this action has restored. */
  readonly fulfilled?: readonly string[];
}
