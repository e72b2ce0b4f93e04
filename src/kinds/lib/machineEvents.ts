import { ApiError, type Api } from '../../model/api.ts';
import type { Job, Jobs } from '../../model/jobs.ts';
import { newest } from './rest.ts';

/** What answers carry of a machine event (schema MachineEvent). */
interface MachineEvent {
  readonly id: string;
  readonly name: string;
  readonly machineId: string | null;
  readonly state: string;
  readonly dtCreated: string;
  readonly dtFinished: string | null;
  readonly error: string | null;
}

const path = '/machine-events';

/**
 * How a job stands, as the v1 Terraform provider judges it (FACTS 4.2): done is success, a text is a failure, an error state that is
 * finished without a text is unclear, and one with neither is a failure.
 */
function read(event: MachineEvent): Job {
  const { id, name, machineId, dtCreated, dtFinished } = event;
  return {
    id,
    verb: name,
    at: dtCreated,
    ...(machineId === null ? {} : { machine: machineId }),
    ...(dtFinished === null ? {} : { endedAt: dtFinished }),
    ...stateOf(event),
  };
}

function stateOf({ state, dtFinished, error }: MachineEvent): Pick<Job, 'state' | 'error'> {
  if (state === 'done') return { state: 'done' };
  if (error) return { state: 'failed', error };
  if (state === 'cancelled') return { state: 'failed', error: 'it was cancelled' };
  if (dtFinished) return { state: state === 'error' ? 'unclear' : 'done' };
  if (state === 'error') return { state: 'failed', error: 'no reason was given' };
  return { state: 'running' };
}

/** The newest jobs of one machine, newest first. */
export const jobsOf = async (api: Api, machineId: string): Promise<readonly Job[]> =>
  (await newest<MachineEvent>(api, path, { machineId })).map(read);

/** The machine events of the team. */
export const machineEvents: Jobs = {
  async *tail(api: Api) {
    for await (const page of api.list<MachineEvent>(path, { order: 'desc' })) yield page.map(read);
  },
  async get(api: Api, id: string) {
    try {
      const event = await api.get<MachineEvent>(`${path}/${id}`);
      return event === null ? undefined : read(event);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  },
};
