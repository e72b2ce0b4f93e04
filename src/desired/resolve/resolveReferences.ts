import type { FieldSchema } from '../../model/schema.ts';
import type { Reference } from '../../model/resource.ts';
import { namedBy, targetOf } from './referenceForms.ts';
import { shown } from '../problems/problems.ts';
import { firstOf, unresolved, type Scope, type Where } from './scope.ts';
import type { Node } from '../yaml/tree.ts';
import { valueText } from '../yaml/valueText.ts';

/** The resource that a field names; where it names none, that is a problem. */
export function resolveReference(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): Reference | typeof unresolved {
  const [named, ...more] = namedBy(node, targetOf(schema, scope), where, scope);
  if (more.length > 0) {
    const message = `${where.path} of ${where.owner} names one resource; ${valueText(node)} stands for ${more.length + 1}`;
    scope.problems.add(node.at, 'wrong-value', message);
  }
  if (!named) return unresolved;
  where.used({ field: firstOf(where.path), schema, reference: named, listed: false, at: node.at });
  return named;
}

/** The resources that a list names, each of them once; braces in their names are expanded. */
export function resolveReferences(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): readonly Reference[] | typeof unresolved {
  if (node.type !== 'list') {
    const message = `${where.path} of ${where.owner} is a list of names, not ${valueText(node)}`;
    scope.problems.add(node.at, 'wrong-value', message);
    return unresolved;
  }
  const target = targetOf(schema, scope);
  const known = new Map<string, Reference>();
  for (const item of node.items)
    for (const named of namedBy(item, target, where, scope)) {
      if (known.has(keyOf(named))) refuseTwice(item, named, where, scope);
      known.set(keyOf(named), named);
      where.used({
        field: firstOf(where.path),
        schema,
        reference: named,
        listed: true,
        at: item.at,
      });
    }
  return [...known.values()];
}

/** Equal for references to the same thing. */
export const keyOf = (reference: Reference): string =>
  JSON.stringify([
    reference.by,
    reference.kind,
    reference.by === 'id' ? reference.id : reference.name,
  ]);

/** A reference as people write it. */
export const wordsFor = (reference: Reference): string =>
  `${reference.kind}/${shown(reference.by === 'id' ? reference.id : reference.name)}`;

function refuseTwice(item: Node, named: Reference, where: Where, { problems }: Scope): void {
  const message = `${where.path} of ${where.owner} names ${wordsFor(named)} twice`;
  problems.add(item.at, 'duplicate', message);
}
