import type { Call } from '../http/call.ts';
import { badRequest } from '../http/refusal.ts';
import { readRegion, type Region } from './regions.ts';
import type { PageRequest, Row, Table } from './table.ts';

const defaultLimit = 20;

/** The answer to a list request. */
export interface PageAnswer {
  readonly hasMore: boolean;
  readonly nextPage: string | null;
  readonly items: readonly unknown[];
}

interface ListOptions<T extends Row> {
  readonly table: Table<T>;
  readonly show: (row: T) => unknown;
  readonly group?: string;
  /** Each must hold; one that is undefined does. */
  readonly keep?: readonly (((row: T) => boolean) | undefined)[];
  /** Orders other than that of creation, by the name that `orderBy` gives them. */
  readonly orders?: Readonly<Record<string, (a: T, b: T) => number>>;
  /** The order when `orderBy` is absent; default that of creation. */
  readonly orderBy?: string;
}

/** Answers a page of a table as `after`, `limit`, `orderBy` and `order` ask for it. */
export function list<T extends Row>(call: Call, options: ListOptions<T>): PageAnswer {
  const { table, show, group, orders } = options;
  const { after, limit = defaultLimit, order = 'desc', orderBy = options.orderBy } = call.query;
  const request: PageRequest<T> = {
    after,
    limit,
    descending: order === 'desc',
    group,
    keep: all([...(options.keep ?? []), visible(call)]),
    compare: orderBy === undefined ? undefined : orders?.[orderBy],
  };
  const page = table.page(request);
  if (!page) throw badRequest(`Cursor ${after} is not valid`);
  return {
    hasMore: page.hasMore,
    nextPage: page.hasMore ? (page.rows.at(-1)?.id ?? null) : null,
    items: page.rows.map(show),
  };
}

/** The filter that `name` asks for: a part of the name, in any case. */
export function named(text: string | undefined): ((row: { name: string }) => boolean) | undefined {
  const wanted = text?.toLowerCase();
  return wanted === undefined ? undefined : ({ name }) => name.toLowerCase().includes(wanted);
}

/** The filter that `region` asks for. */
export function inRegion(
  text: string | undefined,
): ((row: { region: Region }) => boolean) | undefined {
  const wanted = text === undefined ? undefined : readRegion(text);
  return wanted && (({ region }) => region === wanted);
}

/** The order of names, for `orders`. */
export const byName = (a: { name: string }, b: { name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Hides what a lagging list has not heard of yet. */
function visible({ world }: Call): ((row: Row) => boolean) | undefined {
  const lag = world.takeListLag();
  return lag === 0 ? undefined : ({ dtCreated = 0 }) => dtCreated <= world.now - lag;
}

function all<T>(
  tests: readonly (((row: T) => boolean) | undefined)[],
): ((row: T) => boolean) | undefined {
  const active = tests.filter((test) => test !== undefined);
  return active.length === 0 ? undefined : (row) => active.every((test) => test(row));
}
