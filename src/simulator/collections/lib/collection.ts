import type { Handlers } from '../../http/call.ts';
import type { Runners, TableDefinitions } from '../../world/world.ts';

/**
 * A collection of resources, or a part of one: all that a file of `collections/*` defines. The file adds the types of
 * its rows to `Rows` of `world/world.ts`.
 */
export interface Collection {
  /** The tables, by name. Handlers use them as `world.NAME`. */
  readonly tables?: Partial<TableDefinitions>;
  readonly handlers?: Handlers;
  readonly runners?: Runners;
}
