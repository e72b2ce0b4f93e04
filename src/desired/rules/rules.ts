import { declaredIn, type Declaration, type Declarations } from '../declare/declarations.ts';
import { type Problems } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import { referenceKey, referenceMessage } from '../resolve/resolveReferences.ts';
import type { Resolved } from '../resolve/resolve.ts';
import type { ReferenceUse } from '../resolve/scope.ts';
import type { Node } from '../yaml/tree.ts';

/** The input of the checks across resources, after every spec is resolved. */
export interface Config {
  readonly declared: Declarations;
  readonly resources: readonly Resolved[];
  readonly byDeclaration: ReadonlyMap<Declaration, Resolved>;
  readonly problems: Problems;
}

/** The declared resource that a reference names; undefined if it is only live or has a problem. */
export function targetOf(
  { reference }: ReferenceUse,
  { declared, byDeclaration }: Config,
): Resolved | undefined {
  if (reference.by !== 'declared') return undefined;
  const declaration = declaredIn(declared, reference.kind).get(reference.name);
  return declaration && byDeclaration.get(declaration);
}

/** Checks that a resource is a member of at most one set of a kind, where the set is `exclusive`. */
export function checkExclusive({ resources, problems }: Config): void {
  const taken = new Map<string, { readonly declaration: Declaration; readonly node: Node }>();
  for (const { declaration, uses } of resources)
    for (const { schema, field, reference, node } of uses) {
      if (!schema.exclusive) continue;
      const { kind, owner, names } = declaration;
      const key = JSON.stringify([kind.name, field, referenceKey(reference)]);
      const first = taken.get(key);
      if (!first) taken.set(key, { declaration, node });
      const others =
        first && first.declaration !== declaration
          ? `${first.declaration.owner} (${positionText(first.node.at)}) and of ${owner}`
          : `each of ${owner}`;
      if ((first && first.declaration !== declaration) || names.length > 1)
        problems.add(
          node.at,
          'assigned-twice',
          `${referenceMessage(reference)} is in ${field} of ${others}; it may be in only one`,
        );
    }
}

/** Checks that a `sameRegion` reference names a resource in the same region. */
export function checkRegions(config: Config): void {
  for (const resolved of config.resources)
    for (const use of resolved.uses) {
      if (!use.schema.sameRegion) continue;
      const target = targetOf(use, config);
      const [here, there] = [regionOf(resolved, config), target && regionOf(target, config)];
      if (here === undefined || there === undefined || here === there) continue;
      const message = `${use.field} of ${resolved.declaration.owner}, which is in ${here}, names ${referenceMessage(use.reference)}, which is in ${there}`;
      config.problems.add(use.node.at, 'other-region', message);
    }
}

/** The maximum number of references that are followed to find a region. */
const maxSteps = 8;

/**
 * The region of a resource: its own field, or the region of a resource that it refers to; undefined if neither has a
 * valid one.
 */
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

/** Checks that a referenced resource has the field values that `impliesOnTarget` requires, or leaves them unset. */
export function checkTargets(config: Config): void {
  for (const { declaration, uses } of config.resources)
    for (const use of uses)
      for (const [field, wanted] of Object.entries(use.schema.impliesOnTarget ?? {})) {
        const actual = targetOf(use, config)?.spec[field];
        if (actual === undefined || actual === wanted) continue;
        const message = `${use.field} of ${declaration.owner} names ${referenceMessage(use.reference)}, whose ${field} is ${JSON.stringify(actual)}; it must be ${String(wanted)} or not set`;
        config.problems.add(use.node.at, 'conflict', message);
      }
}
