import {
  isDeleted,
  isRejected,
  MalformedAnswer,
  type Api,
  type Json,
  type Query,
  type Reader,
} from '../../model/api.ts';
import type { Listed, Started } from '../../model/kind.ts';
import type { Spec } from '../../model/resource.ts';
import { pathTo } from './path.ts';
import { fieldOf, identity, listOf, object, optional } from './read.ts';

/** The id of a resource that an answer shows. */
export const identified: Reader<string> = fieldOf('id', identity);

const eventId = optional(identified);

/** The name of something that has no id, such as a secret. */
export const named: Reader<string> = fieldOf('name', identity);

/** The job that a write started, of `{ event?, data }`: one of both tells what it is about. */
export const started: Reader<Started> = (answer) => {
  const { event } = startedBy(answer);
  if (event !== undefined) return { event };
  fieldOf('data', identified)(answer);
  return {};
};

/** A resource that takes its time, of `{ event?, data }`. Where the answer names no job, the resource is followed. */
export const createdWithJob: Reader<Started & { readonly id: string }> = (answer) => ({
  id: fieldOf('data', identified)(answer),
  ...followed(startedBy(answer)),
});

function startedBy(answer: unknown): Started {
  const event = fieldOf('event', eventId)(answer);
  return event === null ? {} : { event };
}

const followed = (job: Started): Started => (job.event === undefined ? { follow: true } : job);

/** Deletes what takes its time to go. Where the answer names no job, the resource is followed until it is gone. */
export const removeWithJob = async (api: Api, path: string): Promise<Started> =>
  followed((await api.remove(path, {}, started)) ?? {});

/** The pages of a collection, each item translated by `read`, a pure function; items that it has no use for are `undefined`. */
export const listed = (
  api: Api,
  path: string,
  read: (item: Json) => Listed | undefined,
): AsyncIterable<readonly Listed[]> => api.list(path, {}, read);

/** How many items of what has no end people are shown. */
const newestShown = 20;

/** The newest items of a list, newest first, in one request. */
export const newest = <Item>(
  api: Api,
  path: string,
  read: (item: Json) => Item,
  query: Query = {},
): Promise<readonly Item[]> =>
  api.get(
    path,
    { order: 'desc', limit: newestShown, ...query },
    fieldOf(
      'items',
      listOf((item) => read(object(item))),
    ),
  );

/** What the read finds; undefined when the API itself answers 404. */
export async function unlessGone<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isRejected(error, 404)) return undefined;
    throw error;
  }
}

/** One item of a collection, or undefined when the API answers 404 or null (FACTS 1.3). */
export const found = (
  api: Api,
  path: string,
  wanted: string,
  read: (item: Json) => Listed | undefined,
): Promise<Listed | undefined> =>
  unlessGone(
    api.get(pathTo(path, wanted), {}, (answer) => {
      if (answer === null) return undefined;
      const item = object(answer);
      const one = isDeleted(item) ? undefined : read(item);
      if (one && one.id !== wanted)
        throw MalformedAnswer.of('the id that was asked for', one.id, 'id');
      return one;
    }),
  );

/** The calls of a collection with the API's ordinary shape: list, one, create, partial update, delete. */
export function rest(
  path: string,
  read: (item: Json) => Listed | undefined,
  write: (spec: Spec) => object = (spec) => spec,
) {
  return {
    list: (api: Api) => listed(api, path, read),
    get: (api: Api, id: string) => found(api, path, id, read),
    create: async (api: Api, name: string, spec: Spec) => ({
      id: await api.post(path, { name, ...write(spec) }, identified),
    }),
    update: async (api: Api, id: string, changed: Spec) => {
      await api.put(pathTo(path, id), write(changed), identified);
      return {};
    },
    remove: async (api: Api, id: string) => {
      await api.remove(pathTo(path, id), {}, identified);
      return {};
    },
  };
}

/** The spec with its reference fields under the API's names: `network` is `networkId`. */
export function withIds(spec: Spec, fields: readonly string[]): Spec {
  return Object.fromEntries(
    Object.entries(spec).map(([field, value]) => [
      fields.includes(field) ? `${field}Id` : field,
      value,
    ]),
  );
}

/** The object without the fields whose value is null or undefined: the API's way to say that something is not set. */
export function present(fields: Spec): Spec {
  const set: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] != null) set[name] = fields[name];
  return set;
}
