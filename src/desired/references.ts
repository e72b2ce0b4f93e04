import type { FieldSchema } from '../model/kind.ts';
import type { Reference } from '../model/resource.ts';
import { declaredIn, isSuspected } from './declarations.ts';
import { either, quote, shown } from './problems.ts';
import { firstOf, unresolved, type Scope, type Where } from './scope.ts';
import { sortOf, textOf, type Entry, type Mapping, type Node } from './tree.ts';

/** What a value may name, and how that is written. */
interface Target {
  /** The kind that a plain name is of. */
  readonly kind: string;
  /** Kinds by the key of the object form. */
  readonly by: Readonly<Record<string, string>>;
  readonly keeps: boolean;
  /** How an object form is written where this target stands. */
  readonly written: (form: string) => string;
}

const targetOf = (
  { references = '', referencesBy = {}, writeOnly }: FieldSchema,
  scope: Scope,
): Target => ({
  kind: references,
  by: referencesBy,
  keeps: writeOnly === true && scope.keeps,
  written: (form) => form,
});

/** The resource that a field names; where it names none, that is a problem. */
export function reference(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): Reference | typeof unresolved {
  const [named, ...more] = namedBy(node, targetOf(schema, scope), where, scope);
  if (more.length > 0) {
    const message = `${where.path} of ${where.owner} names one resource, not ${more.length + 1}`;
    scope.problems.add(node.at, 'wrong-value', message);
  }
  if (!named) return unresolved;
  where.used({ field: firstOf(where.path), schema, reference: named, listed: false, at: node.at });
  return named;
}

/** The resources that a list names, each of them once; braces in their names are expanded. */
export function references(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): readonly Reference[] | typeof unresolved {
  if (node.type !== 'list') {
    const message = `${where.path} of ${where.owner} is a list of names, not ${sortOf(node)}`;
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

/** What one value names: several resources where a plain name has braces, none where there is a problem. */
function namedBy(node: Node, target: Target, where: Where, scope: Scope): readonly Reference[] {
  if (node.type === 'map') return namedByForm(node, target, where, scope);
  const text = textOf(node);
  if (text !== undefined) return namedPlainly(text, node, target, where, scope);
  const quotes = node.type === 'scalar' && node.value !== null ? '; put it in quotes' : '';
  const message = `${where.path} of ${where.owner} is ${sortOf(node)}${quotes}; ${expected(target)}`;
  scope.problems.add(node.at, 'wrong-value', message);
  return [];
}

/** What can be written, for messages. */
function expected({ kind, by, keeps, written }: Target): string {
  const forms = [
    '{ live: NAME }',
    '{ id: ID }',
    ...Object.keys(by).map((key) => `{ ${key}: NAME }`),
  ];
  if (keeps) forms.push('{ keep: true }');
  return `write the name of one of the ${kind}, ${either(forms.map(written))}`;
}

function namedPlainly(
  text: string,
  node: Node,
  target: Target,
  where: Where,
  scope: Scope,
): readonly Reference[] {
  const names = scope.namesOf(text, node.at);
  if (!scope.catalog.kinds.has(target.kind))
    return names.map((name) => ({ by: 'live', kind: target.kind, name }));
  const declared = declaredIn(scope.declared, target.kind);
  const missing = names.find((name) => !declared.has(name));
  if (missing === undefined)
    return names.map((name) => ({ by: 'declared', kind: target.kind, name }));
  if (!isSuspected(scope.declared, missing)) refuseDangling(missing, node, target, where, scope);
  return [];
}

function refuseDangling(
  name: string,
  node: Node,
  target: Target,
  where: Where,
  { catalog, declared, problems }: Scope,
): void {
  const { kind, by, written } = target;
  const hint = problems.hint(name, declaredIn(declared, kind).keys());
  const looked = Object.entries(by).filter(([, other]) => !catalog.kinds.has(other));
  const forms = ['live', ...looked.map(([key]) => key)].map((key) => `{ ${key}: ${shown(name)} }`);
  problems.add(
    node.at,
    'dangling-reference',
    `${where.path} of ${where.owner} names ${kind}/${shown(name)}, which is not declared${hint || ';'} ` +
      `write ${either(forms.map(written))} for one that is only in the team`,
  );
}

/** `{ live: NAME }`, `{ id: ID }`, `{ keep: true }`, or one of the kind's own forms. */
function namedByForm(
  node: Mapping,
  target: Target,
  where: Where,
  scope: Scope,
): readonly Reference[] {
  const [form, ...more] = node.entries.values();
  if (!form || more.length > 0) {
    const message = `${where.path} of ${where.owner} has ${node.entries.size} keys; ${expected(target)}`;
    scope.problems.add(node.at, 'wrong-value', message);
    return [];
  }
  const kind = Object.hasOwn(target.by, form.key) ? target.by[form.key] : undefined;
  if (kind !== undefined) return namedBy(form.value, innerOf(form.key, kind, target), where, scope);
  if (form.key === 'keep' && target.keeps) return keep(form, where, scope);
  const text = textOf(form.value);
  if (form.key === 'live' && text) return [{ by: 'live', kind: target.kind, name: text }];
  if (form.key === 'id' && text) return [{ by: 'id', kind: target.kind, id: text }];
  refuseForm(form, target, where, scope);
  return [];
}

/** `{ custom: { live: NAME } }`: what stands in a form is a value of the form's kind. */
const innerOf = (key: string, kind: string, { written }: Target): Target => ({
  kind,
  by: {},
  keeps: false,
  written: (form) => written(`{ ${key}: ${form} }`),
});

/** Names nothing, but is no mistake. */
function keep({ value }: Entry, where: Where, { problems }: Scope): readonly Reference[] {
  if (value.type !== 'scalar' || value.value !== true)
    problems.add(
      value.at,
      'wrong-value',
      `keep of ${where.owner}: ${where.path} is true or not there`,
    );
  return [];
}

function refuseForm({ key, at, value }: Entry, target: Target, where: Where, { problems }: Scope) {
  const known = ['live', 'id', ...Object.keys(target.by), ...(target.keeps ? ['keep'] : [])];
  if (known.includes(key)) {
    const message = `${key} of ${where.owner}: ${where.path} is a text, not ${sortOf(value)}`;
    problems.add(value.at, 'wrong-value', message);
  } else {
    const hint = problems.hint(key, known);
    const message = `unknown field ${quote(key)} in ${where.path} of ${where.owner}${hint || `; ${expected(target)}`}`;
    problems.add(at, 'unknown-field', message);
  }
}
