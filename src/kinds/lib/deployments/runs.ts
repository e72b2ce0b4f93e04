import type { Api } from '../../../model/api.ts';
import type { Spec } from '../../../model/resource.ts';
import { pathTo } from '../path.ts';
import { amount, field, identity, instant, listOf, object, optional, text } from '../read.ts';
import { withoutNulls } from '../rest.ts';

/** Reads a run (schema DeploymentRun). */
function readRun(value: unknown) {
  const run = object(value);
  return {
    id: field(run, 'id', identity),
    replicas: field(run, 'replicas', optional(amount)) ?? 0,
    availableReplicas: field(run, 'availableReplicas', optional(amount)) ?? 0,
    readyReplicas: field(run, 'readyReplicas', optional(amount)) ?? 0,
    instances: field(run, 'instances', listOf(readInstance)),
  };
}

/** Reads an instance (schema DeploymentInstance). */
function readInstance(value: unknown) {
  const instance = object(value);
  return {
    id: field(instance, 'id', identity),
    state: field(instance, 'state', text),
    message: field(instance, 'stateMessage', optional(text)),
    at: field(instance, 'dtCreated', instant),
    endedAt: field(instance, 'dtFinished', optional(instant)),
    history: field(instance, 'history', optional(listOf(readHistory))) ?? [],
  };
}

function readHistory(value: unknown) {
  const entry = object(value);
  return {
    message: field(entry, 'message', optional(text)),
    at: Date.parse(field(entry, 'timestamp', instant)),
  };
}

type Instance = ReturnType<typeof readInstance>;

/** The number of runs that people are shown. */
const shownRuns = 5;

/** Reads the newest runs, newest first, in one request. The answer is a bare array, not a page (FACTS 5.2). */
const newestRuns = async (api: Api, id: string, limit: number) =>
  (await api.get(pathTo('/deployments', id, 'runs'), { limit }, optional(listOf(readRun)))) ?? [];

/** The final states of an instance (FACTS 3.12). */
const terminal: ReadonlySet<string> = new Set(['errored', 'failed']);

/** Reads why instances of the newest run failed; undefined if none did. Sends one request. */
export async function runError(api: Api, id: string): Promise<string | undefined> {
  const [run] = await newestRuns(api, id, 1);
  const failed = run?.instances.filter(({ state }) => terminal.has(state)) ?? [];
  const messages = failed.map(lastMessage).filter((message) => message !== undefined);
  if (messages.length > 0) return [...new Set(messages)].join('; ');
  return failed[0] && `instance ${failed[0].id} is ${failed[0].state}`;
}

/** The message of an instance, or else the last one of its history. */
const lastMessage = ({ message, history }: Instance): string | undefined =>
  message || history.toSorted((a, b) => a.at - b.at).at(-1)?.message || undefined;

/** Reads the newest runs of a deployment with the states of their instances, for people. */
export const runsOf = async (api: Api, id: string): Promise<readonly Spec[]> =>
  (await newestRuns(api, id, shownRuns)).map((run) => ({
    ...run,
    instances: run.instances.map(({ id: instanceId, state, message, at, endedAt }) =>
      withoutNulls({ id: instanceId, state, message, at, endedAt }),
    ),
  }));
