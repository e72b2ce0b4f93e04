import type { Catalog } from '../../model/kind.ts';
import type { Action, FieldChange, Status } from '../../model/pass/plan.ts';
import type { Address, Desired, Observed, Reference } from '../../model/resource.ts';
import type { Listing, Snapshot } from '../../model/pass/snapshot.ts';
import type { PlannedMemory } from '../../model/store.ts';
import type { Context } from '../compare/compare.ts';
import type { Resolution } from './resolve.ts';
import type { Written } from '../compare/writeOnly.ts';

/** What one resource comes to: its actions, and what people are told of it. */
export interface Draft {
  readonly status: Status;
  readonly id?: string;
  readonly changes: readonly FieldChange[];
  readonly unverifiable: readonly string[];
  readonly reason?: string;
  readonly actions: readonly Action[];
  /** Fields of which nothing is owed any more. */
  readonly obligationOver?: readonly string[];
}

/** No changes: one list for all, since most resources of a large team have none. */
export const nothing: readonly never[] = [];

/** A relation of `owner` that a member's own create call can carry. */
export interface Carried {
  readonly field: string;
  readonly owner: Address;
}

/** Everything that the steps of planning share. */
export interface Planning {
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  readonly memory: PlannedMemory;
  readonly now: () => Date;
  /** Milliseconds for which lists may be stale. */
  readonly visibility: number;
  readonly written: Written;
  readonly comparing: Context;
  /** Everything that is declared. */
  readonly declared: () => readonly Desired[];
  /** The desired resource at an address, where one is declared. */
  readonly desiredAt: (address: Address) => Desired | undefined;
  /** Whether a declared resource was found. */
  readonly isThere: (address: Address) => boolean;
  /** Whether it is there and will be deleted and created again. */
  readonly isReplaced: (address: Address) => boolean;
  /** What becomes of a declared resource; undefined while that is being worked out. */
  readonly draftOf: (address: Address) => Draft | undefined;
  readonly resolve: (reference: Reference) => Resolution;
  /** The relations that list this resource and that its create call can carry. */
  readonly carriedBy: (address: Address) => readonly Carried[];
  /** The name by which people know a live id: the id itself where the name is unknown or not unique. */
  readonly nameOf: (kind: string, id: string) => string;
  /** The listing of a kind, where it was read; a missing one is noted as needed. */
  readonly listed: (kind: string) => Listing | undefined;
  /** The members of a relation that are read apart, where they were; missing ones are noted as needed. */
  readonly membersOf: (kind: string, id: string, relation: string) => Listing | undefined;
  /** The live resource whose exclusive relation lists this member. */
  readonly heldBy: (kind: string, relation: string, memberId: string) => Observed | undefined;
  /** The live resources of a kind whose names differ from `name` only in ways that people overlook, and that nothing declares. */
  readonly namedAlmost: (kind: string, name: string) => readonly Observed[];
  /** The declared resource that a live id belongs to. */
  readonly ownerOf: (kind: string, id: string) => Address | undefined;
}

/** The listing of a kind that is in use. Every such kind is listed before anything is planned, so that it is not is a bug, and throws. */
export function listingOf(snapshot: Snapshot, kind: string): Listing {
  const listing = snapshot.get(kind);
  if (!listing) throw new Error(`${kind} were not listed`);
  return listing;
}

/** Several reasons as one sentence; undefined for none. */
export const asReason = (reasons: readonly string[]): string | undefined =>
  reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ');
