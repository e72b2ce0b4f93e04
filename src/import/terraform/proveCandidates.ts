import { addressOf } from '../../model/resource.ts';
import type { Imported } from '../entries/entries.ts';
import { liveKey } from '../entries/selectResources.ts';
import type { Team } from '../entries/team.ts';
import type { Candidate, Candidates } from './candidates.ts';

/** An instance that Holdfast manages from now on. */
export interface Released {
  /** Its address in Terraform. */
  readonly address: string;
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** The YAML declared it before. */
  readonly wasDeclared: boolean;
}

/** An instance that must not be imported, with the reason. */
export interface Refusal {
  readonly address: string;
  readonly because: string;
}

type Verdict = { readonly released: Released } | { readonly refused: Refusal };

/**
 * Decides for each wanted instance whether it is proved that the live resource with its id is declared under its live
 * name, by the import or before. Pure.
 */
export function proveCandidates(
  candidates: Candidates,
  team: Pick<Team, 'snapshot' | 'declared' | 'catalog'>,
  imported: Imported,
): { readonly released: readonly Released[]; readonly refused: readonly Refusal[] } {
  const claims = Map.groupBy([...candidates.wanted, ...candidates.skipped], keyOf);
  const results = indexOf(imported);
  const verdicts = candidates.wanted.map(
    (candidate): Verdict =>
      refusalOf(candidate, claims.get(keyOf(candidate)) ?? []) ??
      verdictOf(candidate, team, results),
  );
  return {
    released: verdicts.flatMap((verdict) => ('released' in verdict ? [verdict.released] : [])),
    refused: verdicts.flatMap((verdict) => ('refused' in verdict ? [verdict.refused] : [])),
  };
}

/** The names of added entries, and the reasons of resources that are left out, by live key. */
interface Results {
  readonly names: ReadonlyMap<string, string>;
  readonly obstacles: ReadonlyMap<string, string>;
}

const indexOf = ({ entries, leftOut }: Imported): Results => ({
  names: new Map(entries.map(({ kind, id, name }) => [liveKey(kind, id), name])),
  obstacles: new Map(
    leftOut.flatMap(({ kind, id, field, because }) =>
      field === undefined ? [[liveKey(kind, id), because] as const] : [],
    ),
  ),
});

/** A key that instances share if they claim the same live resource. One without an id claims none. */
const keyOf = ({ kind, id, address }: Candidate): string =>
  id === undefined ? address : liveKey(kind, id);

const refuse = ({ address }: Candidate, because: string): Verdict => ({
  refused: { address, because },
});

/** Refuses what the state file itself leaves open. */
function refusalOf(candidate: Candidate, claimants: readonly Candidate[]): Verdict | undefined {
  if (candidate.isDeposed)
    return refuse(
      candidate,
      'it is a deposed object, which Terraform has still to delete; run terraform apply first',
    );
  if (candidate.id === undefined) return refuse(candidate, 'the state has no id of it');
  if (claimants.length > 1)
    return refuse(
      candidate,
      `several resources of the state have the id ${candidate.id}: ${firstOf(claimants)}`,
    );
  return undefined;
}

/** The first three addresses. */
const firstOf = (claimants: readonly Candidate[]): string =>
  `${claimants
    .slice(0, 3)
    .map(({ address }) => address)
    .join(', ')}${claimants.length > 3 ? ', …' : ''}`;

function verdictOf(
  candidate: Candidate,
  { snapshot, declared, catalog }: Pick<Team, 'snapshot' | 'declared' | 'catalog'>,
  { names, obstacles }: Results,
): Verdict {
  const { kind, id = '', address } = candidate;
  const key = liveKey(kind, id);
  const listing = snapshot.get(kind);
  if (!listing?.complete)
    return refuse(candidate, `the list of ${kind} is incomplete: ${listing?.error ?? 'not read'}`);
  const live = listing.byId.get(id);
  const noun = catalog.kinds.get(kind)?.singular ?? kind;
  if (!live) return refuse(candidate, `the team has no ${noun} with the id ${id}`);
  const released = { address, kind, id };
  const name = declared.get(key);
  if (name !== undefined && name !== live.name)
    return refuse(
      candidate,
      `it is declared as ${addressOf(kind, name)}, but its live name is ${live.name}`,
    );
  if (name !== undefined) return { released: { ...released, name, wasDeclared: true } };
  const added = names.get(key);
  if (added !== undefined) return { released: { ...released, name: added, wasDeclared: false } };
  return refuse(candidate, obstacles.get(key) ?? 'it was not imported');
}
