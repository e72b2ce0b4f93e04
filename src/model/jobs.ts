import type { Api } from './api.ts';

/** A machine event: a job that the API runs after it has answered (FACTS 4.2). */
export interface Job {
  readonly id: string;
  /** What it does, in the API's word: `create`, `template-create`. */
  readonly verb: string;
  /** The id of the machine that it is about, where it is about one. */
  readonly machine?: string;
  /** `unclear`: it ended in an error state without a reason, which is not always a failure: the resource tells (FACTS 1.4). */
  readonly state: 'running' | 'done' | 'failed' | 'unclear';
  /** Why it failed, in the API's words. */
  readonly error?: string;
  /** When it was queued, RFC 3339. */
  readonly at: string;
  /** When it ended, RFC 3339. */
  readonly endedAt?: string;
}

/** Where the API tells of jobs. */
export interface Jobs {
  /** The newest jobs first, page by page. Whether it spans the team is not documented (FACTS 9). */
  readonly tail: (api: Api) => AsyncIterable<readonly Job[]>;
  /** One job, or undefined when it is no longer kept. */
  readonly get: (api: Api, id: string) => Promise<Job | undefined>;
}
