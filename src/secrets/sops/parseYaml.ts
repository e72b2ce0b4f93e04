import { isMap, isScalar, isSeq, parseAllDocuments, type Document, type Node } from 'yaml';
import { isBranch, SopsError, type Branch, type SopsFile, type Tree } from './tree.ts';

/**
 * Parses a SOPS file in YAML or JSON. JSON is read as YAML, because `JSON.parse` loses repeated keys and the order of
 * keys that are numbers. Comments are left out: no MAC covers them. Throws a `SopsError`.
 */
export function parseYaml(text: string, schema: 'core' | 'json'): SopsFile {
  const documents = documentsIn(text, schema);
  const roots = documents.map(({ contents }) => (contents === null ? [] : entriesOf(contents)));
  const [first = []] = roots;
  const metadata = first.find(([key]) => key === 'sops');
  return {
    metadata: metadata && plainOf(metadata[1]),
    branches: roots.map((entries) => ({ entries: entries.filter(([key]) => key !== 'sops') })),
  };
}

function documentsIn(text: string, schema: 'core' | 'json'): readonly Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, {
      schema,
      merge: false,
      intAsBigInt: true,
      prettyErrors: false,
      logLevel: 'silent',
    });
    if (Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0))
      return documents;
  } catch {
    // A file that nests too deep exhausts the stack of the parser.
  }
  throw new SopsError(`is not valid ${schema === 'json' ? 'JSON' : 'YAML'}`);
}

type Entries = Branch['entries'];

function entriesOf(node: Node): Entries {
  const tree = treeOf(node);
  if (isBranch(tree)) return tree.entries;
  throw new SopsError('is not a map');
}

function treeOf(node: unknown): Tree {
  if (node === null) return null;
  if (isScalar<Tree>(node)) return node.value;
  if (isSeq(node)) return node.items.map(treeOf);
  if (isMap(node))
    return { entries: node.items.map(({ key, value }) => [keyOf(key), treeOf(value)]) };
  throw new SopsError('has an alias, which sops does not write');
}

function keyOf(node: unknown): string {
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  throw new SopsError('has a key that is not a string');
}

/** Plain JSON of a tree. `__proto__` is an ordinary key. */
function plainOf(tree: Tree): unknown {
  if (typeof tree !== 'object' || tree === null) return tree;
  if (!isBranch(tree)) return tree.map(plainOf);
  return Object.fromEntries(tree.entries.map(([key, value]) => [key, plainOf(value)]));
}
