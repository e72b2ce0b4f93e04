import type { Api, ApiError } from './api.ts';
import type { Jobs } from './jobs.ts';
import type { Observed, Spec } from './resource.ts';
import type { SpecSchema } from './schema.ts';
import type { OwedValue, Team } from './store.ts';

/** One item of a list. What does not say whether it is settled, is. */
export interface Listed extends Omit<Observed, 'settled'> {
  readonly settled?: boolean;
}

/** What a write started: the id of the machine event to follow, where there is one. */
export interface Started {
  readonly event?: string;
  /** There is no event, but the resource is to be followed until it is settled. */
  readonly follow?: boolean;
  /** What people should know of it beside that it was done: a connection test that failed. */
  readonly note?: string;
}

/**
 * A field that the API changes member by member (`relation` in the schema). A member is a live id where the field references
 * a kind, and a name where it does not.
 */
export interface Relation {
  /** Reads the members of one resource, where the kind's list does not show them: `id` and, for a map, the values that can be seen. */
  readonly members?: (api: Api, id: string) => AsyncIterable<readonly Listed[]>;
  /** The members are read for a few resources a pass, in rotation. */
  readonly rotated?: boolean;
  /** Adds a member; of a map, with its value: a text where it is write-only, or its fields. */
  readonly assign: (api: Api, id: string, member: string, value?: unknown) => Promise<void>;
  /** Changes the value of a member of a map: a text where it is write-only, or the fields that differ. `member` is its live id. */
  readonly update?: (api: Api, id: string, member: string, value: unknown) => Promise<void>;
  readonly unassign?: (api: Api, id: string, member: string) => Promise<void>;
  /** Each `assign` creates something anew, so one whose answer was lost is not sent again before lists can show what it made. */
  readonly assignCreates?: boolean;
  /** The member's own create can carry it, in this field of the member's create call. */
  readonly carriedBy?: string;
  /** The create of the resource itself can carry it, in the field of its own name. */
  readonly createdWith?: boolean;
}

/** A resource, or a member of one of its relations, that is named where no reference can stand. */
export interface Mention {
  readonly kind: string;
  readonly name: string;
  readonly member?: { readonly relation: string; readonly name: string };
}

/** How a kind is switched on and off. The field holds `running` or `off` once a timetable has been evaluated. */
export interface Power {
  readonly field: string;
  /** Whether a create call with this spec leaves it running. `wanted`: the power that is declared now, where any is. */
  readonly runsOnCreate: (spec: Spec, wanted: 'running' | 'off' | undefined) => boolean;
  readonly start: (api: Api, id: string) => Promise<Started>;
  readonly stop: (api: Api, id: string) => Promise<Started>;
}

/**
 * What a kind costs. A live resource shows its rates in `facts`, in USD an hour: `usageRate`, charged while it runs, and `storageRate`,
 * charged as long as it exists.
 */
export interface Pricing {
  /** What is used, by the name that `settings.prices` knows: a machine type. */
  readonly usageOf: (spec: Spec) => string;
  /** Gigabytes that are stored. */
  readonly storageOf: (spec: Spec) => number;
  /** The fields whose change changes the price. */
  readonly fields: readonly string[];
}

/** What creates are made from and the API may have none of just now: machine types of a region. */
export interface Stock {
  /** What a create takes from: `A4000@ny2`. */
  readonly nameOf: (spec: Spec) => string;
  /** Whether the API has any. */
  readonly isThere: (api: Api, spec: Spec) => Promise<boolean>;
  /** Whether a refusal of a create says that there is none. */
  readonly isRefusal: (error: ApiError) => boolean;
}

/**
 * What the API tells of one live resource beside what is declared of it, such as its events: plain JSON for people, small, in YAML's words
 * and units, and never a value that may be a secret. One GET request; never read in a pass.
 */
export type Companion = (api: Api, live: Pick<Listed, 'id' | 'spec'>) => Promise<unknown>;

/** What an example of a kind looks like in YAML: a name and a spec as authored. */
export interface Example {
  readonly name: string;
  readonly spec: Spec;
}

/** A class of things that can be listed and referred to, declared or not: OS templates, users. */
export interface Lookup {
  /** Its key: `machines`, `osTemplates`. */
  readonly name: string;
  /** One of them, for messages: `machine`. */
  readonly singular: string;
  /**
   * Everything of this kind that is live and not the service's own; pages as they come. `declared` holds the specs of this kind, for
   * lists that are only read where something in them is declared; without it, every list is read.
   */
  readonly list: (api: Api, declared?: readonly Spec[]) => AsyncIterable<readonly Listed[]>;
  /** The kind that lists the very same, under the same names and ids: where that is read, this is not. */
  readonly sameAs?: string;
  /** Names that differ in upper and lower case alone are one, as those of e-mail addresses: both sides write them in lower case. */
  readonly caseless?: boolean;
  /** What a reference may call an item beside its name: an OS template's label. */
  readonly alsoNamed?: (item: Listed) => readonly string[];
}

/**
 * Everything about one kind of resource. Specs that `create` and `update` receive are resolved: ids where a field
 * names a resource, text where it is write-only.
 */
export interface ResourceKind extends Lookup {
  readonly schema: SpecSchema;
  /** What names look like, where not every text will do; `fixed`: a name is the API's own key, so nothing can be renamed. */
  readonly names?: {
    readonly pattern: string;
    /** The pattern in words, to follow on "it takes"; by default it is shown as it is. */
    readonly title?: string;
    readonly maxLength?: number;
    readonly fixed?: boolean;
  };
  readonly examples: readonly Example[];
  /** One of them, or undefined when it is gone. Needed where writes are followed; also asked for what is bound and no list shows. */
  readonly get?: (api: Api, id: string) => Promise<Listed | undefined>;
  readonly create?: (
    api: Api,
    name: string,
    spec: Spec,
  ) => Promise<Started & { readonly id: string }>;
  /** What is asked before a create, and remembered when a create was refused for it. */
  readonly stock?: Stock;
  /** The job of a machine that a create starts; `field` holds that machine, where the resource is not one itself. */
  readonly createJob?: { readonly verb: string; readonly field?: string };
  /** The field that names a machine which must be off when this is created. */
  readonly createNeedsOff?: string;
  /** `changed` holds what differs, `name` included when it is to be renamed; `sides`, what is wanted in all and what is live. */
  readonly update?: (
    api: Api,
    id: string,
    changed: Spec,
    sides: { readonly name: string; readonly desired: Spec; readonly live: Spec },
  ) => Promise<Started>;
  /**
   * Fields that `update` must switch to a temporary value before it can write `changed`, and restore afterwards. The engine sends the
   * temporary values in an update of their own, remembers the owed ones durably before that, and sends them together with `changed`. A
   * field without a temporary value is only sent along. Undefined where `changed` needs no switching. Pure.
   */
  readonly switchedFor?: (
    changed: Spec,
    live: Spec,
  ) => Readonly<Record<string, OwedValue>> | undefined;
  readonly remove?: (api: Api, id: string) => Promise<Started>;
  /**
   * Why what a write started has failed, or has not come to rest, as something else than the resource tells it; undefined where that tells
   * of no error. Asked once, when such an action ends.
   */
  readonly explainFailure?: (api: Api, id: string) => Promise<string | undefined>;
  /** An update sends everything that is declared, so it needs every value at hand. */
  readonly updatesWhole?: boolean;
  /** It takes updates while the API is still at work on it. */
  readonly updatesUnsettled?: boolean;
  /**
   * For a kind whose live items bear no name of their own: the one that a declared resource takes, of those that no other has. `idOf` turns a
   * reference into a live id.
   */
  readonly adopt?: (
    spec: Spec,
    free: readonly Listed[],
    idOf: (reference: unknown) => string | undefined,
  ) => Listed | undefined;
  /** Names of other resources inside free-form fields: they come first. */
  readonly mentions?: (spec: Spec) => readonly Mention[];
  /** What a person has to do when it is missing and the API cannot create one. */
  readonly whenMissing?: string;
  readonly relations?: Readonly<Record<string, Relation>>;
  readonly power?: Power;
  /** Not set: it costs nothing that is counted. */
  readonly pricing?: Pricing;
  /** What is read beside it for those who ask about one resource, by what it is called there. */
  readonly companions?: Readonly<Record<string, Companion>>;
}

/** The kinds by name, in an order in which what is referred to comes first where that is possible. */
export type Kinds = ReadonlyMap<string, ResourceKind>;

/** All that can be declared, all that can only be referred to, and where the API tells of its jobs. */
export interface Catalog {
  readonly kinds: Kinds;
  readonly lookups: ReadonlyMap<string, Lookup>;
  readonly jobs: Jobs;
  /** The team that the key acts for; read once per client. Rejects with an `ApiError`. */
  readonly team: (api: Api) => Promise<Team>;
}
