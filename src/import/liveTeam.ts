import { ownersIn } from './entries/exclusiveConflicts.ts';
import { liveKey } from './entries/selectResources.ts';
import type { Team } from './entries/team.ts';
import { teamMemberRequests } from './entries/memberRequests.ts';
import { listMembers } from './listMembers.ts';
import { isOneName } from '../desired/declare/expandNames.ts';
import type { Catalog } from '../model/kind/kind.ts';
import type { FieldSchema } from '../model/kind/schema.ts';
import { addressOf, splitAddress, type Address, type DesiredState } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import type { Context } from '../setup/context.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import type { Memory } from '../model/memory.ts';
import { matchAll } from '../reconcile/plan/matching/matchAll.ts';
import { observe } from '../reconcile/observe/observe.ts';
import { resolver } from '../reconcile/plan/matching/resolve.ts';
import { isReference } from '../reconcile/compare/spec.ts';
import { compareValues } from '../reconcile/compare/writeOnly.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';

/** Everything that was read of the team. */
export interface LiveTeam extends Team {
  /** The members of relations that are listed separately. */
  readonly members: Snapshot;
  /** Whether a live id was bound to an address with `preventDeletion`. */
  readonly isProtected: (kind: string, id: string) => boolean;
}

/** What an import leaves out, and what it is told about. */
export interface LiveTeamOptions
  extends Pick<Settings, 'visibility'>, Pick<Team, 'only' | 'skipped'> {
  readonly context: Pick<Context, 'err' | 'status' | 'leave'>;
}

/**
 * Lists the kinds and everything that they refer to, and matches the declared resources. Announces many requests, and
 * shows their progress (listMembers.ts). Sends only GET requests.
 */
export async function observeLiveTeam(
  workspace: OpenWorkspace,
  kinds: readonly string[],
  state: DesiredState,
  { visibility, only, skipped, context }: LiveTeamOptions,
): Promise<LiveTeam> {
  const { catalog, store, clock } = workspace;
  const now = clock.now();
  const memory = await store.memory(now);
  const listedKinds = [
    ...new Set([...kinds, ...kinds.flatMap((kind) => referredBy(catalog, kind))]),
  ];
  const snapshot = await observe(workspace, listedKinds);
  const resources = state.resources.filter(({ kind }) => snapshot.has(kind));
  const { byAddress } = matchAll({
    catalog,
    desired: { ...state, resources },
    snapshot,
    memory,
    written: compareValues(new Map(), memory.digests),
    prune: [],
    visibility,
    now,
  });
  const declared = [...byAddress.values()].flatMap(({ desired: { kind, name }, found }) =>
    found.is === 'found' ? [[liveKey(kind, found.live.id), name] as const] : [],
  );
  const resolve = resolver(
    catalog,
    snapshot,
    (address) => byAddress.get(address)?.found,
    () => false,
  );
  const idOf = (reference: unknown): string | undefined => {
    const resolution = isReference(reference) ? resolve(reference) : undefined;
    return resolution?.is === 'id' ? resolution.id : undefined;
  };
  const team: Team = {
    catalog,
    snapshot,
    declared: new Map(declared),
    taken: takenAddresses(state),
    holders: ownersIn(catalog.kinds, resources, idOf),
    isName: isOneName,
    only,
    skipped,
  };
  const members = await listMembers(context, workspace, snapshot, teamMemberRequests(team, kinds));
  return { ...team, members, isProtected: protectedIn(memory) };
}

/** The kinds and lookups that imported fields of a kind may refer to. They must be listed to know the names. */
function referredBy({ kinds, lookups }: Catalog, name: string): readonly string[] {
  const fields = Object.values(kinds.get(name)?.schema.properties ?? {});
  return fields
    .filter(({ writeOnly, createOnly }) => !writeOnly && !createOnly)
    .flatMap(targetsOf)
    .filter((kind) => kinds.has(kind) || lookups.has(kind));
}

const targetsOf = (field: FieldSchema): readonly string[] =>
  [field, ...(field.items ? [field.items] : []), ...(field.anyOf ?? [])].flatMap(
    ({ references, referencesBy = {} }) => [
      ...(references === undefined ? [] : [references]),
      ...Object.values(referencesBy),
    ],
  );

/** Addresses that imported resources must not take, with the reason. */
const takenAddresses = ({ resources, absent }: DesiredState): ReadonlyMap<Address, string> =>
  new Map([
    ...absent.map(({ address }) => [address, 'it is declared `absent`'] as const),
    ...resources.flatMap(({ kind, lifecycle: { formerName } }) =>
      formerName === undefined
        ? []
        : [[addressOf(kind, formerName), 'it is the formerName of another resource'] as const],
    ),
    ...resources.map(
      ({ address }) => [address, 'this name is declared for another resource'] as const,
    ),
  ]);

const protectedIn = ({ bindings }: Memory) => {
  const ids = new Set(
    [...bindings]
      .filter(([, binding]) => binding.protected)
      .map(([address, { id }]) => liveKey(splitAddress(address).kind, id)),
  );
  return (kind: string, id: string): boolean => ids.has(liveKey(kind, id));
};
