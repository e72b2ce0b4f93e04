/**
 * What some kinds have beside the contract of `kind.ts`: relations, a power state, a price, limited capacity, details.
 */

import type { Api, ApiError } from '../api.ts';
import type { Listed, Started } from './listed.ts';
import type { Spec } from '../resource.ts';

/**
 * A field that the API changes member by member (`relation` in the schema). A member is a live id if the field
 * references a kind, and a name otherwise.
 */
export interface Relation {
  /**
   * Lists the members of one resource: `id`, `name`, and, for a map, the visible values as `spec`. Not set if the
   * kind's own list shows the members. If it rejects half-way, the list is incomplete, and no member is removed on its
   * evidence.
   */
  readonly members?: (api: Api, id: string) => AsyncIterable<readonly Listed[]>;
  /**
   * `members` costs one request per resource, so each pass reads only a few resources, least recently read first.
   * Default: false, all in each pass.
   */
  readonly rotated?: boolean;
  /**
   * Adds a member. Called when the resource exists and `member` is not in the observed relation. `value` is set for a
   * map only: a text if it is write-only, else an object of its fields. Must not change other members.
   */
  readonly assign: (api: Api, id: string, member: string, value?: unknown) => Promise<void>;
  /**
   * Changes the value of a map's member: `value` is a text if it is write-only, else the fields that differ. `member`
   * is its live id. Must not change other fields or members. Not set where values cannot change.
   */
  readonly update?: (api: Api, id: string, member: string, value: unknown) => Promise<void>;
  /**
   * Removes a member by its live id. Called only if the member list is complete and the desired set leaves the member
   * out. Required for a `set` or a `one`; never called for a `map`.
   */
  readonly unassign?: (api: Api, id: string, member: string) => Promise<void>;
  /**
   * Each `assign` creates a new object, so an assign with an uncertain outcome gets an intent and is not repeated until
   * lists must show the object.
   */
  readonly assignCreates?: boolean;
  /** The member's own create call can set the relation, in this field of that call. */
  readonly setByMemberCreate?: string;
  /** The create call of the resource itself can set the relation, in the field of the relation's name. */
  readonly setByOwnCreate?: boolean;
}

/** A resource, or a member of one of its relations, that a free-form field names: a soft dependency. */
export interface SoftReference {
  readonly kind: string;
  readonly name: string;
  readonly member?: { readonly relation: string; readonly name: string };
}

/**
 * How resources of a kind are switched on and off. The engine evaluates timetables: in a resolved spec the field holds
 * `running` or `off`.
 */
export interface Power {
  /** The spec field that holds the desired power. */
  readonly field: string;
  /**
   * Whether a resource that is created with this spec runs afterwards. `wanted` is the power that is declared now, if
   * any. Pure.
   */
  readonly runsOnCreate: (spec: Spec, wanted: 'running' | 'off' | undefined) => boolean;
  /** Starts a ready resource that is off. */
  readonly start: (api: Api, id: string) => Promise<Started>;
  /** Stops a ready resource that runs. Called only if the lifecycle allows it, or the declared power is `off`. */
  readonly stop: (api: Api, id: string) => Promise<Started>;
}

/**
 * What resources of a kind cost. The `facts` of a live resource hold its rates in USD/h: `usageRate`, charged while it
 * runs, and `storageRate`, charged as long as it exists. All members are pure.
 */
export interface Pricing {
  /** The name under which `settings.prices` lists the usage rate: a machine type. */
  readonly usageOf: (spec: Spec) => string;
  /** The size of the storage in GB. */
  readonly storageOf: (spec: Spec) => number;
  /** The spec fields on which the price depends. */
  readonly fields: readonly string[];
}

/** What resources of a kind cost whose rate the API never shows. It is counted if `settings.prices` has the kind. */
export interface ListedPrice {
  /** How often the price is paid: once, or for each GB. Pure. */
  readonly unitsOf: (spec: Spec) => number;
}

/** The capacity that creates of a kind need, and that the API may lack for a while: machine types of a region. */
export interface Capacity {
  /** The name of the capacity that a create of this spec needs: `A4000@ny2`. Pure. */
  readonly nameOf: (spec: Spec) => string;
  /**
   * Asks the API whether it has the capacity. Called before the creates of a plan, once a pass for each name. If it
   * rejects, the answer is unknown and nothing is blocked.
   */
  readonly isAvailable: (api: Api, spec: Spec) => Promise<boolean>;
  /** Whether this error of a create says that the capacity is missing. Pure. */
  readonly isRefusal: (error: ApiError) => boolean;
}

/**
 * Reads details of one live resource that its spec does not hold, such as its events. They are plain JSON for people:
 * small, in YAML's words and units, and never a value that may be a secret. Sends one GET request. Never called in a
 * pass, only for `explain`.
 */
export type Detail = (api: Api, live: Pick<Listed, 'id' | 'spec'>) => Promise<unknown>;
