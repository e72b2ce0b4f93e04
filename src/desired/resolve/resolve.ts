import type { Spec } from '../../model/resource.ts';
import { checkOf } from '../validate/validator.ts';
import type { Declaration } from '../declare/declarations.ts';
import type { Labels } from '../../model/selection/labels.ts';
import { labelsOf } from '../declare/labels.ts';
import { ownParts } from '../declare/specs.ts';
import { lifecycleOf, type DeclaredLifecycle } from '../declare/lifecycle.ts';
import { reportSchemaErrors, type MayLack } from '../validate/schemaErrors.ts';
import type { Scope, ReferenceUse } from './scope.ts';
import { mapping } from '../yaml/tree.ts';
import { valuesOf } from './resolveValues.ts';

/** A declaration with its spec resolved. */
export interface Resolved extends DeclaredLifecycle {
  readonly declaration: Declaration;
  readonly spec: Spec;
  readonly labels: Labels | undefined;
  readonly uses: readonly ReferenceUse[];
}

/**
 * Resolves a declaration, and checks it against the kind's schema. Mistakes are added to the problems. `mayLack`: where
 * required fields may be missing.
 */
export function resolve(
  declaration: Declaration,
  scope: Scope,
  mayLack: MayLack = 'nowhere',
): Resolved {
  const { kind, owner, at, fields } = bounded(declaration, scope);
  const uses: ReferenceUse[] = [];
  const where = { owner, path: '', key: { at }, used: (use: ReferenceUse) => uses.push(use) };
  const spec = valuesOf(fields, kind.schema, where, scope);
  const root = { node: mapping(at, fields), key: at };
  reportSchemaErrors(checkOf(kind.schema)(spec), {
    owner,
    whole: root,
    mayLack,
    alsoTakes: ownParts,
    problems: scope.problems,
  });
  const labels = labelsOf(declaration, scope);
  return { declaration, spec, labels, uses, ...lifecycleOf(declaration, scope) };
}

/** Far more fields than any kind has. */
const maxFields = 1000;

/** The declaration, without its fields if they are too many to report errors one by one. */
function bounded(declaration: Declaration, { problems }: Scope): Declaration {
  const { owner, at, fields } = declaration;
  if (fields.size <= maxFields) return declaration;
  problems.add(
    at,
    'wrong-value',
    `${owner} has ${fields.size} fields; it takes at most ${maxFields}`,
  );
  return { ...declaration, fields: new Map() };
}
