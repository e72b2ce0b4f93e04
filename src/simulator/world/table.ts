/** A row of a table. Rows are immutable values; a change replaces the row. */
export interface Row {
  /** Unique in its table, and the cursor of its position in a list. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly dtCreated?: number;
  readonly dtDeleted?: number | null;
}

export interface PageRequest<T> {
  readonly limit: number;
  readonly descending: boolean;
  /** The id of the last row of the previous page. */
  readonly after?: string | undefined;
  /** Returns only the rows of this group, without a scan of the others. */
  readonly group?: string | undefined;
  readonly keep?: ((row: T) => boolean) | undefined;
  /** An order other than by creation. The whole table is sorted then. */
  readonly compare?: ((a: T, b: T) => number) | undefined;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
}

/** How a table groups its rows, and how they are saved. */
export interface TableDefinition<T extends Row> {
  /** Returns the group of a row, for lists that show one group only. Default: there are no groups. */
  groupOf?(row: T): string | null;
  /**
   * Returns the row as the state file contains it: with a digest in place of each secret or script that no answer
   * shows. Default: the row.
   */
  seal?(row: T, digest: (secret: string) => string): T;
}

interface Entry<T> {
  readonly position: number;
  row: T;
}

/** Rows in order of creation, with lookup by id and by group. The cost of a page depends only on its own length. */
export class Table<T extends Row> implements Iterable<T> {
  readonly #definition: TableDefinition<T>;
  readonly #entries = new Map<string, Entry<T>>();
  /** The positions of all ids ever seen, so that a cursor outlives its row. */
  readonly #positions = new Map<string, number>();
  readonly #groups = new Map<string | null, Entry<T>[]>();
  readonly #all: Entry<T>[] = [];
  #next = 0;

  constructor(definition: TableDefinition<T> = {}) {
    this.#definition = definition;
  }

  get size(): number {
    return this.#all.length;
  }

  get(id: string): T | undefined {
    return this.#entries.get(id)?.row;
  }

  /** Adds a row at the end and returns it. Throws if its id exists. */
  insert(row: T): T {
    if (this.#entries.has(row.id)) throw new Error(`there is a row ${row.id} already`);
    const entry = { position: this.#next++, row };
    this.#entries.set(row.id, entry);
    this.#positions.set(row.id, entry.position);
    this.#all.push(entry);
    this.#group(row)?.push(entry);
    return row;
  }

  /** Replaces fields of a row, except its id and group. Returns undefined if the row does not exist. */
  patch(id: string, changes: Partial<Omit<T, 'id'>>): T | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    entry.row = { ...entry.row, ...changes };
    return entry.row;
  }

  delete(id: string): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    this.#entries.delete(id);
    for (const entries of [this.#all, this.#group(entry.row) ?? []])
      if (entries.length > 0) entries.splice(firstFrom(entries, entry.position), 1);
    return true;
  }

  /** Returns a row of the table as the state file contains it. */
  sealed(row: T, digest: (secret: string) => string): T {
    return this.#definition.seal?.(row, digest) ?? row;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const { row } of this.#all) yield row;
  }

  /** Returns the rows of a group in order of creation. */
  in(group: string): readonly T[] {
    return (this.#groups.get(group) ?? []).map(({ row }) => row);
  }

  find(test: (row: T) => boolean): T | undefined {
    return this.#all.find(({ row }) => test(row))?.row;
  }

  filter(test: (row: T) => boolean): readonly T[] {
    return this.#all.filter(({ row }) => test(row)).map(({ row }) => row);
  }

  /**
   * Returns one page; undefined if the cursor is not the id of a row that is (or, in order of creation, was) in the
   * table.
   */
  page(request: PageRequest<T>): Page<T> | undefined {
    const { after, group, limit } = request;
    const positions = request.compare ? this.#entries : this.#positions;
    if (after !== undefined && !positions.has(after)) return undefined;
    const entries = group === undefined ? this.#all : (this.#groups.get(group) ?? []);
    const rows = request.compare ? this.#sorted(entries, request) : this.#walk(entries, request);
    return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  #walk(entries: readonly Entry<T>[], request: PageRequest<T>): T[] {
    const { after, descending, keep, limit } = request;
    const from = after === undefined ? undefined : (this.#positions.get(after) ?? 0);
    const rows: T[] = [];
    const step = descending ? -1 : 1;
    let index = descending
      ? (from === undefined ? entries.length : firstFrom(entries, from)) - 1
      : from === undefined
        ? 0
        : firstFrom(entries, from + 1);
    for (; rows.length <= limit; index += step) {
      const entry = entries[index];
      if (!entry) break;
      if (!keep || keep(entry.row)) rows.push(entry.row);
    }
    return rows;
  }

  #sorted(entries: readonly Entry<T>[], request: PageRequest<T>): T[] {
    const { after, compare, descending, keep } = request;
    const rows = entries.map(({ row }) => row).filter((row) => !keep || keep(row));
    if (compare) rows.sort(compare);
    if (descending) rows.reverse();
    return after === undefined ? rows : rows.slice(rows.findIndex(({ id }) => id === after) + 1);
  }

  #group(row: T): Entry<T>[] | undefined {
    const name = this.#definition.groupOf?.(row);
    if (name === undefined) return undefined;
    const entries = this.#groups.get(name) ?? [];
    this.#groups.set(name, entries);
    return entries;
  }
}

/** Returns the index of the first entry at or after a position. Entries are sorted by position. */
function firstFrom(entries: readonly Entry<unknown>[], position: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.position ?? Infinity) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
