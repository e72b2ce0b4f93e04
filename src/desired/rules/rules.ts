import type { Source } from '../../model/resource.ts';
import { declaredIn, type Declaration, type Declarations } from '../declare/declarations.ts';
import { placeOf, type Problems } from '../problems/problems.ts';
import { keyOf, wordsFor } from '../resolve/resolveReferences.ts';
import type { Resolved } from '../resolve/resolve.ts';
import type { Use } from '../resolve/scope.ts';

/** What is looked at once every spec is understood: what resources say of each other. */
export interface Config {
  readonly declared: Declarations;
  readonly resources: readonly Resolved[];
  readonly byDeclaration: ReadonlyMap<Declaration, Resolved>;
  readonly problems: Problems;
}

/** The declared resource that a reference names; undefined for one that is only live, or has a problem of its own. */
export function targetOf(
  { reference }: Use,
  { declared, byDeclaration }: Config,
): Resolved | undefined {
  if (reference.by !== 'declared') return undefined;
  const declaration = declaredIn(declared, reference.kind).get(reference.name);
  return declaration && byDeclaration.get(declaration);
}

/** A resource stands in one set of a kind at most, where the set is `exclusive`. */
export function checkExclusive({ resources, problems }: Config): void {
  const taken = new Map<string, { readonly declaration: Declaration; readonly at: Source }>();
  for (const { declaration, uses } of resources)
    for (const { schema, field, reference, at } of uses) {
      if (!schema.exclusive) continue;
      const { kind, owner, names } = declaration;
      const key = JSON.stringify([kind.name, field, keyOf(reference)]);
      const first = taken.get(key);
      if (!first) taken.set(key, { declaration, at });
      const also =
        first && first.declaration !== declaration
          ? `${first.declaration.owner} (${placeOf(first.at)}) and of ${owner}`
          : `each of ${owner}`;
      if ((first && first.declaration !== declaration) || names.length > 1)
        problems.add(
          at,
          'assigned-twice',
          `${wordsFor(reference)} stands in ${field} of ${also}; it may stand in one`,
        );
    }
}

/** What a `sameRegion` reference names is where the resource is that names it. */
export function checkRegions(config: Config): void {
  for (const resolved of config.resources)
    for (const use of resolved.uses) {
      if (!use.schema.sameRegion) continue;
      const target = targetOf(use, config);
      const [here, there] = [regionOf(resolved, config), target && regionOf(target, config)];
      if (here === undefined || there === undefined || here === there) continue;
      const message = `${use.field} of ${resolved.declaration.owner}, which is in ${here}, names ${wordsFor(use.reference)}, which is in ${there}`;
      config.problems.add(use.at, 'other-region', message);
    }
}

/** How many references are followed to find a region. */
const maxSteps = 8;

/** The region of a resource: its own field, or that of what it is made from; undefined where neither says so properly. */
function regionOf(
  { declaration, spec, uses }: Resolved,
  config: Config,
  steps = 0,
): string | undefined {
  const field = declaration.kind.schema.properties['region'];
  const region = spec['region'];
  if (field)
    return typeof region === 'string' && isAllowed(region, field.enum) ? region : undefined;
  if (steps === maxSteps) return undefined;
  return uses
    .filter(({ listed }) => !listed)
    .map((use) => targetOf(use, config))
    .map((target) => target && regionOf(target, config, steps + 1))
    .find((found) => found !== undefined);
}

const isAllowed = (value: string, allowed: readonly unknown[] | undefined): boolean =>
  allowed === undefined || allowed.includes(value);

/** What a reference names has what `targetIs` says, or leaves it unset. */
export function checkTargets(config: Config): void {
  for (const { declaration, uses } of config.resources)
    for (const use of uses)
      for (const [field, wanted] of Object.entries(use.schema.targetIs ?? {})) {
        const is = targetOf(use, config)?.spec[field];
        if (is === undefined || is === wanted) continue;
        const message = `${use.field} of ${declaration.owner} names ${wordsFor(use.reference)}, whose ${field} is ${JSON.stringify(is)}; it must be ${String(wanted)} or not set`;
        config.problems.add(use.at, 'conflict', message);
      }
}
