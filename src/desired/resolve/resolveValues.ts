import type { FieldSchema } from '../../model/kind/schema.ts';
import { branchFor, fieldOf, formOf, type FieldForm } from '../validate/fieldForms.ts';
import { escaped } from '../problems/problems.ts';
import { resolveReference, resolveReferences } from './resolveReferences.ts';
import { unresolvedValue, type Scope, type Where } from './scope.ts';
import { resolveTimetable } from './resolveTimetable.ts';
import { isNothing, membersOf, toJson, type Entries, type Entry, type Node } from '../yaml/tree.ts';
import { resolveWriteOnly } from './resolveWriteOnly.ts';

/**
 * Resolves the fields of a spec to the values of `Desired.spec`: references, write-only values, and timetables. Other
 * values are copied as written, for the schema check.
 */
export function valuesOf(
  entries: Entries,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...entries.values()].map((entry) => [entry.key, fieldValue(entry, schema, where, scope)]),
  );
}

function fieldValue(entry: Entry, schema: FieldSchema, where: Where, scope: Scope): unknown {
  const field = fieldOf(schema, entry.key);
  if (!field) return toJson(entry.value);
  const key = escaped(entry.key);
  const path = where.path === '' ? key : `${where.path}.${key}`;
  return valueOf(entry.value, field, { ...where, path, key: entry }, scope);
}

function valueOf(node: Node, schema: FieldSchema, where: Where, scope: Scope): unknown {
  const field = formOf(schema);
  if (field.form === 'plain') return plainValue(node, schema, where, scope);
  return field.nullable && isNothing(node) ? null : formValue(node, field, where, scope);
}

function formValue(
  node: Node,
  { form, schema }: Exclude<FieldForm, { form: 'plain' }>,
  where: Where,
  scope: Scope,
): unknown {
  switch (form) {
    case 'reference':
      return resolveReference(node, schema, where, scope);
    case 'references':
      return resolveReferences(node, schema, where, scope);
    case 'text':
      return resolveWriteOnly(node, schema, where, scope);
    case 'timetable':
      return resolveTimetable(node, where, scope);
  }
}

/**
 * The maximum number of members of a list or map. The schema validator reports every error, so it never gets a larger
 * one.
 */
const maxMembers = 100_000;

/** Resolves a plain value. A map or a list may contain references and write-only values at any depth. */
function plainValue(node: Node, schema: FieldSchema, where: Where, scope: Scope): unknown {
  const members = membersOf(node);
  if (members > maxMembers) {
    const message = `${where.path} of ${where.owner} has ${members} members; it takes at most ${maxMembers}`;
    scope.problems.add(node.at, 'wrong-value', message);
    return unresolvedValue;
  }
  if (node.type === 'map') {
    const branch = branchFor(schema, 'object');
    return valuesOf(node.entries, branch, where, scope);
  }
  const { items } = branchFor(schema, 'array');
  if (node.type !== 'list' || !items) return toJson(node);
  return node.items.map((item, i) =>
    valueOf(item, items, { ...where, path: `${where.path}[${i}]`, key: item }, scope),
  );
}
