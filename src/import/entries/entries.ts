import { listKey, type Need } from '../../model/pass/plan.ts';
import { addressOf, type Observed, type Spec } from '../../model/resource.ts';
import type { CompleteListing, Snapshot } from '../../model/pass/snapshot.ts';
import { choose, type Chosen, type LeftOut, type Team } from './selectResources.ts';
import { clashesIn, joined, type Without } from './exclusiveConflicts.ts';
import type { NewEntry } from '../yaml/files.ts';
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
  const obstacles = new Map(
    chosen.flatMap((one) => {
      const because = memberError(one, members) ?? neededWithout(one, team.without);
      return because === undefined ? [] : [[one, because] as const];
    }),
  );
  const sure = chosen.filter((one) => !obstacles.has(one));
  const sources = {
    refer: refersIn(team, sure),
    membersOf: ({ kind, live }: Chosen, relation: string): readonly Observed[] =>
      members.get(listKey({ list: 'members', kind: kind.name, id: live.id, relation }))?.items ??
      [],
  };
  const without = joined(team.without ?? new Map(), clashesIn(sure, team));
  const made = sure.map((one) => {
    const fields = without.get(addressOf(one.kind.name, one.name)) ?? new Map<string, string>();
    return { one, fields, spec: authoredSpec(one, sources) };
  });
  return {
    entries: made.map(({ one, fields, spec }) =>
      entryOf(one, lacking(spec, fields), isProtected(one.kind.name, one.live.id)),
    ),
    leftOut: [
      ...leftOut,
      ...[...obstacles].map(([one, because]) => ({ ...known(one), because })),
      ...made.flatMap(({ one, fields, spec }) =>
        [...fields].flatMap(([field, because]) =>
          field in spec ? [{ ...known(one), field, because }] : [],
        ),
      ),
    ],
  };
}

const known = ({ kind, name, live }: Chosen): Omit<LeftOut, 'because'> => ({
  kind: kind.name,
  name,
  id: live.id,
});

const lacking = (spec: Spec, fields: ReadonlyMap<string, string>): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.has(field)));

/** Why a resource cannot be declared: a field that it cannot have is one that it must have. */
const neededWithout = ({ kind, name }: Chosen, without: Without | undefined): string | undefined =>
  [...(without?.get(addressOf(kind.name, name)) ?? [])].find(([field]) =>
    kind.schema.required?.includes(field),
  )?.[1];

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
