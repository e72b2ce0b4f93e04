import type { Api } from '../../model/api.ts';
import type { Spec } from '../../model/resource.ts';
import { present } from './rest.ts';

/** What answers carry of a run and Holdfast reads (schemas DeploymentRun and DeploymentInstance). */
interface Run {
  readonly id: string;
  readonly availableReplicas?: number | null;
  readonly readyReplicas?: number | null;
  readonly replicas?: number | null;
  readonly instances: readonly Instance[];
}

interface Instance {
  readonly id: string;
  readonly state: string;
  readonly stateMessage?: string | null;
  readonly dtCreated: string;
  readonly dtFinished?: string | null;
}

/** How many runs people are shown. */
const shown = 5;

/** The newest runs of a deployment, newest first, in one request: a bare array, and no page (FACTS 5.2). */
const newestRuns = async (api: Api, id: string, limit: number): Promise<readonly Run[]> =>
  (await api.get<readonly Run[]>(`/deployments/${id}/runs`, { limit })) ?? [];

/** The newest runs of a deployment with the states of their instances, for people. */
export const runsOf = async (api: Api, id: string): Promise<readonly Spec[]> =>
  (await newestRuns(api, id, shown)).map((run) => ({
    id: run.id,
    replicas: run.replicas ?? 0,
    availableReplicas: run.availableReplicas ?? 0,
    readyReplicas: run.readyReplicas ?? 0,
    instances: run.instances.map(instance),
  }));

const instance = ({ id, state, stateMessage, dtCreated, dtFinished }: Instance): Spec =>
  present({ id, state, message: stateMessage, at: dtCreated, endedAt: dtFinished });
