import type { Reader } from '../../model/api.ts';
import type { Listed } from '../../model/kind/kind.ts';
import { field, fieldOf, identity, object, text } from './read.ts';

function read(value: unknown): Listed {
  const user = object(value);
  return { id: field(user, 'id', identity), name: field(user, 'email', text), spec: {} };
}

/** Reads the user in `{ user: { id, email } }`: a team member, an accessor, a collaborator. */
export const readUser: Reader<Listed> = fieldOf('user', read);
