import type { Api } from '../api.ts';

/** A machine event: a job that the API runs after it has answered (FACTS 4.2). */
export interface Job {
  readonly id: string;
  /** What it does, as the API names it: `create`, `template-create`. */
  readonly verb: string;
  /** The id of its machine, if it has one. */
  readonly machine?: string;
  /**
   * `unclear`: it ended in an error state without a reason, which is not always a failure. The state of the resource
   * decides (FACTS 1.4).
   */
  readonly state: 'running' | 'done' | 'failed' | 'unclear';
  /** Why it failed, in the API's words. */
  readonly error?: string;
  /** When it was queued, RFC 3339. */
  readonly at: string;
  /** When it ended, RFC 3339. */
  readonly endedAt?: string;
}

/** The newest jobs of the team, newest first. */
export interface JobPage {
  readonly jobs: readonly Job[];
  /** Whether older jobs follow. */
  readonly more: boolean;
}

/** Access to the API's jobs. The functions reject with an `ApiError`. */
export interface Jobs {
  /** The kind of the resources that jobs name as their machine. */
  readonly kind: string;
  /** Reads the newest jobs of the team in one request. */
  readonly newest: (api: Api) => Promise<JobPage>;
  /** Lists the newest jobs first, page by page. Whether the list spans the team is not documented (FACTS 9). */
  readonly tail: (api: Api) => AsyncIterable<readonly Job[]>;
  /** Reads one job; undefined if the API no longer has it. */
  readonly get: (api: Api, id: string) => Promise<Job | undefined>;
}
