import type { Address, DeclaredAt, Spec } from '../resource.ts';
import type { Labels } from '../selection/labels.ts';

/** A difference in a declared field, as text for people: names in place of ids, `(secret)` for a secret. */
export interface FieldChange {
  readonly path: string;
  readonly desired: unknown;
  readonly observed: unknown;
}

/** The verbs of actions, in the order in which reports count them. */
export const verbs = ['create', 'update', 'assign', 'unassign', 'start', 'stop', 'delete'] as const;
export type Verb = (typeof verbs)[number];

/** The key of an action: `kind/name:verb`, and for a member of a relation `kind/name:verb(relation/member)`. */
export type ActionId = string;

interface ActionBase {
  readonly id: ActionId;
  readonly kind: string;
  readonly name: string;
  /** The live id; not set before a create. */
  readonly resourceId?: string;
  /** On a deletion: the name of the live resource, where it differs from `name`. */
  readonly liveName?: string;
  readonly changes: readonly FieldChange[];
  /** Actions that must succeed before this one starts. */
  readonly requires: readonly ActionId[];
  /** Actions that must end, with or without success, before this one starts. */
  readonly after?: readonly ActionId[];
  /** It fulfils an obligation: neither windows nor the cost limit block it. */
  readonly owed?: true;
  /** Why it is blocked; not set: it is allowed. */
  readonly blockedReason?: string;
  /** A remark for people about the planned action. */
  readonly note?: string;
}

/** One or a few API writes to one resource, as data: a plan can be printed, saved, approved, and replayed. */
export type Action = ActionBase &
  (
    | { readonly verb: 'delete' | 'start' }
    | {
        readonly verb: 'stop';
        /** It is stopped only for a change: a start is owed from the moment the stop is sent. */
        readonly restart?: true;
      }
    | {
        readonly verb: 'create';
        /** Fields of the create call that set a relation which another resource declares. */
        readonly carries: readonly { readonly field: string; readonly member: Member }[];
      }
    | {
        readonly verb: 'update';
        /** The paths of the spec to write; `name` is a rename. Values come from the desired state. */
        readonly fields: readonly string[];
        /** Values that replace those of the desired state. */
        readonly restores?: Spec;
      }
    | {
        /** `update`: changes the value of a map's member. */
        readonly verb: 'assign' | 'unassign' | 'update';
        readonly relation: string;
        readonly member: Member;
        /** The member for people: its name, or its id if the name is unknown or not unique. */
        readonly memberName: string;
        /** The key of the declared value, for a map. */
        readonly key?: string;
        /** The fields to write of a declared value that has fields; not set: all. */
        readonly fields?: readonly string[];
      }
  );

/** A member of a relation: a live id, or the address of a resource that this plan creates. */
export type Member = { readonly id: string } | { readonly address: Address };

/** The statuses of a resource, in the order in which reports count them (INTERFACE 4). */
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

/** The status of one resource. */
export interface Assessment {
  readonly kind: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly status: Status;
  readonly changes: readonly FieldChange[];
  /** Declared fields that the API never shows. */
  readonly unverifiable: readonly string[];
  readonly reason: string | undefined;
  /** Not set: none. */
  readonly labels?: Labels;
  /** Undefined for a live resource that is not declared. */
  readonly source: DeclaredAt | undefined;
}

/** Returns the key of an action on a whole resource. */
export const actionId = (address: Address, verb: Verb): ActionId => `${address}:${verb}`;

/** Returns the key of an action on one member of a relation. */
export const memberActionId = (
  address: Address,
  verb: Verb,
  relation: string,
  member: string,
): ActionId => `${address}:${verb}(${relation}/${member})`;

/**
 * The drift between desired and observed state, and the actions that end it. The order of the actions is one in which
 * they can run.
 */
export interface Plan {
  readonly assessments: readonly Assessment[];
  readonly actions: readonly Action[];
  /** False if a listing is incomplete. */
  readonly complete: boolean;
  /** Live resources to bind to declared ones. */
  readonly toBind: readonly {
    readonly address: Address;
    readonly id: string;
    readonly protected: boolean;
  }[];
  /** Addresses to unbind: their live resources are certainly gone. */
  readonly toUnbind: readonly Address[];
  /** Bound resources of kinds without `get` that complete lists have begun to leave out, or show again. To record. */
  readonly unlisted: readonly Address[];
  readonly listedAgain: readonly Address[];
  /** Obligations to clear. */
  readonly endedObligations: readonly {
    readonly address: Address;
    readonly paths: readonly string[];
  }[];
  /** Lists that the plan needs and that were not read: read them and plan again. */
  readonly requiredLists: readonly ListRequest[];
  /** The same input gives the same plan until then; undefined: at any time. */
  readonly validUntil: Date | undefined;
}

/** A list that a plan needs: a lookup, or the members of one resource's relation. */
export type ListRequest =
  | { readonly list: 'lookup'; readonly kind: string }
  | {
      readonly list: 'members';
      readonly kind: string;
      readonly id: string;
      readonly relation: string;
    };

/** Returns the key of a list in a snapshot. */
export const listKey = (need: ListRequest): string =>
  need.list === 'lookup' ? need.kind : `${need.kind}/${need.id}.${need.relation}`;

/** The error of an action that did not start because Holdfast was told to stop. */
export const stoppedReason = 'Holdfast was told to stop';

/**
 * The outcome of an action. `blocked`: the guard did not allow it. `pending`: written, but the API still works on it.
 * `skipped`: an action that it requires did not succeed.
 */
export interface Outcome {
  readonly result: 'planned' | 'done' | 'failed' | 'blocked' | 'pending' | 'skipped';
  readonly error?: string;
  /** The API rejected it permanently: the same request will be rejected again as things are. */
  readonly refused?: boolean;
  /** Milliseconds from its start until the API had completed it; 0 if nothing was sent. */
  readonly took: number;
  readonly attempts: number;
  /** A remark for people beside the outcome. */
  readonly note?: string;
  /** The API accepted the create, failed, and no longer has the resource. */
  readonly gone?: boolean;
  /** The live id of a created resource. */
  readonly resourceId?: string;
  /** Paths of owed fields that this action has restored. */
  readonly fulfilled?: readonly string[];
}
