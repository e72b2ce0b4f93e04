import { declaredIn } from '../declare/declarations.ts';
import { escaped } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import type { Config } from './rules.ts';
import type { Source } from '../../model/resource.ts';

/** Checks that each name is only one of declared, absent, and former, and only once. */
export function checkNameConflicts(config: Config): void {
  const formers = checkFormer(config);
  const { declared, problems } = config;
  for (const [kind, names] of declared.absent)
    for (const { name, at } of names.values()) {
      const address = `${kind}/${escaped(name)}`;
      const declaration = declaredIn(declared, kind).get(name);
      const former = formers.get(JSON.stringify([kind, name]));
      const role = declaration ? 'declared' : 'named as a formerName';
      const conflictAt = declaration?.at ?? former;
      if (conflictAt)
        problems.add(
          at,
          'conflict',
          `absent names ${address}, which is ${role} at ${positionText(conflictAt)}`,
        );
    }
}

/** Checks the former names. Returns their positions by kind and name. */
function checkFormer({ declared, resources, problems }: Config): ReadonlyMap<string, Source> {
  const formers = new Map<string, Source>();
  for (const { declaration, formerNames, formerAt } of resources)
    for (const name of formerNames) {
      const { kind, owner } = declaration;
      const key = JSON.stringify([kind.name, name]);
      const address = `${kind.name}/${escaped(name)}`;
      const existing = declaredIn(declared, kind.name).get(name);
      const first = formers.get(key);
      if (existing)
        problems.add(
          formerAt,
          'conflict',
          `formerName of ${owner} is ${address}, which is declared at ${positionText(existing.at)}`,
        );
      else if (first)
        problems.add(
          formerAt,
          'duplicate',
          `formerName ${address} is already declared at ${positionText(first)}`,
        );
      else formers.set(key, formerAt);
    }
  return formers;
}
