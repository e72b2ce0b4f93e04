import { Type } from 'typebox';
import type { Api } from '../../model/api.ts';
import type { Listed, Relation } from '../../model/kind.ts';
import type { Spec } from '../../model/resource.ts';
import { mapOf } from './map.ts';
import { present } from './rest.ts';

const version = Type.Object(
  {
    message: Type.Optional(Type.String({ description: 'What it is, in a sentence.' })),
    metadata: Type.Optional(
      Type.Object(
        {},
        { description: 'Anything that is to be known of it.', additionalProperties: true },
      ),
    ),
    isCommitted: Type.Optional(Type.Boolean({ description: 'Whether it is final.' })),
  },
  { additionalProperties: false },
);

/** The versions of a dataset by tag. A tag has no comma: several are one text with commas in requests (FACTS 3.13). */
export const versionsField = mapOf(
  version,
  {
    type: 'string',
    title: 'a text without commas, and without space at its ends',
    pattern: '^[^,\\s]([^,]*[^,\\s])?$',
  },
  'Versions by their tag. Those that are not named here are left alone.',
);

/** What answers carry of a version and Holdfast reads (schema DatasetVersion). */
interface DatasetVersion {
  readonly version: string;
  readonly tags: readonly string[];
  readonly message: string | null;
  readonly metadata: Spec | null;
  readonly isCommitted: boolean;
}

const pathOf = (id: string): string => `/datasets/${id}/versions`;

/** Each tag with the newest version that bears it: the list is walked from the oldest on. */
async function* members(api: Api, id: string): AsyncIterable<readonly Listed[]> {
  const byTag = new Map<string, Listed>();
  for await (const page of api.list<DatasetVersion>(pathOf(id)))
    for (const { version: live, tags, message, metadata, isCommitted } of page)
      for (const tag of tags)
        byTag.set(tag, {
          id: live,
          name: tag,
          spec: present({ message, metadata, isCommitted }),
        });
  yield [...byTag.values()];
}

/** The versions of a dataset as a map from tags. A version is made final in a call of its own. */
export const versions: Relation = {
  members,
  assignCreates: true,
  assign: async (api, id, tag, value) => {
    const { isCommitted, ...fields } = value as Spec;
    const created = await api.post<DatasetVersion>(pathOf(id), { ...fields, tags: tag });
    if (isCommitted === true)
      await api.put(`${pathOf(id)}/${created.version}`, { isCommitted: true });
  },
  update: async (api, id, live, value) => {
    await api.put(`${pathOf(id)}/${live}`, value as Spec);
  },
};
