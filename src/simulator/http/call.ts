import type { World } from '../world/world.ts';

/** A valid request for the handler of its operation. */
export interface Call<Body = unknown> {
  readonly world: World;
  readonly path: PathParameters;
  readonly query: Query;
  readonly body: Body;
}

/** The contract guarantees that a handler's path parameters are set. */
type PathParameters = Readonly<
  Record<'id' | 'userId' | 'modelId' | 'datasetId' | 'teamId' | 'version' | 'name' | 'ip', string>
>;

/** All query parameters of the contract. Each operation accepts only its own. */
interface Query {
  readonly after?: string;
  readonly limit?: number;
  readonly orderBy?: string;
  readonly order?: 'asc' | 'desc';
  readonly name?: string;
  readonly region?: string;
  readonly machineId?: string;
  readonly machineType?: string;
  readonly agentType?: string;
  readonly instanceId?: string;
  readonly metric?: string;
  readonly timeframe?: string;
  readonly deploymentId?: string;
  readonly projectId?: string;
  readonly teamId?: string;
  readonly privacy?: 'PUBLIC' | 'PRIVATE';
  readonly tags?: string;
  readonly role?: 'member' | 'admin' | 'owner';
}

/**
 * Handlers by operationId. A handler returns the body of a 200 or throws a Refusal. It declares the type of its body,
 * which was validated against the contract before.
 */
export type Handlers = Readonly<Record<string, (call: Call<never>) => unknown>>;
