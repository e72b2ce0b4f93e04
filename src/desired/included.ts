import type { FieldSchema } from '../model/schema.ts';
import type { Declarations } from './declarations.ts';
import { branchFor, fieldOf, formOf } from './fields.ts';
import { foundWithin, type Root } from './inside.ts';
import { readIncluded } from './read.ts';
import type { Included } from './scope.ts';
import { readText } from './text.ts';
import { textOf, type Entries, type Node } from './tree.ts';

/** The files that specs name, by the path that is written. */
export interface IncludedFiles {
  /** Those whose text a spec takes. */
  readonly texts: ReadonlyMap<string, Included>;
  /** Those that hold secrets; nobody looks into them. */
  readonly places: ReadonlyMap<string, Included>;
}

/** Reads the files that declarations take texts from, and finds those where secrets are. Never rejects. */
export async function includeFiles(root: Root, declared: Declarations): Promise<IncludedFiles> {
  const named = [...declared.defaults, ...declared.resources].flatMap(({ fields, kind }) =>
    filesIn(fields, kind.schema),
  );
  const texts = new Map<string, Included>();
  const places = new Map<string, Included>();
  for (const { path, secret } of named)
    if (secret && !places.has(path)) places.set(path, await foundWithin(root, path));
    else if (!secret && !texts.has(path)) {
      const content = await readIncluded(root, path, readText);
      texts.set(path, content.ok ? { ...content, path } : content);
    }
  return { texts, places };
}

interface NamedFile {
  readonly path: string;
  readonly secret: boolean;
}

/** The files that the write-only fields of a spec name. */
const filesIn = (entries: Entries, schema: FieldSchema): readonly NamedFile[] =>
  [...entries.values()].flatMap(({ key, value }) => {
    const field = fieldOf(schema, key);
    return field ? filesOf(value, field) : [];
  });

function filesOf(node: Node, schema: FieldSchema): readonly NamedFile[] {
  const field = formOf(schema);
  if (node.type === 'scalar') return [];
  if (field.form === 'text') return node.type === 'map' ? fileOf(node.entries, field.schema) : [];
  if (field.form !== 'plain') return [];
  if (node.type === 'map') return filesIn(node.entries, branchFor(schema, 'object'));
  const { items } = branchFor(schema, 'array');
  return items ? node.items.flatMap((item) => filesOf(item, items)) : [];
}

function fileOf(entries: Entries, { secret = false }: FieldSchema): readonly NamedFile[] {
  const path = textOf(entries.get('file')?.value ?? entries.get('sops')?.value);
  return path === undefined ? [] : [{ path, secret }];
}
