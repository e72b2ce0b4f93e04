import type { World } from '../world/world.ts';

/** A request that the contract allows, on its way to the handler of its operation. */
export interface Call<Body = unknown> {
  readonly world: World;
  readonly path: PathParameters;
  readonly query: Query;
  readonly body: Body;
}

/** A handler may rely on those path parameters that its path has; the contract demands them. */
type PathParameters = Readonly<
  Record<'id' | 'userId' | 'modelId' | 'datasetId' | 'teamId' | 'version' | 'name' | 'ip', string>
>;

/** Every query parameter of the contract; each operation admits only its own. */
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
 * What serves each operation, by operationId. Returns the body of a 200, throws a Refusal for
 * anything else. A handler names the type of its body; the contract has been checked before.
 */
export type Handlers = Readonly<Record<string, (call: Call<never>) => unknown>>;
