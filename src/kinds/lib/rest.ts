import {
  isDeleted,
  isRejected,
  MalformedAnswer,
  type Api,
  type Json,
  type Query,
  type Reader,
} from '../../model/api.ts';
import type { Listed, Started } from '../../model/kind/kind.ts';
import type { Spec } from '../../model/resource.ts';
import { pathTo } from './path.ts';
import { fieldOf, identity, listOf, object, optional } from './read.ts';

/** Reads the id of a resource in an answer. */
export const readId: Reader<string> = fieldOf('id', identity);

const eventId = optional(readId);

/** Reads the name of an object without an id, such as a secret. */
export const readName: Reader<string> = fieldOf('name', identity);

/** Reads the job that a write started from `{ event?, data }`. An answer must contain at least one of both. */
export const readStarted: Reader<Started> = (answer) => {
  const { event } = startedBy(answer);
  if (event !== undefined) return { event };
  fieldOf('data', readId)(answer);
  return {};
};

/**
 * Reads the id of a created resource and its job from `{ event?, data }`. If the answer names no job, the resource
 * itself is polled.
 */
export const createdWithJob: Reader<Started & { readonly id: string }> = (answer) => ({
  id: fieldOf('data', readId)(answer),
  ...followed(startedBy(answer)),
});

function startedBy(answer: unknown): Started {
  const event = fieldOf('event', eventId)(answer);
  return event === null ? {} : { event };
}

const followed = (job: Started): Started => (job.event === undefined ? { follow: true } : job);

/**
 * Deletes a resource whose deletion takes time. If the answer names no job, the resource is polled until it is gone.
 */
export const removeWithJob = async (api: Api, path: string): Promise<Started> =>
  followed((await api.remove(path, {}, readStarted)) ?? {});

/** Lists a collection page by page. `read` converts an item, or returns undefined to leave it out; it must be pure. */
export const listItems = (
  api: Api,
  path: string,
  read: (item: Json) => Listed | undefined,
): AsyncIterable<readonly Listed[]> => api.list(path, {}, read);

/** The number of items of an endless list that people are shown. */
const newestLimit = 20;

/** Reads the newest items of a list, newest first, in one request. */
export const newest = <Item>(
  api: Api,
  path: string,
  read: (item: Json) => Item,
  query: Query = {},
): Promise<readonly Item[]> =>
  api.get(
    path,
    { order: 'desc', limit: newestLimit, ...query },
    fieldOf(
      'items',
      listOf((item) => read(object(item))),
    ),
  );

/** Resolves as `read` does; undefined if the API itself answers 404. */
export async function unlessGone<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isRejected(error, 404)) return undefined;
    throw error;
  }
}

/** Reads one item of a collection; undefined if the API answers 404 or null (FACTS 1.3), or if the item is deleted. */
export const getItem = (
  api: Api,
  path: string,
  id: string,
  read: (item: Json) => Listed | undefined,
): Promise<Listed | undefined> =>
  unlessGone(
    api.get(pathTo(path, id), {}, (answer) => {
      if (answer === null) return undefined;
      const item = object(answer);
      const resource = isDeleted(item) ? undefined : read(item);
      if (resource && resource.id !== id)
        throw MalformedAnswer.of('the id that was asked for', resource.id, 'id');
      return resource;
    }),
  );

/**
 * Returns the calls of a collection of the API's ordinary shape: list, get, create, partial update, delete. `write`
 * converts a spec to the body of a request.
 */
export function rest(
  path: string,
  read: (item: Json) => Listed | undefined,
  write: (spec: Spec) => object = (spec) => spec,
) {
  return {
    list: (api: Api) => listItems(api, path, read),
    get: (api: Api, id: string) => getItem(api, path, id, read),
    create: async (api: Api, name: string, spec: Spec) => ({
      id: await api.post(path, { name, ...write(spec) }, readId),
    }),
    update: async (api: Api, id: string, changed: Spec) => {
      await api.put(pathTo(path, id), write(changed), readId);
      return {};
    },
    remove: async (api: Api, id: string) => {
      await api.remove(pathTo(path, id), {}, readId);
      return {};
    },
  };
}

/** Renames reference fields to the API's names: `network` becomes `networkId`. */
export function withIds(spec: Spec, fields: readonly string[]): Spec {
  return Object.fromEntries(
    Object.entries(spec).map(([field, value]) => [
      fields.includes(field) ? `${field}Id` : field,
      value,
    ]),
  );
}

/** Leaves out fields whose value is null or undefined, as which the API shows a field that is not set. */
export function withoutNulls(fields: Spec): Spec {
  const set: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] != null) set[name] = fields[name];
  return set;
}
