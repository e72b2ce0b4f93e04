import { Type } from 'typebox';
import type { Api, Json } from '../../model/api.ts';
import type { Relation } from '../../model/kind/capabilities.ts';
import type { Listed } from '../../model/kind/kind.ts';
import type { Spec } from '../../model/resource.ts';
import { mapOf } from './map.ts';
import { pathTo } from './path.ts';
import { document, field, fieldOf, flag, identity, listOf, optional, text } from './read.ts';
import { withoutNulls } from './rest.ts';

const version = Type.Object(
  {
    message: Type.Optional(Type.String({ description: 'A short description of the version.' })),
    metadata: Type.Optional(
      Type.Object(
        {},
        { description: 'Any facts about the version, as JSON.', additionalProperties: true },
      ),
    ),
    isCommitted: Type.Optional(Type.Boolean({ description: 'Whether the version is final.' })),
  },
  { additionalProperties: false },
);

/** The versions of a dataset by tag. A tag must not contain a comma: requests join tags with commas (FACTS 3.13). */
export const versionsField = mapOf(
  version,
  {
    type: 'string',
    title: 'a text without commas, and without space at its ends',
    pattern: '^[^,\\s]([^,]*[^,\\s])?$',
  },
  'Versions by tag. Versions that are not declared here are left as they are.',
);

const versionId = fieldOf('version', identity);

/** Reads a version (schema DatasetVersion). */
const readVersion = (item: Json) => ({
  id: versionId(item),
  tags: field(item, 'tags', listOf(text)),
  spec: withoutNulls({
    message: field(item, 'message', optional(text)),
    metadata: field(item, 'metadata', optional(document)),
    isCommitted: field(item, 'isCommitted', flag),
  }),
});

const pathOf = (id: string, ...segments: readonly string[]): string =>
  pathTo('/datasets', id, 'versions', ...segments);

/**
 * Lists each tag with its newest version. The API lists the oldest versions first, so later ones overwrite earlier
 * ones.
 */
async function* members(api: Api, dataset: string): AsyncIterable<readonly Listed[]> {
  const byTag = new Map<string, Listed>();
  for await (const page of api.list(pathOf(dataset), {}, readVersion))
    for (const { id, tags, spec } of page)
      for (const name of tags) byTag.set(name, { id, name, spec });
  yield [...byTag.values()];
}

/** The versions of a dataset as a map from tags. A separate call makes a version final. */
export const versions: Relation = {
  members,
  assignCreates: true,
  assign: async (api, id, tag, value) => {
    const { isCommitted, ...fields } = value as Spec;
    const created = await api.post(pathOf(id), { ...fields, tags: tag }, versionId);
    if (isCommitted === true) await api.put(pathOf(id, created), { isCommitted: true }, versionId);
  },
  update: async (api, id, liveVersion, value) => {
    await api.put(pathOf(id, liveVersion), value as Spec, versionId);
  },
};
