import { declaredIn } from '../declare/declarations.ts';
import { placeOf, shown } from '../problems/problems.ts';
import type { Config } from './rules.ts';
import type { Source } from '../../model/resource.ts';

/** A name is declared, absent or former: one of them, and once. */
export function checkNames(config: Config): void {
  const formers = checkFormer(config);
  const { declared, problems } = config;
  for (const [kind, names] of declared.absent)
    for (const { name, at } of names.values()) {
      const address = `${kind}/${shown(name)}`;
      const declaration = declaredIn(declared, kind).get(name);
      const former = formers.get(JSON.stringify([kind, name]));
      const is = declaration ? 'declared' : 'named as a formerName';
      const other = declaration?.at ?? former;
      if (other)
        problems.add(
          at,
          'conflict',
          `absent names ${address}, which is ${is} at ${placeOf(other)}`,
        );
    }
}

/** The former names, and where they stand. */
function checkFormer({ declared, resources, problems }: Config): ReadonlyMap<string, Source> {
  const formers = new Map<string, Source>();
  for (const { declaration, formerNames, formerAt } of resources)
    for (const name of formerNames) {
      const { kind, owner } = declaration;
      const key = JSON.stringify([kind.name, name]);
      const address = `${kind.name}/${shown(name)}`;
      const other = declaredIn(declared, kind.name).get(name);
      const first = formers.get(key);
      if (other)
        problems.add(
          formerAt,
          'conflict',
          `formerName of ${owner} is ${address}, which is declared at ${placeOf(other.at)}`,
        );
      else if (first)
        problems.add(
          formerAt,
          'duplicate',
          `formerName ${address} stands at ${placeOf(first)} already`,
        );
      else formers.set(key, formerAt);
    }
  return formers;
}
