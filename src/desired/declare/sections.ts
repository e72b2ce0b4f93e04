import type { Catalog, ResourceKind } from '../../model/kind/kind.ts';
import { registerName, markMayDeclare, type Declarations } from './declarations.ts';
import { checkNames, normalizeNames, type NamesOf } from './expandNames.ts';
import { quote, escaped, type Problems } from '../problems/problems.ts';
import { specOf } from './specs.ts';
import { isNothing, typeName, textOf, type Entry, type Node } from '../yaml/tree.ts';
import { valueText } from '../yaml/valueText.ts';

/** The context of declaring documents: the kinds, and the collectors of declarations and problems. */
export interface Declaring {
  readonly catalog: Pick<Catalog, 'kinds' | 'lookups'>;
  readonly problems: Problems;
  readonly namesOf: NamesOf;
  readonly declared: Declarations;
}

/** Adds `defaults:` of a document. `defaults` collects those of the file, by kind. */
export function addDefaults(
  entry: Entry,
  defaults: Map<string, Entry>,
  declaring: Declaring,
): void {
  const { declared, problems } = declaring;
  const sections = entriesOf(entry.value, 'defaults are a map from kinds to fields', declaring);
  for (const section of sections ?? []) {
    const kind = kindOf(section, declaring);
    const owner = `defaults.${section.key}`;
    if (!kind || !entriesOf(section.value, `${owner} is a map of fields`, declaring)) continue;
    registerName(defaults, [kind.name], section, () => owner, problems);
    const { at, value } = section;
    declared.defaults.push({ kind, owner, names: [], at, ...specOf(value, undefined) });
  }
}

/** Adds `absent:` of a document: names by kind. */
export function addAbsent(entry: Entry, declaring: Declaring): void {
  const sections = entriesOf(entry.value, 'absent is a map from kinds to names', declaring);
  for (const section of sections ?? []) {
    const kind = kindOf(section, declaring);
    const { value } = section;
    if (!kind || isNothing(value)) continue;
    if (value.type === 'list') for (const item of value.items) addAbsentName(kind, item, declaring);
    else {
      const message = `absent.${kind.name} is a list of names, not ${valueText(value)}`;
      declaring.problems.add(value.at, 'wrong-value', message);
    }
  }
}

function addAbsentName(kind: ResourceKind, item: Node, declaring: Declaring): void {
  const { declared, namesOf, problems } = declaring;
  const text = textOf(item);
  if (text === undefined) {
    const message = `a name is a string, not ${valueText(item)}; put it in quotes`;
    return problems.add(item.at, 'wrong-value', message);
  }
  const claimed = { kind, at: item.at };
  const describe = (name: string): string => `absent: ${kind.name}/${escaped(name)}`;
  const names = normalizeNames(kind, namesOf(text, item.at));
  if (!checkNames(names, kind, item.at, problems)) return undefined;
  for (const name of names)
    registerName(
      getOrCreate(declared.absent, kind.name),
      [name],
      { ...claimed, name },
      describe,
      problems,
    );
}

/** Adds the resources of a kind. */
export function addKind(
  entry: Entry,
  defaults: ReadonlyMap<string, Entry>,
  declaring: Declaring,
): void {
  const kind = kindOf(entry, declaring);
  const expected = `${escaped(entry.key)} is a map from names to fields`;
  const entries = kind && entriesOf(entry.value, expected, declaring);
  if (!kind || !entries) return markMayDeclare(entry.value, declaring.declared);
  for (const resource of entries)
    addResource(kind, resource, defaults.get(kind.name)?.value, declaring);
}

function addResource(
  kind: ResourceKind,
  { key, at, value }: Entry,
  defaults: Node | undefined,
  declaring: Declaring,
): void {
  const { declared, namesOf, problems } = declaring;
  const addressOf = (name: string): string => `${kind.name}/${escaped(name)}`;
  const owner = addressOf(key);
  const names = normalizeNames(kind, namesOf(key, at));
  checkNames(names, kind, at, problems);
  declared.uncertain ||= names.length === 0;
  const declaration = { kind, owner, names, at, ...specOf(value, defaults) };
  registerName(getOrCreate(declared.byKind, kind.name), names, declaration, addressOf, problems);
  if (entriesOf(value, `${owner} is a map of fields`, declaring))
    declared.resources.push(declaration);
}

/** The entries of a map; none for null. Anything else is a problem. */
function entriesOf(
  node: Node,
  expected: string,
  { problems }: Declaring,
): readonly Entry[] | undefined {
  if (node.type === 'map') return [...node.entries.values()];
  if (isNothing(node)) return [];
  problems.add(node.at, 'wrong-value', `${expected}, not ${typeName(node)}`);
  return undefined;
}

/** Finds the kind that a key names. An unknown one is a problem. */
function kindOf({ key, at }: Entry, { catalog, problems }: Declaring): ResourceKind | undefined {
  const kind = catalog.kinds.get(key);
  if (kind) return kind;
  const words = [...catalog.kinds.keys(), 'defaults', 'absent'];
  const message = catalog.lookups.has(key)
    ? `${key} can be referred to, but not declared`
    : `unknown kind ${quote(key)}${problems.hint(key, words)}`;
  problems.add(at, 'unknown-kind', message);
  return undefined;
}

function getOrCreate<Value>(
  maps: Map<string, Map<string, Value>>,
  key: string,
): Map<string, Value> {
  const inner = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, inner);
  return inner;
}
