/**
 * The contract of a kind of resource: its schema, its API calls, and its rules. `src/kinds/` implements it, and the
 * rest of the program knows no kind by name. A function that takes an `Api` rejects with an `ApiError` and with nothing
 * else. It must not wait or repeat a request: the client and the engine do that.
 */

import type { Api } from '../api.ts';
import type {
  Capacity,
  Detail,
  ListedPrice,
  Power,
  Pricing,
  Relation,
  SoftReference,
} from './capabilities.ts';
import type { Jobs } from './jobs.ts';
import type { Listed, Started } from './listed.ts';
import type { Spec } from '../resource.ts';
import type { SpecSchema } from './schema.ts';
import type { OwedValue, Team } from '../memory.ts';
import type { WasteRule } from '../money/waste.ts';

export type { Listed, Started } from './listed.ts';

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
  /** Not set: `settings.prices` cannot have the kind. */
  readonly listedPrice?: ListedPrice;
  /** Not set: no resource of the kind counts as unused. */
  readonly waste?: WasteRule;
  /** The Terraform resource types whose `id` is the id of a resource of this kind. Not set: no known provider has one. */
  readonly terraformTypes?: readonly string[];
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
