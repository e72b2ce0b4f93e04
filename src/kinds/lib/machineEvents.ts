import { ApiError, type Api } from '../../model/api.ts';
import type { Job, Jobs } from '../../model/jobs.ts';

/** What answers carry of a machine event (schema MachineEvent). */
interface MachineEvent {
  readonly id: string;
  readonly state: string;
  readonly dtCreated: string;
  readonly dtFinished: string | null;
  readonly error: string | null;
}

const path = '/machine-events';

/**
 * How a job stands, as the v1 Terraform provider judges it (FACTS 4.2): done is success, a text is a failure, finished without a text
 * is finished, an error state with neither is a failure.
 */
function read({ id, state, dtCreated, dtFinished, error }: MachineEvent): Job {
  const at = dtCreated;
  if (state === 'done') return { id, at, state: 'done' };
  if (error) return { id, at, state: 'failed', error };
  if (state === 'cancelled') return { id, at, state: 'failed', error: 'it was cancelled' };
  if (dtFinished) return { id, at, state: 'done' };
  if (state === 'error') return { id, at, state: 'failed', error: 'no reason was given' };
  return { id, at, state: 'running' };
}

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
