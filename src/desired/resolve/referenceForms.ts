import type { Lookup } from '../../model/kind/kind.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Reference } from '../../model/resource.ts';
import { declaredIn, mayDeclare } from '../declare/declarations.ts';
import { normalizeNames } from '../declare/expandNames.ts';
import { joinWithOr, quote, escaped } from '../problems/problems.ts';
import type { Scope, Where } from './scope.ts';
import { textOf, type Entry, type Mapping, type Node } from '../yaml/tree.ts';
import { valueText } from '../yaml/valueText.ts';

/** The kinds that a value may refer to, and the accepted forms. */
export interface Target {
  /** The kind that a plain name refers to. */
  readonly kind: string;
  /** Kinds by the key of the object form, such as `custom` in `{ custom: NAME }`. */
  readonly by: Readonly<Record<string, string>>;
  readonly keeps: boolean;
  /** Shows an object form in its context, for messages. */
  readonly written: (form: string) => string;
}

export const referenceTarget = (
  { references: kind = '', referencesBy: by = {}, writeOnly }: FieldSchema,
  scope: Scope,
): Target => ({
  kind,
  by,
  keeps: writeOnly === true && scope.keeps,
  written: (form) => form,
});

/** Resolves one value to references: several if a plain name has braces, none if there is a problem. */
export function resolveForms(
  node: Node,
  target: Target,
  where: Where,
  scope: Scope,
): readonly Reference[] {
  if (node.type === 'map') return resolveForm(node, target, where, scope);
  const text = textOf(node);
  if (text !== undefined) return resolvePlainName(text, node, target, where, scope);
  const quotes = node.type === 'scalar' && node.value !== null ? '; put it in quotes' : '';
  const message = `${where.path} of ${where.owner} is ${valueText(node)}${quotes}; ${expected(target)}`;
  scope.problems.add(node.at, 'wrong-value', message);
  return [];
}

/** Lists the accepted forms, for messages. */
function expected({ kind, by, keeps, written }: Target): string {
  const forms = [
    '{ live: NAME }',
    '{ id: ID }',
    ...Object.keys(by).map((key) => `{ ${key}: NAME }`),
  ];
  if (keeps) forms.push('{ keep: true }');
  return `write the name of one of ${kind}, ${joinWithOr(forms.map(written))}`;
}

function resolvePlainName(
  text: string,
  node: Node,
  target: Target,
  where: Where,
  scope: Scope,
): readonly Reference[] {
  const names = normalizeNames(lookupOf(target.kind, scope), scope.namesOf(text, node.at));
  if (!scope.catalog.kinds.has(target.kind))
    return names.map((name) => ({ by: 'live', kind: target.kind, name }));
  const declared = declaredIn(scope.declared, target.kind);
  const missing = names.filter((name) => !declared.has(name));
  if (missing.length === 0)
    return names.map((name) => ({ by: 'declared', kind: target.kind, name }));
  const dangling = missing.find((name) => !mayDeclare(scope.declared, name));
  if (dangling !== undefined) refuseDangling(dangling, node, target, where, scope);
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
  const lookupForms = Object.entries(by).filter(([, otherKind]) => !catalog.kinds.has(otherKind));
  const forms = ['live', ...lookupForms.map(([key]) => key)].map(
    (key) => `{ ${key}: ${escaped(name)} }`,
  );
  problems.add(
    node.at,
    'dangling-reference',
    `${where.path} of ${where.owner} names ${kind}/${escaped(name)}, which is not declared${hint || ';'} ` +
      `write ${joinWithOr(forms.map(written))} for one that is only in the team`,
  );
}

/** The maximum length of a live name, label, or id. */
const longestText = 256;

/** Resolves `{ live: NAME }`, `{ id: ID }`, `{ keep: true }`, or one of the kind's own forms. */
function resolveForm(
  node: Mapping,
  target: Target,
  where: Where,
  scope: Scope,
): readonly Reference[] {
  const [form, ...otherForms] = node.entries.values();
  if (!form || otherForms.length > 0) {
    const keys = [...node.entries.keys()].slice(0, 9).map(quote).join(', ');
    const has = keys === '' ? 'no key' : `${node.entries.size} keys, ${keys}`;
    const message = `${where.path} of ${where.owner} has ${has}; ${expected(target)}`;
    scope.problems.add(node.at, 'wrong-value', message);
    return [];
  }
  const kind = Object.hasOwn(target.by, form.key) ? target.by[form.key] : undefined;
  if (kind !== undefined)
    return resolveForms(form.value, innerOf(form.key, kind, target), where, scope);
  if (form.key === 'keep' && target.keeps) return acceptKeep(form, where, scope);
  const text = textOf(form.value);
  if (text !== undefined && text.length > longestText) {
    const message = `${form.key} in ${where.path} of ${where.owner} is ${quote(text)}; it takes at most ${longestText} characters`;
    scope.problems.add(form.value.at, 'wrong-value', message);
    return [];
  }
  if (form.key === 'live' && text)
    return normalizeNames(lookupOf(target.kind, scope), [text]).map((name) => ({
      by: 'live',
      kind: target.kind,
      name,
    }));
  if (form.key === 'id' && text) return [{ by: 'id', kind: target.kind, id: text }];
  refuseForm(form, target, where, scope);
  return [];
}

const lookupOf = (name: string, { catalog: { kinds, lookups } }: Scope): Lookup | undefined =>
  kinds.get(name) ?? lookups.get(name);

/** The target inside a form: in `{ custom: { live: NAME } }`, the inner value refers to the form's kind. */
const innerOf = (key: string, kind: string, { written }: Target): Target => ({
  kind,
  by: {},
  keeps: false,
  written: (form) => written(`{ ${key}: ${form} }`),
});

/** Accepts `{ keep: true }`, which refers to nothing and is not a mistake. */
function acceptKeep({ value }: Entry, where: Where, { problems }: Scope): readonly Reference[] {
  if (value.type !== 'scalar' || value.value !== true)
    problems.add(
      value.at,
      'wrong-value',
      `keep in ${where.path} of ${where.owner} is ${valueText(value)}; it takes true, and nothing else`,
    );
  return [];
}

function refuseForm({ key, at, value }: Entry, target: Target, where: Where, { problems }: Scope) {
  const knownKeys = ['live', 'id', ...Object.keys(target.by), ...(target.keeps ? ['keep'] : [])];
  if (knownKeys.includes(key)) {
    const actual = textOf(value) === '' ? 'empty' : valueText(value);
    const message = `${key} in ${where.path} of ${where.owner} is ${actual}; it takes a string`;
    problems.add(value.at, 'wrong-value', message);
  } else {
    const hint = problems.hint(key, knownKeys);
    const message = `unknown field ${quote(key)} in ${where.path} of ${where.owner}${hint || `; ${expected(target)}`}`;
    problems.add(at, 'unknown-field', message);
  }
}
