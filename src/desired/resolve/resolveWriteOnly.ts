import type { FieldSchema } from '../../model/kind/schema.ts';
import { providerKeyProblem, type WriteOnly } from '../../model/resource.ts';
import { joinWithOr, quote, type Rule } from '../problems/problems.ts';
import { unresolvedValue, type Scope, type Where } from './scope.ts';
import { isNothing, typeName, textOf, type Entry, type Mapping, type Node } from '../yaml/tree.ts';

/** Reports a problem with a value. Must never show the value: it may be the secret. */
type Refuse = (node: Node, rule: Rule, message: string) => typeof unresolvedValue;

/** Resolves a field whose value the API never shows: to the text, or to the source of the secret. */
export function resolveWriteOnly(
  node: Node,
  schema: FieldSchema,
  where: Where,
  scope: Scope,
): WriteOnly {
  const secret = schema.secret === true;
  const forms = expected(secret, scope);
  const refuse: Refuse = ({ at }, rule, message) => {
    const problem = `${where.path} of ${where.owner} ${message}`;
    scope.problems.add(
      at,
      rule,
      `${problem}; write ${secret ? '' : 'the text, '}${joinWithOr(forms)}`,
    );
    return unresolvedValue;
  };
  if (node.type === 'map') {
    const { owner, path } = where;
    const source = fromForm(node, secret, where, scope, refuse);
    const form = source.from === 'provider' ? 'from' : source.from;
    const at = node.entries.get(form)?.value.at ?? node.at;
    if (source.from !== 'keep' && source.from !== 'value')
      scope.secrets.push({ owner, path, schema, source, at });
    return source;
  }
  const value = textOf(node);
  if (secret && node.type === 'scalar' && !isNothing(node))
    return refuse(node, 'plain-secret', 'is a secret in plain text');
  return value === undefined
    ? refuse(node, 'wrong-value', `is ${typeName(node)}`)
    : { from: 'value', value };
}

function expected(secret: boolean, { keeps }: Scope): readonly string[] {
  const forms = ['{ env: NAME }', '{ file: PATH }'];
  if (secret) forms.push('{ sops: FILE, key: a.b }');
  if (secret && keeps) forms.push('{ from: PROVIDER, key: K }');
  return keeps ? [...forms, '{ keep: true }'] : forms;
}

function fromForm(
  node: Mapping,
  secret: boolean,
  where: Where,
  scope: Scope,
  refuse: Refuse,
): WriteOnly {
  const [form, ...otherForms] = node.entries.values();
  const [sops, from] = [node.entries.get('sops'), node.entries.get('from')];
  if (secret && sops) return fromSops(node, sops, where, scope, refuse);
  if (secret && from && scope.keeps) return fromProvider(node, from, where, refuse);
  if (!form || otherForms.length > 0)
    return refuse(node, 'wrong-value', 'is not in a supported form');
  if (form.key === 'env') return fromEnvironment(form, scope, refuse);
  if (form.key === 'file') return fromFile(form, !secret, where, scope, refuse);
  if (form.key !== 'keep' || !scope.keeps)
    return refuse({ ...node, at: form.at }, 'unknown-field', 'has an unknown key here');
  if (form.value.type === 'scalar' && form.value.value === true) return { from: 'keep' };
  return refuse(form.value, 'wrong-value', 'has a keep that is not true');
}

function fromEnvironment({ value }: Entry, scope: Scope, refuse: Refuse): WriteOnly {
  const name = textOf(value);
  if (name === undefined || !/^[A-Za-z_]\w{0,255}$/.test(name))
    return refuse(value, 'wrong-value', 'has an env that is not the name of a variable');
  const refusal = scope.refuseVariable(name, value.at);
  return refusal
    ? refuse(value, refusal.rule, `names ${name}, ${refusal.message}`)
    : { from: 'env', name };
}

function fromFile(
  { value }: Entry,
  read: boolean,
  where: Where,
  scope: Scope,
  refuse: Refuse,
): WriteOnly {
  const path = textOf(value);
  if (path === undefined) return refuse(value, 'wrong-value', 'has a file that is not a path');
  const file = scope.included(path, value.at, read);
  if (!file.ok) {
    const message = `${where.path} of ${where.owner}: the file ${quote(path)} ${file.message}`;
    scope.problems.add(value.at, file.rule, message);
    return unresolvedValue;
  }
  if ('text' in file) return { from: 'value', value: file.text };
  const { path: absolute, within } = file;
  return { from: 'file', path: absolute, ...(within !== undefined && { within }) };
}

function fromSops(
  node: Mapping,
  sops: Entry,
  where: Where,
  scope: Scope,
  refuse: Refuse,
): WriteOnly {
  const key = keyBeside('sops', node, where, refuse);
  if (!key) return unresolvedValue;
  const file = fromFile(sops, false, where, scope, refuse);
  const name = textOf(key.value);
  if (!name) return refuse(key.value, 'wrong-value', 'has a key that is not a string');
  return file.from === 'file' ? { ...file, from: 'sops', key: name } : unresolvedValue;
}

/** Whether the settings define the provider is checked when they are resolved too. */
function fromProvider(node: Mapping, from: Entry, where: Where, refuse: Refuse): WriteOnly {
  const key = keyBeside('from', node, where, refuse);
  if (!key) return unresolvedValue;
  const [provider, name] = [textOf(from.value), textOf(key.value)];
  if (!provider)
    return refuse(from.value, 'wrong-value', 'has a from that is not the name of a provider');
  if (name === undefined) return refuse(key.value, 'wrong-value', 'has a key that is not a string');
  const problem = providerKeyProblem(name);
  if (problem !== undefined) return refuse(key.value, 'wrong-value', `has a key that ${problem}`);
  return { from: 'provider', provider, key: name };
}

/** The entry `key` of a form that consists of it and of one other entry. */
function keyBeside(form: string, node: Mapping, where: Where, refuse: Refuse): Entry | undefined {
  const unknown = [...node.entries.values()].find(({ key }) => key !== form && key !== 'key');
  const key = node.entries.get('key');
  if (unknown) refuse({ ...node, at: unknown.at }, 'unknown-field', 'has an unknown key here');
  else if (!key)
    refuse({ ...node, at: where.key.at }, 'missing-field', `lacks the key beside ${form}`);
  return unknown ? undefined : key;
}
