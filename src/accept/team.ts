import type { Catalog, ResourceKind } from '../model/kind/kind.ts';
import { addressOf, type Desired, type Observed } from '../model/resource.ts';
import type { ReportedResource } from '../model/pass/report.ts';
import type { Memory } from '../model/memory.ts';
import type { Listing, Snapshot } from '../model/pass/snapshot.ts';
import { isOneName } from '../desired/declare/expandNames.ts';
import { liveKey } from '../import/entries/selectResources.ts';
import { referenceWriter, type Refer } from '../import/entries/references.ts';
import type { Prepared } from '../reconcile/workspace.ts';

/** The resource whose drift is accepted, and what its values may refer to. */
export interface Subject {
  readonly kind: ResourceKind;
  readonly desired: Desired;
  readonly live: Observed;
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly snapshot: Snapshot;
  /** The live ids of declared resources, by address. */
  readonly ids: ReadonlyMap<string, string>;
  /** Writes a live id as a reference. */
  readonly refer: Refer;
  /** The paths of values that Holdfast changed for a while, and will restore. */
  readonly owed: ReadonlySet<string>;
}

/** Everything that a pass found, for one resource. */
export function subjectOf(
  found: Pick<Subject, 'kind' | 'desired' | 'live' | 'catalog' | 'snapshot'>,
  { desired, memory }: Pick<Prepared, 'desired'> & { readonly memory: Pick<Memory, 'obligations'> },
  { resources }: { readonly resources: readonly Pick<ReportedResource, 'kind' | 'name' | 'id'>[] },
): Subject {
  const declared = resources.flatMap(({ kind, name, id }) =>
    id !== null && desired.has(addressOf(kind, name)) ? [{ kind, name, id }] : [],
  );
  const { catalog, snapshot } = found;
  return {
    ...found,
    ids: new Map(declared.map(({ kind, name, id }) => [addressOf(kind, name), id])),
    refer: referenceWriter(
      {
        catalog,
        snapshot,
        declared: new Map(declared.map(({ kind, name, id }) => [liveKey(kind, id), name])),
        isName: isOneName,
      },
      [],
    ),
    owed: new Set(Object.keys(memory.obligations.get(found.desired.address)?.fields ?? {})),
  };
}

/** The live ids that a name may mean; undefined if the list of the kind is not complete. */
export function idsNamed(
  listing: Listing | undefined,
  name: string,
): readonly string[] | undefined {
  return listing?.complete ? listing.named(name).map(({ id }) => id) : undefined;
}
