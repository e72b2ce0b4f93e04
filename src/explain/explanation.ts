import { ApiError } from '../model/api.ts';
import type { Done, Explanation, Knowledge } from '../model/pass/explanation.ts';
import type { ResourceKind } from '../model/kind/kind.ts';
import type { Report } from '../model/pass/report.ts';
import type { FieldChange } from '../model/pass/plan.ts';
import { addressOf, type Address, type Desired, type Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import type { ActionRecord, Memory } from '../model/memory.ts';
import { referencesOf } from '../reconcile/plan/relations/references.ts';
import { redactChanges, redactDeclared, redactLive } from '../reconcile/compare/redact.ts';
import type { Prepared, Workspace } from '../reconcile/workspace.ts';

/** The result of one observation, and the resource to explain. */
export interface ExplainRequest {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly prepared: Pick<Prepared, 'state' | 'snapshot' | 'memory'>;
  readonly report: Report;
  /** The live resource, if there is one. */
  readonly live: Observed | undefined;
}

/** The store keeps no more actions of one resource. */
const maxHistory = 1000;

/**
 * The entry point of `explain/`. In: an observed and planned pass, and the resource in question. Out: everything known
 * about the resource. Reads its action history from the store and, if it is live, its companions from the API; sends
 * nothing else.
 */
export const explanationOf = async (
  workspace: Workspace,
  asked: ExplainRequest,
): Promise<Explanation> => ({
  schema: 'holdfast/explanation/v1',
  ...(await knowledgeOf(workspace, asked)),
  ...(await companionsOf(workspace, asked.kind, asked.live)),
});

/** Collects all that is known without a request to the API. */
export async function knowledgeOf(
  workspace: Pick<Workspace, 'store' | 'catalog'>,
  asked: ExplainRequest,
): Promise<Knowledge> {
  const { kind, name, prepared, report, live } = asked;
  const address = addressOf(kind.name, name);
  const { resources, absent } = prepared.state;
  const desired = resources.find((resource) => resource.address === address);
  const reported = report.resources.find(
    (resource) => resource.kind === kind.name && resource.name === name,
  );
  const deeds = await workspace.store.actionHistory(address, maxHistory);
  return {
    kind: kind.name,
    name,
    at: report.startedAt,
    status: reported?.status ?? 'unmanaged',
    reason: reported?.reason ?? null,
    since: reported?.since ?? report.startedAt,
    changes: redactChanges(kind.schema, reported?.changes ?? []),
    unverifiable: reported?.unverifiable ?? [],
    declared: desired ? declaredOf(kind, desired) : null,
    absent: absent.find((resource) => resource.address === address)?.source ?? null,
    live: live ? liveOf(kind, live, prepared.snapshot) : null,
    actions: report.actions
      .filter((action) => action.kind === kind.name && action.name === name)
      .map((action) => ({ ...action, changes: redactChanges(kind.schema, action.changes) })),
    setbacks: setbacksOf(prepared.memory, address),
    suspended: prepared.memory.suspended.get(address)?.at ?? null,
    wake: reported?.wake ?? null,
    expiry: reported?.expiry ?? null,
    ...linksAt(workspace, resources, address, desired),
    readings: reported?.readings ?? {},
    history: deeds.map((deed) => doneOf(kind, deed)),
  };
}

const declaredOf = ({ schema }: ResourceKind, { source, spec, lifecycle, labels }: Desired) => ({
  source,
  spec: redactDeclared(schema, spec),
  lifecycle,
  ...(labels ? { labels } : {}),
});

function liveOf(
  { name: kind, schema }: ResourceKind,
  { id, name, spec, ready, transition, failure, readOnlyReason, attributes = {} }: Observed,
  snapshot: Snapshot,
): NonNullable<Explanation['live']> {
  const prefix = `${kind}/${id}.`;
  const members = [...snapshot].flatMap(([key, { items }]) =>
    key.startsWith(prefix)
      ? [[key.slice(prefix.length), items.map((item) => item.name)] as const]
      : [],
  );
  return {
    id,
    name,
    spec: redactLive(schema, spec),
    members: Object.fromEntries(members),
    settled: ready,
    activity: transition ?? null,
    failure: failure ?? null,
    fixed: readOnlyReason ?? null,
    facts: attributes,
  };
}

const setbacksOf = (memory: Memory, address: Address): Explanation['setbacks'] =>
  [...memory.failures.values()]
    .filter((record) => record.address === address)
    .map(({ action, failures, at, retryAt, error }) => ({ action, failures, at, retryAt, error }));

function linksAt(
  { catalog: { kinds } }: Pick<Workspace, 'catalog'>,
  resources: readonly Desired[],
  address: Address,
  desired: Desired | undefined,
): Pick<Explanation, 'refersTo' | 'referredToBy'> {
  return {
    refersTo: desired ? referencesOf(kinds, desired) : [],
    referredToBy: resources.flatMap((resource) =>
      referencesOf(kinds, resource).flatMap(({ path, to }) =>
        to === address ? [{ path, from: resource.address }] : [],
      ),
    ),
  };
}

const doneOf = ({ schema }: ResourceKind, deed: ActionRecord): Done => {
  const { pass, action, verb, outcome, error, at, took } = deed;
  const changes = redactChanges(schema, JSON.parse(deed.changes) as readonly FieldChange[]);
  return { pass, action, verb, outcome, error, at, took, changes };
};

/**
 * Reads the details of a live resource that have endpoints of their own. A failed read is reported in `unread`, and
 * does not prevent the explanation.
 */
async function companionsOf(
  { api }: Workspace,
  { details = {} }: ResourceKind,
  live: Observed | undefined,
): Promise<Pick<Explanation, 'companions' | 'unread'>> {
  const values: Record<string, unknown> = {};
  const unread: Record<string, string> = {};
  if (live)
    await Promise.all(
      Object.entries(details).map(async ([name, companion]) => {
        try {
          values[name] = await companion(api, live);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          unread[name] = error.message;
        }
      }),
    );
  return { companions: values, unread };
}
