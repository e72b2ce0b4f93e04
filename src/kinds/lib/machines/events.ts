import type { Api, Json, Reader } from '../../../model/api.ts';
import type { Job, JobPage, Jobs } from '../../../model/kind/jobs.ts';
import { pathTo } from '../path.ts';
import { field, flag, identity, instant, listOf, object, optional, text } from '../read.ts';
import { newest, unlessGone } from '../rest.ts';

const path = '/machine-events';

/** Reads a machine event (schema MachineEvent). */
function read(event: Json): Job {
  const machine = field(event, 'machineId', optional(identity));
  const endedAt = field(event, 'dtFinished', optional(instant));
  return {
    id: field(event, 'id', identity),
    verb: field(event, 'name', text),
    at: field(event, 'dtCreated', instant),
    ...(machine === null ? {} : { machine }),
    ...(endedAt === null ? {} : { endedAt }),
    ...stateOf(
      field(event, 'state', text),
      field(event, 'error', optional(text)),
      endedAt !== null,
    ),
  };
}

/**
 * The state of a job, by the rules of the v1 Terraform provider (FACTS 4.2): `done` is a success, an error text is a
 * failure, an error state that has ended without a text is unclear, and one that has neither is a failure.
 */
function stateOf(
  state: string,
  error: string | null,
  isFinished: boolean,
): Pick<Job, 'state' | 'error'> {
  if (state === 'done') return { state: 'done' };
  if (error) return { state: 'failed', error };
  if (state === 'cancelled') return { state: 'failed', error: 'it was cancelled' };
  if (isFinished) return { state: state === 'error' ? 'unclear' : 'done' };
  if (state === 'error') return { state: 'failed', error: 'no reason was given' };
  return { state: 'running' };
}

/** Reads the newest jobs of one machine, newest first. */
export const jobsOf = (api: Api, machineId: string): Promise<readonly Job[]> =>
  newest(api, path, read, { machineId });

/** Reads a page of machine events. A list without `hasMore` ends with it (FACTS 5.2). */
const readNewest: Reader<JobPage> = (answer) => {
  const page = object(answer);
  return {
    jobs: field(
      page,
      'items',
      listOf((item) => read(object(item))),
    ),
    more: field(page, 'hasMore', optional(flag)) ?? false,
  };
};

/** The number of events in one request: the API's largest page. */
const pageSize = 120;

/** The machine events of the team. */
export const machineEvents: Jobs = {
  kind: 'machines',
  newest: (api) => api.get(path, { order: 'desc', limit: pageSize }, readNewest),
  tail: (api) => api.list(path, { order: 'desc' }, read),
  get: (api, id) =>
    unlessGone(
      api.get(pathTo(path, id), {}, (answer) =>
        answer === null ? undefined : read(object(answer)),
      ),
    ),
};
