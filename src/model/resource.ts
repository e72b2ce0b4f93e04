import type { Labels } from './selection/labels.ts';

/** `kind/name`: how people, plans and reports refer to a resource. */
export type Address = `${string}/${string}`;

/** Returns the address of a resource. */
export const addressOf = (kind: string, name: string): Address => `${kind}/${name}`;

/** Splits an address. Names may contain slashes, kinds never do. */
export function splitAddress(address: Address): { readonly kind: string; readonly name: string } {
  const slash = address.indexOf('/');
  return { kind: address.slice(0, slash), name: address.slice(slash + 1) };
}

/** A position in the config directory. Line and column start at 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Who last changed a line, and when, RFC 3339. */
export interface Blame {
  readonly commit: string;
  readonly author: string;
  readonly at: string;
}

/** The position of a declaration. */
export interface DeclaredAt extends Source {
  /** With a Git source, the origin of the line; null if the history that says so is missing. */
  readonly blame?: Blame | null;
}

/** The commit that a config is from. */
export interface GitRevision {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
  readonly author: string;
  /** RFC 3339. */
  readonly committedAt: string;
  readonly subject: string;
  /** Who signed it; null if signatures are not checked. */
  readonly verified: { readonly by: string; readonly key: string } | null;
}

/** The position as text: `team.yaml:12:3`; with Git, `team.yaml:12:3 by Ada in 1a2b3c4d5e6f`. */
export function positionText({ file, line, column, blame }: DeclaredAt): string {
  const origin = blame ? ` by ${blame.author} in ${blame.commit.slice(0, 12)}` : '';
  return `${file}:${line}:${column}${origin}`;
}

/** Field values under YAML's names. An absent field is left as it is. */
export type Spec = Readonly<Record<string, unknown>>;

/**
 * The value of a reference field in a desired spec. `declared`: a resource of this config. `live`: a resource that
 * exists only in the team, by name (users by e-mail, OS templates by name or label). `id`: a live id that the config
 * pins, used without a check.
 */
export type Reference =
  | { readonly by: 'declared'; readonly kind: string; readonly name: string }
  | { readonly by: 'live'; readonly kind: string; readonly name: string }
  | { readonly by: 'id'; readonly kind: string; readonly id: string };

/** Returns the text of a reference: the name, or the pinned id. */
export const referenceText = (reference: Reference): string =>
  reference.by === 'id' ? reference.id : reference.name;

/** A file that holds a secret. `within`: the directory that must contain it when it is read, with links resolved. */
export interface SecretFile {
  readonly path: string;
  readonly within?: string;
}

/**
 * The value of a write-only field in a desired spec. `value`: the text itself. `env`, `file`, `sops`, `provider`: where
 * a pass reads the secret. `keep`: the value that is there already.
 */
export type WriteOnly =
  | { readonly from: 'value'; readonly value: string }
  | { readonly from: 'env'; readonly name: string }
  | ({ readonly from: 'file' } & SecretFile)
  | ({ readonly from: 'sops'; readonly key: string } & SecretFile)
  | { readonly from: 'provider'; readonly provider: string; readonly key: string }
  | { readonly from: 'keep' };

/** Where a secret of the settings is read when it is needed; never its text. */
export type SecretSource = Extract<WriteOnly, { readonly from: 'env' | 'file' | 'sops' }>;

/** The URL of a webhook: in the settings, or where a secret is read. */
export type WebhookUrl = Extract<WriteOnly, { readonly from: 'value' }> | SecretSource;

/** Why a text cannot be the key of a provider: a predicate for it. A key must not become an option of a program. */
export function providerKeyProblem(key: string): string | undefined {
  if (key === '') return 'is empty';
  if (key.startsWith('-')) return 'begins with -';
  if (/\p{Cc}/u.test(key)) return 'has a control character';
  return key.length > 1024 ? 'is longer than 1024 characters' : undefined;
}

/** The `lifecycle` of a spec with its defaults filled in (INTERFACE 2.1). */
export interface Lifecycle {
  readonly manage: 'enforce' | 'observe';
  readonly ignoreChanges: readonly string[];
  readonly additive: readonly string[];
  readonly formerName?: string;
  readonly preventDeletion: boolean;
  readonly onImmutableChange: 'block' | 'replace';
  readonly allowStop: boolean;
  /** When it expires, RFC 3339, as the YAML has it. Not set: never. */
  readonly expires?: string;
  /** What happens then: it is reported, kept off whatever `state` says, or deleted and not created again. */
  readonly onExpiry: 'report' | 'off' | 'delete';
}

/** The lifecycle of a spec that declares none. */
export const defaultLifecycle: Lifecycle = {
  manage: 'enforce',
  ignoreChanges: [],
  additive: [],
  preventDeletion: false,
  onImmutableChange: 'block',
  allowStop: false,
  onExpiry: 'report',
};

/**
 * A declared resource after validation, expansion, and resolution. In `spec`, a field that the schema marks
 * `references` holds a `Reference` (for a relation, an array of them). A field that it marks `writeOnly` holds a
 * `WriteOnly` if it is a string or the API's secret. Any other field holds plain JSON.
 */
export interface Desired {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly spec: Spec;
  readonly lifecycle: Lifecycle;
  /** Not set: none. They are no part of the revision, of fingerprints, or of a comparison. */
  readonly labels?: Labels;
  readonly source: DeclaredAt;
}

/** A resource that `absent:` lists. */
export interface Absent {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly source: Source;
}

/** Everything that a config directory declares. `revision` is its SHA-256, without the values of secrets and without labels. */
export interface DesiredState {
  readonly resources: readonly Desired[];
  readonly absent: readonly Absent[];
  readonly revision: string;
  /** Not set for a directory. */
  readonly git?: GitRevision;
}

/**
 * In a live spec: a value that is not known, such as a secret that a snapshot of the team leaves out. It differs from
 * no declared value.
 */
export const unknownValue: object = Object.freeze({});

/** A mistake in the config: where, what is wrong, what was expected. */
export interface Problem extends Source {
  readonly rule: string;
  readonly message: string;
}

/**
 * A live resource as the API shows it: YAML's field names and units, and the API's ids where a field names a resource.
 */
export interface Observed {
  readonly name: string;
  readonly id: string;
  readonly spec: Spec;
  /** Ready: false while the API still works on it. Then it is neither compared nor written. */
  readonly ready: boolean;
  /** The transition, for people, while `ready` is false: `provisioning`. */
  readonly transition?: string;
  /** Why it will never be ready. */
  readonly failure?: string;
  /** Why it can be neither changed nor deleted: it is read-only. */
  readonly readOnlyReason?: string;
  /** When the API last changed it, in seconds since 1970. Not set: the API does not say. */
  readonly changedAt?: number;
  /** Attributes that plans and reports need, such as a machine's rates. Never compared. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}
