import type { Catalog, ResourceKind } from '../../model/kind/kind.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Address, Observed } from '../../model/resource.ts';

/** The declared resource that holds each member of an exclusive relation, by `heldKey`. */
export type Owners = ReadonlyMap<string, Address>;

/** Fields that cannot be written, with the reason, by address. */
export type OmittedFields = ReadonlyMap<Address, ReadonlyMap<string, string>>;

/** A live resource to declare, and its name in the YAML. */
export interface SelectedResource {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly live: Observed;
}

/** A live resource, or one field of it, that is not imported, with the reason. */
export interface LeftOut {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** The field that is left out of an added entry; undefined: the whole resource. */
  readonly field?: string;
  readonly because: string;
}

/** What selecting resources reads of the live team and the config. */
export interface Team {
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly snapshot: Snapshot;
  /** The names of declared live resources, by `liveKey`. */
  readonly declared: ReadonlyMap<string, string>;
  /** Addresses that imported resources must not take, with the reason. */
  readonly taken: ReadonlyMap<Address, string>;
  /** The members that declared resources hold in exclusive relations. */
  readonly holders: Owners;
  /** The keys of the only live resources to import. Default: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Fields of `memberFields` that are not listed, and so not declared. Default: none. */
  readonly skipped?: ReadonlySet<string> | undefined;
  /** Fields that the config refused in an earlier round. */
  readonly without?: OmittedFields;
  /** Whether a text is valid in YAML as the name of one resource. */
  readonly isName: (text: string) => boolean;
}
