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
  readonly history?: readonly { readonly message?: string | null; readonly timestamp: string }[];
}

/** How many runs people are shown. */
const shown = 5;

/** The newest runs of a deployment, newest first, in one request: a bare array, and no page (FACTS 5.2). */
const newestRuns = async (api: Api, id: string, limit: number): Promise<readonly Run[]> =>
  (await api.get<readonly Run[]>(`/deployments/${id}/runs`, { limit })) ?? [];

/** The states in which an instance stays (FACTS 3.12). */
const terminal: ReadonlySet<string> = new Set(['errored', 'failed']);

/** What the instances of the newest run say of why they have failed; undefined where none has. One request. */
export async function runError(api: Api, id: string): Promise<string | undefined> {
  const [run] = await newestRuns(api, id, 1);
  const failed = run?.instances.filter(({ state }) => terminal.has(state)) ?? [];
  const said = failed.map(lastMessage).filter((message) => message !== undefined);
  if (said.length > 0) return [...new Set(said)].join('; ');
  return failed[0] && `instance ${failed[0].id} is ${failed[0].state}`;
}

/** What an instance says itself, or said last. */
const lastMessage = ({ stateMessage, history = [] }: Instance): string | undefined =>
  stateMessage ||
  history.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp)).at(-1)?.message ||
  undefined;

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
