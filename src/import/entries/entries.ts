import { listKey } from '../../model/pass/plan.ts';
import { addressOf, type Observed, type Spec } from '../../model/resource.ts';
import type { CompleteListing, Snapshot } from '../../model/pass/snapshot.ts';
import { selectResources } from './selectResources.ts';
import type { SelectedResource, LeftOut, Team, OmittedFields } from './team.ts';
import { memberRequests } from './memberRequests.ts';
import { exclusiveConflicts, mergeOmitted } from './exclusiveConflicts.ts';
import type { NewEntry } from '../yaml/files.ts';
import { referenceWriter } from './references.ts';
import { authoredSpec, keptIn, withheldFrom } from './values.ts';

/** A resource to add to the YAML. */
export interface Entry extends NewEntry {
  readonly id: string;
  /** The paths of `{ keep: true }` in the spec. */
  readonly kept: readonly string[];
  /** The paths of live values that are not written, because they may be secrets. */
  readonly withheld: readonly string[];
  /** An earlier declaration set `preventDeletion`, which still holds. */
  readonly protected: boolean;
}

/** The result of an import: what is added, and what is not. */
export interface Imported {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Converts live resources of these kinds that are not declared to entries. `members`: the lists that
 * `teamMemberRequests` returns; a resource with an incomplete one is left out. `isProtected`: whether a live id must
 * never be deleted.
 */
export function entriesOf(
  team: Team,
  kinds: readonly string[],
  members: Snapshot,
  isProtected: (kind: string, id: string) => boolean,
): Imported {
  const { chosen, leftOut } = selectResources(team, kinds);
  const obstacles = new Map(
    chosen.flatMap((resource) => {
      const because =
        memberError(resource, team, members) ?? missingRequired(resource, team.without);
      return because === undefined ? [] : [[resource, because] as const];
    }),
  );
  const importable = chosen.filter((resource) => !obstacles.has(resource));
  const sources = {
    refer: referenceWriter(team, importable),
    membersOf: ({ kind, live }: SelectedResource, relation: string): readonly Observed[] =>
      members.get(listKey({ list: 'members', kind: kind.name, id: live.id, relation }))?.items ??
      [],
  };
  const omitted = mergeOmitted(team.without ?? new Map(), exclusiveConflicts(importable, team));
  const drafts = importable.map((resource) => {
    const fields =
      omitted.get(addressOf(resource.kind.name, resource.name)) ?? new Map<string, string>();
    return { resource, fields, spec: authoredSpec(resource, sources) };
  });
  return {
    entries: drafts.map(({ resource, fields, spec }) =>
      entryOf(
        resource,
        withoutFields(spec, fields),
        isProtected(resource.kind.name, resource.live.id),
      ),
    ),
    leftOut: [
      ...leftOut,
      ...[...obstacles].map(([resource, because]) => ({ ...identityOf(resource), because })),
      ...drafts.flatMap(({ resource, fields, spec }) =>
        [...fields].flatMap(([field, because]) =>
          field in spec ? [{ ...identityOf(resource), field, because }] : [],
        ),
      ),
    ],
  };
}

const identityOf = ({ kind, name, live }: SelectedResource): Omit<LeftOut, 'because'> => ({
  kind: kind.name,
  name,
  id: live.id,
});

const withoutFields = (spec: Spec, fields: ReadonlyMap<string, string>): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.has(field)));

/** Why a resource cannot be declared: a required field cannot be written. */
const missingRequired = (
  { kind, name }: SelectedResource,
  without: OmittedFields | undefined,
): string | undefined =>
  [...(without?.get(addressOf(kind.name, name)) ?? [])].find(([field]) =>
    kind.schema.required?.includes(field),
  )?.[1];

/** Why the members of a resource are not completely known. */
function memberError(
  resource: SelectedResource,
  team: Team,
  members: Snapshot,
): string | undefined {
  const partial = memberRequests(resource, team).find(
    (request) => !isComplete(members.get(listKey(request))),
  );
  return partial && `its ${partial.relation} could not be listed to the end`;
}

const isComplete = (listing: ReturnType<Snapshot['get']>): listing is CompleteListing =>
  listing?.complete === true;

const entryOf = (
  { kind, name, live }: SelectedResource,
  spec: Spec,
  isProtected: boolean,
): Entry => ({
  kind: kind.name,
  name,
  id: live.id,
  spec: isProtected ? { ...spec, lifecycle: { preventDeletion: true } } : spec,
  kept: keptIn(spec),
  withheld: withheldFrom(kind.schema, live.spec),
  protected: isProtected,
});
