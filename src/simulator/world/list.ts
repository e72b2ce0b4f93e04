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
  /** Filters, all of which a row must pass. Undefined ones pass all rows. */
  readonly keep?: readonly (((row: T) => boolean) | undefined)[];
  /** Orders other than by creation, by their names in `orderBy`. */
  readonly orders?: Readonly<Record<string, (a: T, b: T) => number>>;
  /** The order if `orderBy` is absent. Default: by creation. */
  readonly orderBy?: string;
}

/** Returns the page of a table that `after`, `limit`, `orderBy`, and `order` select. */
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

/** Returns the filter of the parameter `name`: a part of the name, ignoring case. */
export function named(text: string | undefined): ((row: { name: string }) => boolean) | undefined {
  const wanted = text?.toLowerCase();
  return wanted === undefined ? undefined : ({ name }) => name.toLowerCase().includes(wanted);
}

/** Returns the filter of the parameter `region`. */
export function inRegion(
  text: string | undefined,
): ((row: { region: Region }) => boolean) | undefined {
  const wanted = text === undefined ? undefined : readRegion(text);
  return wanted && (({ region }) => region === wanted);
}

/** Compares names, for `orders`. */
export const byName = (a: { name: string }, b: { name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Returns the filter that hides items which a lagging list does not show yet. */
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
