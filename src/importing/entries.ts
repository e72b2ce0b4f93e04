import { listKey, type Need } from '../model/plan.ts';
import type { Observed, Spec } from '../model/resource.ts';
import type { CompleteListing, Snapshot } from '../model/snapshot.ts';
import { choose, type Chosen, type LeftOut, type Team } from './choose.ts';
import type { NewEntry } from './files.ts';
import { refersIn } from './references.ts';
import { authoredSpec, keptIn, withheldFrom } from './values.ts';

/** What is to be added to the YAML. */
export interface Entry extends NewEntry {
  readonly id: string;
  /** Where `{ keep: true }` stands in the spec. */
  readonly kept: readonly string[];
  /** What is live and not written, since it may be a secret. */
  readonly withheld: readonly string[];
  /** It was declared once with `preventDeletion`, which still holds. */
  readonly protected: boolean;
}

/** What an import comes to: what is added, and what is not. */
export interface Imported {
  readonly entries: readonly Entry[];
  readonly leftOut: readonly LeftOut[];
}

/** The lists of members that are read apart for what is to be imported. */
export const memberNeeds = (team: Team, kinds: readonly string[]): readonly Need[] =>
  choose(team, kinds).chosen.flatMap(needsOf);

const needsOf = ({ kind, live }: Chosen): Extract<Need, { list: 'members' }>[] =>
  Object.entries(kind.relations ?? {})
    .filter(([, { members }]) => members)
    .map(([relation]) => ({ list: 'members', kind: kind.name, id: live.id, relation }));

/**
 * What the YAML lacks of these kinds, as entries in its own words. `members` holds the lists that `memberNeeds` asks for; what has one that
 * is not complete is left out. `isProtected` tells of live ids that were never to be deleted.
 */
export function entriesOf(
  team: Team,
  kinds: readonly string[],
  members: Snapshot,
  isProtected: (kind: string, id: string) => boolean,
): Imported {
  const { chosen, leftOut } = choose(team, kinds);
  const partial = new Map(
    chosen.flatMap((one) => {
      const error = memberError(one, members);
      return error === undefined ? [] : [[one, error] as const];
    }),
  );
  const sure = chosen.filter((one) => !partial.has(one));
  const sources = {
    refer: refersIn(team, sure),
    membersOf: ({ kind, live }: Chosen, relation: string): readonly Observed[] =>
      members.get(listKey({ list: 'members', kind: kind.name, id: live.id, relation }))?.items ??
      [],
  };
  return {
    entries: sure.map((one) => {
      const spec = authoredSpec(one, sources);
      return entryOf(one, spec, isProtected(one.kind.name, one.live.id));
    }),
    leftOut: [
      ...leftOut,
      ...[...partial].map(([{ kind, name, live }, because]) => ({
        kind: kind.name,
        name,
        id: live.id,
        because,
      })),
    ],
  };
}

/** Why the members of a resource are not all known. */
function memberError(one: Chosen, members: Snapshot): string | undefined {
  const partial = needsOf(one).find((need) => !isComplete(members.get(listKey(need))));
  return partial && `its ${partial.relation} could not be listed to the end`;
}

const isComplete = (listing: ReturnType<Snapshot['get']>): listing is CompleteListing =>
  listing?.complete === true;

const entryOf = ({ kind, name, live }: Chosen, spec: Spec, isProtected: boolean): Entry => ({
  kind: kind.name,
  name,
  id: live.id,
  spec: isProtected ? { ...spec, lifecycle: { preventDeletion: true } } : spec,
  kept: keptIn(spec),
  withheld: withheldFrom(kind.schema, live.spec),
  protected: isProtected,
});
