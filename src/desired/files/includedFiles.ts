import { isOneOf } from '../../model/files/readBounded.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Declarations } from '../declare/declarations.ts';
import { branchFor, fieldOf, formOf } from '../validate/fieldForms.ts';
import { resolveInside, type FileLocation, type Refusal, type Root } from './containment.ts';
import { readIncluded, type Reader } from './readConfig.ts';
import { settingsSchema } from '../settings/settingsSchema.ts';
import { textOf, type Entries, type Node } from '../yaml/tree.ts';

/** Paths of files that a config names, as written. */
export interface NamedFiles {
  /** Files whose text becomes part of a spec. */
  readonly texts: readonly string[];
  /** Files that hold secrets. Only a pass reads them. */
  readonly places: readonly string[];
}

/** The named files, by path as written. */
export interface IncludedFiles<Content> {
  readonly texts: ReadonlyMap<string, Content | Refusal>;
  readonly places: ReadonlyMap<string, FileLocation | Refusal>;
}

export const noFiles: IncludedFiles<never> = { texts: new Map(), places: new Map() };

/**
 * Reads the files of texts, and locates the files of secrets without reading them. `own`: the paths of Holdfast's own
 * credentials. Never rejects.
 */
export async function includeFiles<Content>(
  root: Root,
  named: NamedFiles,
  read: Reader<Content>,
  ownCredentials: readonly string[],
): Promise<IncludedFiles<Content>> {
  const texts = new Map<string, Content | Refusal>();
  const places = new Map<string, FileLocation | Refusal>();
  for (const path of named.texts)
    texts.set(path, await readIncluded(root, path, read, ownCredentials));
  for (const path of named.places) places.set(path, await locate(root, path, ownCredentials));
  return { texts, places };
}

async function locate(
  root: Root,
  path: string,
  ownCredentials: readonly string[],
): Promise<FileLocation | Refusal> {
  const place = await resolveInside(root, path);
  return place.ok && (await isOneOf(place.path, ownCredentials)) ? { ...place, own: true } : place;
}

/** Lists the files that declarations and settings name. */
export function namedFiles({ defaults, resources, settings }: Declarations): NamedFiles {
  const named = [...defaults, ...resources].flatMap(({ fields, kind }) =>
    filesIn(fields, kind.schema),
  );
  if (settings?.value.type === 'map')
    named.push(...filesIn(settings.value.entries, settingsSchema));
  const paths = (secret: boolean): readonly string[] => [
    ...new Set(named.filter((file) => file.secret === secret).map(({ path }) => path)),
  ];
  return { texts: paths(false), places: paths(true) };
}

interface NamedFile {
  readonly path: string;
  readonly secret: boolean;
}

/** Lists the files that the write-only fields of a spec name. */
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
