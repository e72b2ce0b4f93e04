import type { ResourceKind } from '../../model/kind/kind.ts';
import type { ListRequest } from '../../model/pass/plan.ts';
import { selectResources } from './selectResources.ts';
import type { SelectedResource, Team } from './team.ts';

/** The list of the members of one resource's relation. */
export type MemberRequest = Extract<ListRequest, { list: 'members' }>;

/** The fields of a kind whose members are listed resource by resource. */
export const memberFields = ({
  relations = {},
}: Pick<ResourceKind, 'relations'>): readonly string[] =>
  Object.entries(relations).flatMap(([field, { members }]) => (members ? [field] : []));

/** The lists of members that must be read for the resources to import. */
export const teamMemberRequests = (
  team: Team,
  kinds: readonly string[],
): readonly MemberRequest[] =>
  selectResources(team, kinds).chosen.flatMap((resource) => memberRequests(resource, team));

/** The lists of members that must be read for one resource. */
export const memberRequests = (
  { kind, live }: SelectedResource,
  { skipped }: Pick<Team, 'skipped'>,
): readonly MemberRequest[] =>
  memberFields(kind)
    .filter((relation) => !skipped?.has(relation))
    .map((relation) => ({ list: 'members', kind: kind.name, id: live.id, relation }));
