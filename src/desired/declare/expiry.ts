import type { Lifecycle } from '../../model/resource.ts';
import { timeOf } from '../../model/time/rfc3339.ts';
import { quote } from '../problems/problems.ts';
import type { Scope } from '../resolve/scope.ts';
import { locate, type Located } from '../yaml/tree.ts';
import type { Declaration } from './declarations.ts';

/** Reports an expiry that is no time, or that asks for what the kind cannot do. */
export function checkExpiry(
  { expires, onExpiry }: Partial<Pick<Lifecycle, 'expires' | 'onExpiry'>>,
  { kind, owner }: Declaration,
  root: Located,
  { problems }: Scope,
): void {
  const wrong = (field: string, message: string): void =>
    problems.add(locate(root, [field]).node.at, 'wrong-value', message);
  if (expires !== undefined && timeOf(expires) === undefined)
    wrong(
      'expires',
      `expires of ${owner} is ${quote(expires)}; write a time with its zone, such as 2027-01-31T18:00:00+01:00`,
    );
  if (onExpiry === 'off' && !kind.power)
    wrong(
      'onExpiry',
      `onExpiry of ${owner} is off, but a ${kind.singular} cannot be switched off; write report or delete`,
    );
  if (onExpiry === 'delete' && !kind.remove)
    wrong(
      'onExpiry',
      `onExpiry of ${owner} is delete, but the API cannot delete a ${kind.singular}; write report`,
    );
}
