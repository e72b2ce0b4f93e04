import type { Listed, Lookup } from '../../model/kind.ts';
import { listed } from '../lib/rest.ts';
import { teamId } from '../lib/team.ts';

interface TeamMember {
  readonly user: { readonly id: string; readonly email: string };
}

const read = ({ user }: TeamMember): Listed => ({ id: user.id, name: user.email, spec: {} });

/** The users of the team by e-mail address: only they can be given anything (FACTS 3.2). */
export default {
  name: 'users',
  singular: 'user',
  sameAs: 'teamMembers',
  async *list(api) {
    yield* listed(api, `/teams/${await teamId(api)}/users`, read);
  },
  caseless: true,
} satisfies Lookup;
