import type { Api } from './api.ts';

/** A machine event: a job that the API runs after it has answered (FACTS 4.2). */
export interface Job {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  /** Why it failed, in the API's words. */
  readonly error?: string;
  /** When it was queued, RFC 3339. */
  readonly at: string;
}

/** Where the API tells of jobs. */
export interface Jobs {
  /** The newest jobs first, page by page. Whether it spans the team is not documented (FACTS 9). */
  readonly tail: (api: Api) => AsyncIterable<readonly Job[]>;
  /** One job, or undefined when it is no longer kept. */
  readonly get: (api: Api, id: string) => Promise<Job | undefined>;
}
