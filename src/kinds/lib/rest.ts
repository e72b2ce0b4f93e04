import { ApiError, type Api, type Query } from '../../model/api.ts';
import type { Listed, Started } from '../../model/kind.ts';
import type { Spec } from '../../model/resource.ts';

/** An answer that may carry the machine event of the job that it started. */
interface EventAnswer {
  readonly event?: { readonly id: string } | null;
}

/** The event id of an answer, in the shape that `Started` wants. */
export const startedBy = (answer: EventAnswer | null | undefined): Started =>
  answer?.event ? { event: answer.event.id } : {};

/** What a deletion that takes its time has started; where the answer names no job, the resource is followed until it is gone. */
export const removedBy = (answer: EventAnswer | null | undefined): Started =>
  answer?.event ? { event: answer.event.id } : { follow: true };

/** The pages of a collection, each item translated by `read`, a pure function; items that it has no use for are `undefined`. */
export const listed = <Item>(
  api: Api,
  path: string,
  read: (item: Item) => Listed | undefined,
): AsyncIterable<readonly Listed[]> => api.list<Item, Listed>(path, {}, read);

/** How many items of what has no end people are shown. */
const newestShown = 20;

/** The newest items of a list, newest first, in one request. */
export async function newest<Item>(
  api: Api,
  path: string,
  query: Query = {},
): Promise<readonly Item[]> {
  const page = await api.get<{ readonly items: readonly Item[] }>(path, {
    order: 'desc',
    limit: newestShown,
    ...query,
  });
  return page?.items ?? [];
}

/** One item, or undefined when the API answers 404 or null (FACTS 1.3). */
export async function found<Item>(
  api: Api,
  path: string,
  read: (item: Item) => Listed | undefined,
): Promise<Listed | undefined> {
  try {
    const item = await api.get<Item & { dtDeleted?: string | null }>(path);
    return item === null || item.dtDeleted ? undefined : read(item);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The calls of a collection with the API's ordinary shape: list, one, create, partial update, delete. */
export function rest<Item>(
  path: string,
  read: (item: Item) => Listed | undefined,
  write: (spec: Spec) => object = (spec) => spec,
) {
  return {
    list: (api: Api) => listed(api, path, read),
    get: (api: Api, id: string) => found(api, `${path}/${id}`, read),
    create: async (api: Api, name: string, spec: Spec) => ({
      id: (await api.post<{ id: string }>(path, { name, ...write(spec) })).id,
    }),
    update: async (api: Api, id: string, changed: Spec) => {
      await api.put(`${path}/${id}`, write(changed));
      return {};
    },
    remove: async (api: Api, id: string) => {
      await api.remove(`${path}/${id}`);
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
