/**
 * The contract of a kind of resource: its schema, its API calls, and its rules. `src/kinds/` implements it, and the
 * rest of the program knows no kind by name. A function that takes an `Api` rejects with an `ApiError` and with nothing
 * else. It must not wait or repeat a request: the client and the engine do that.
 */

import type { Api, ApiError } from './api.ts';
import type { Jobs } from './jobs.ts';
import type { Observed, Spec } from './resource.ts';
import type { SpecSchema } from './schema.ts';
import type { OwedValue, Team } from './store.ts';

/** One item of a kind's list. `ready` (`settled`) defaults to true. */
export interface Listed extends Omit<Observed, 'ready'> {
  readonly ready?: boolean;
}

/** The answer to a write: what the API does after it has answered. */
export interface Started {
  /** The id of the machine event to poll until it ends; not set where the API reports none. */
  readonly event?: string;
  /**
   * There is no event: the resource itself is polled with `get` until it is ready. Default: false, the write is
   * complete.
   */
  readonly follow?: boolean;
  /** A remark for people beside the outcome, such as a connection test that failed. */
  readonly note?: string;
}

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

/** An example of a kind as YAML declares it: a name and a spec before resolution. */
export interface Example {
  readonly name: string;
  readonly spec: Spec;
}

/** A kind that can be listed and referenced, whether or not it can be declared: OS templates, users. */
export interface Lookup {
  /** The key in YAML and in addresses: `machines`, `osTemplates`. */
  readonly name: string;
  /** The noun for one of them in messages: `machine`. */
  readonly singular: string;
  /**
   * Lists all live resources of this kind, page by page, without those that the service itself owns. `declared` holds
   * the specs of this kind: a list of the API that matters only if a spec mentions it may then be left out. Without
   * `declared`, reads every list. If it rejects half-way, the listing is incomplete: the pages so far are valid, and no
   * resource counts as missing.
   */
  readonly list: (api: Api, declared?: readonly Spec[]) => AsyncIterable<readonly Listed[]>;
  /** The kind whose list has the same items under the same names and ids. If that list is read, this one is not. */
  readonly sameListAs?: string;
  /**
   * Names that differ only in case are equal, as with e-mail addresses: the kind and the config both write them in
   * lower case.
   */
  readonly caseInsensitiveNames?: boolean;
  /** Other names by which a reference may name an item: an OS template's label. Pure. */
  readonly aliases?: (item: Listed) => readonly string[];
}

/**
 * One kind of resource. Specs that `create` and `update` receive are resolved: a live id where a field references a
 * resource, the text where a field is write-only. A kind without `create`, `update`, or `remove` cannot be created,
 * updated, or deleted: such an action is blocked and the drift is reported.
 */
export interface ResourceKind extends Lookup {
  /**
   * The only description of the spec's fields: validation, comparison, completion, and the reference page come from it.
   */
  readonly schema: SpecSchema;
  /**
   * The rule for names, if not every text is valid. `fixed`: the name is the API's own key, so a resource cannot be
   * renamed.
   */
  readonly names?: {
    readonly pattern: string;
    /** The pattern in words, which follow "it takes" in messages. Default: the pattern itself. */
    readonly title?: string;
    readonly maxLength?: number;
    readonly fixed?: boolean;
  };
  /** Examples for the reference page and the editor; each is valid under `schema`. */
  readonly examples: readonly Example[];
  /**
   * Reads one resource; undefined if the API certainly no longer has it. Required if a write starts something that is
   * polled. Also called for a bound resource that the list leaves out.
   */
  readonly get?: (api: Api, id: string) => Promise<Listed | undefined>;
  /**
   * Creates a resource and returns its id. Called when a complete listing has no resource of that name, everything that
   * it references exists, and its intent is durable. Sends one create request and never repeats it: after a rejection
   * that is `uncertain`, only a later listing shows whether the resource exists.
   */
  readonly create?: (
    api: Api,
    name: string,
    spec: Spec,
  ) => Promise<Started & { readonly id: string }>;
  /** The capacity that a create needs. It is checked before a create, and a shortage is remembered. */
  readonly capacity?: Capacity;
  /**
   * The machine event that a create starts, by its verb. `field` names the spec field that holds the machine; not set
   * if the resource is the machine.
   */
  readonly createJob?: { readonly verb: string; readonly field?: string };
  /** The spec field that names a machine which must be off while this resource is created. */
  readonly requiresPoweredOff?: string;
  /**
   * Writes the fields in `changed`, which differ; `name` is among them for a rename. `sides` holds the desired name,
   * the whole desired spec, and the live spec. Called for a ready resource. Must not write any other field, unless
   * `updateSendsAllFields` is set.
   */
  readonly update?: (
    api: Api,
    id: string,
    changed: Spec,
    sides: { readonly name: string; readonly desired: Spec; readonly live: Spec },
  ) => Promise<Started>;
  /**
   * The fields that `update` must switch to a temporary value before it can write `changed`, and restore afterwards.
   * The engine records the owed values durably, sends the temporary ones in a separate update, and then sends the owed
   * values together with `changed`. A field without a temporary value is only sent along. Undefined if `changed` needs
   * no switch. Pure.
   */
  readonly switchedFor?: (
    changed: Spec,
    live: Spec,
  ) => Readonly<Record<string, OwedValue>> | undefined;
  /**
   * Deletes a resource. Resolves if it is already gone (404). Called when deletion is allowed and everything that must
   * go first is gone.
   */
  readonly remove?: (api: Api, id: string) => Promise<Started>;
  /**
   * Reads why a write failed, or did not end in time, from another place than the resource: text for people. Undefined
   * if that place reports no error. Called once, when such an action ends.
   */
  readonly explainFailure?: (api: Api, id: string) => Promise<string | undefined>;
  /** An update sends all declared fields, so every write-only value must be available for it. */
  readonly updateSendsAllFields?: boolean;
  /** The API accepts updates while the resource is not ready. */
  readonly updatableWhileBusy?: boolean;
  /**
   * For a kind whose live items have no names: selects the item to bind to a declared resource from `free`, the items
   * that are not bound; undefined if none fits. `idOf` resolves a reference to a live id. Pure.
   */
  readonly adopt?: (
    spec: Spec,
    free: readonly Listed[],
    idOf: (reference: unknown) => string | undefined,
  ) => Listed | undefined;
  /** Finds the resources that free-form fields name; they are created first. Pure. */
  readonly softReferences?: (spec: Spec) => readonly SoftReference[];
  /** What a person must do if the resource is missing and the API cannot create it. */
  readonly whenMissing?: string;
  /** The fields that are changed member by member, by field name. */
  readonly relations?: Readonly<Record<string, Relation>>;
  /** Not set: the kind has no power state. */
  readonly power?: Power;
  /** Not set: the kind has no cost that is counted. */
  readonly pricing?: Pricing;
  /** Details that `explain` reads for one resource, by their names in the explanation. */
  readonly details?: Readonly<Record<string, Detail>>;
}

/** The kinds by name. Referenced kinds come first where that is possible. */
export type Kinds = ReadonlyMap<string, ResourceKind>;

/** Everything about the API's resources: the kinds, the lookups (which can only be referenced), and the jobs. */
export interface Catalog {
  readonly kinds: Kinds;
  readonly lookups: ReadonlyMap<string, Lookup>;
  readonly jobs: Jobs;
  /** Reads the team that the API key acts for, once per client. Rejects with an `ApiError`. */
  readonly team: (api: Api) => Promise<Team>;
}
