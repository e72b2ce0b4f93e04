import { isCredential } from '../../model/files/ownCredentials.ts';
import { matchesPattern } from '../../model/text/matchesPattern.ts';
import type { Refusal } from '../files/containment.ts';
import { escaped } from '../problems/problems.ts';

/** The variables that a config may read: names, with `*` for any characters, or all that are not Holdfast's own. */
export type EnvAllowed = readonly string[] | 'any';

/** Why a config may not read a variable, to follow the variable's name; undefined if it may. */
export function refusalOf(name: string, allowed: EnvAllowed): Refusal | undefined {
  if (isCredential(name))
    return refusal(
      'own-credential',
      'a variable of Holdfast’s own; of HOLDFAST_*, a config reads HOLDFAST_SECRET_* only',
    );
  if (allowed === 'any' || allowed.some((pattern) => matchesPattern(name, pattern)))
    return undefined;
  const list = escaped(`[${allowed.join(', ')}]`);
  return refusal(
    'not-allowed',
    `which secrets.env of settings does not allow (${list}); the operator can add it there`,
  );
}

const refusal = (rule: Refusal['rule'], message: string): Refusal => ({ ok: false, rule, message });
