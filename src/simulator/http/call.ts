import type { World } from '../world/world.ts';

/** A valid request for the handler of its operation, which declares its body and its filters. */
export interface Call<Body = unknown, Filters = unknown> {
  readonly world: World;
  readonly path: PathParameters;
  readonly query: Query & Filters;
  readonly body: Body;
}

/** The contract guarantees that a handler's path parameters are set. */
type PathParameters = Readonly<
  Record<'id' | 'userId' | 'modelId' | 'datasetId' | 'teamId' | 'version' | 'name' | 'ip', string>
>;

/** The query parameters that several operations have. Each operation accepts only its own. */
interface Query {
  readonly after?: string;
  readonly limit?: number;
  readonly orderBy?: string;
  readonly order?: 'asc' | 'desc';
  readonly name?: string;
  readonly region?: string;
  readonly machineId?: string;
  readonly machineType?: string;
}

/**
 * Handlers by operationId. A handler returns the body of a 200 or throws a Refusal. The request was validated
 * against the contract before, so the types that the handler declares hold.
 */
export type Handlers = Readonly<Record<string, (call: Call<never, never>) => unknown>>;
