import type { Lookup } from '../../model/kind/kind.ts';
import { pathTo } from '../lib/path.ts';
import { listItems } from '../lib/rest.ts';
import { teamId } from '../lib/team.ts';
import { readUser } from '../lib/users.ts';

/** The users of the team by e-mail address. Only they can get access to anything (FACTS 3.2). */
export default {
  name: 'users',
  singular: 'user',
  sameListAs: 'teamMembers',
  async *list(api) {
    yield* listItems(api, pathTo('/teams', await teamId(api), 'users'), readUser);
  },
  caseInsensitiveNames: true,
} satisfies Lookup;
