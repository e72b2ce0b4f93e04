/** `kind/name`: how people, plans and reports refer to a resource. */
export type Address = `${string}/${string}`;

/** The address of `name` among the resources of `kind`. */
export const addressOf = (kind: string, name: string): Address => `${kind}/${name}`;

/** The kind and the name that an address was made of; names may contain slashes, kinds never do. */
export function partsOf(address: Address): { readonly kind: string; readonly name: string } {
  const slash = address.indexOf('/');
  return { kind: address.slice(0, slash), name: address.slice(slash + 1) };
}

/** Where something stands in the config directory; line and column count from 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Field values in YAML's words. Absent means: leave it be. */
export type Spec = Readonly<Record<string, unknown>>;

/**
 * What a reference field of a desired spec holds. `declared`: a resource of this config; `live`: one that is only in the
 * team, by name (users by e-mail, OS templates by name or label); `id`: pinned, believed without a look.
 */
export type Reference =
  | { readonly by: 'declared'; readonly kind: string; readonly name: string }
  | { readonly by: 'live'; readonly kind: string; readonly name: string }
  | { readonly by: 'id'; readonly kind: string; readonly id: string };

/** What a reference says: the name, or the id that is pinned. */
export const saidBy = (reference: Reference): string =>
  reference.by === 'id' ? reference.id : reference.name;

/** A file that holds a secret. `within`: the directory that must hold it when it is read, links resolved. */
export interface SecretFile {
  readonly path: string;
  readonly within?: string;
}

/**
 * What a write-only field of a desired spec holds. `value`: the text itself; `env`, `file`, `sops`: where a pass reads the
 * secret; `keep`: whatever is there already.
 */
export type WriteOnly =
  | { readonly from: 'value'; readonly value: string }
  | { readonly from: 'env'; readonly name: string }
  | ({ readonly from: 'file' } & SecretFile)
  | ({ readonly from: 'sops'; readonly key: string } & SecretFile)
  | { readonly from: 'keep' };

/** `lifecycle` of a spec, defaults filled in (INTERFACE 2.1). */
export interface Lifecycle {
  readonly manage: 'enforce' | 'observe';
  readonly ignoreChanges: readonly string[];
  readonly additive: readonly string[];
  readonly formerName?: string;
  readonly preventDeletion: boolean;
  readonly onImmutableChange: 'block' | 'replace';
  readonly allowStop: boolean;
}

/** The lifecycle of a spec that says nothing of it. */
export const defaultLifecycle: Lifecycle = {
  manage: 'enforce',
  ignoreChanges: [],
  additive: [],
  preventDeletion: false,
  onImmutableChange: 'block',
  allowStop: false,
};

/**
 * One resource that the YAML declares, validated, expanded and resolved. In `spec`, a field that the schema marks
 * `references` holds a `Reference` (or an array of them, for a relation), one that it marks `writeOnly` and is a string or is
 * the API's secret holds a `WriteOnly`, every other one plain JSON.
 */
export interface Desired {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly spec: Spec;
  readonly lifecycle: Lifecycle;
  readonly source: Source;
}

/** A resource that `absent:` names. */
export interface Absent {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly source: Source;
}

/** Everything that a config directory declares; `revision` is the sha256 of it, secrets' values left out. */
export interface DesiredState {
  readonly resources: readonly Desired[];
  readonly absent: readonly Absent[];
  readonly revision: string;
}

/** One mistake in the config: where, what was wrong, what was expected. */
export interface Problem extends Source {
  readonly rule: string;
  readonly message: string;
}

/** What the API showed of one resource: YAML's field names and units, and the API's ids where a field names a resource. */
export interface Observed {
  readonly name: string;
  readonly id: string;
  readonly spec: Spec;
  /** False while the API is still at work on it; then nothing is compared and nothing written. */
  readonly settled: boolean;
  /** Said with `settled: false`, for people: `provisioning`. */
  readonly activity?: string;
  /** Why it will never settle. */
  readonly failure?: string;
  /** Why nothing of it can be changed, and it cannot be deleted. */
  readonly fixed?: string;
  /** Other facts that plans and reports need, such as a machine's rates; never compared. */
  readonly facts?: Readonly<Record<string, unknown>>;
}
