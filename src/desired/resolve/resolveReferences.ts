import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Reference } from '../../model/resource.ts';
import { resolveForms, referenceTarget } from './referenceForms.ts';
import { escaped } from '../problems/problems.ts';
import { topLevelField, unresolvedValue, type Scope, type Where } from './scope.ts';
import type { Node } from '../yaml/tree.ts';
import { valueText } from '../yaml/valueText.ts';

/** Resolves a field that refers to one resource. Returns `unresolved` after a problem. */
export function resolveReference(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): Reference | typeof unresolvedValue {
  const [reference, ...otherReferences] = resolveForms(
    node,
    referenceTarget(schema, scope),
    where,
    scope,
  );
  if (otherReferences.length > 0) {
    const message = `${where.path} of ${where.owner} names one resource, but ${valueText(node)} expands to ${otherReferences.length + 1}`;
    scope.problems.add(node.at, 'wrong-value', message);
  }
  if (!reference) return unresolvedValue;
  where.used({
    field: topLevelField(where.path),
    schema,
    reference: reference,
    listed: false,
    node,
  });
  return reference;
}

/** Resolves a list of references, with braces expanded. A repeated one is a problem. */
export function resolveReferences(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): readonly Reference[] | typeof unresolvedValue {
  if (node.type !== 'list') {
    const message = `${where.path} of ${where.owner} is a list of names, not ${valueText(node)}`;
    scope.problems.add(node.at, 'wrong-value', message);
    return unresolvedValue;
  }
  const target = referenceTarget(schema, scope);
  const byKey = new Map<string, Reference>();
  for (const item of node.items)
    for (const reference of resolveForms(item, target, where, scope)) {
      if (byKey.has(referenceKey(reference))) reportRepeated(item, reference, where, scope);
      byKey.set(referenceKey(reference), reference);
      where.used({
        field: topLevelField(where.path),
        schema,
        reference: reference,
        listed: true,
        node: item,
      });
    }
  return [...byKey.values()];
}

/** A key that is equal for references to the same resource. */
export const referenceKey = (reference: Reference): string =>
  JSON.stringify([
    reference.by,
    reference.kind,
    reference.by === 'id' ? reference.id : reference.name,
  ]);

/** A reference as an address, for messages. */
export const referenceMessage = (reference: Reference): string =>
  `${reference.kind}/${escaped(reference.by === 'id' ? reference.id : reference.name)}`;

function reportRepeated(item: Node, reference: Reference, where: Where, { problems }: Scope): void {
  const message = `${where.path} of ${where.owner} names ${referenceMessage(reference)} twice`;
  problems.add(item.at, 'duplicate', message);
}
