import { ApiError } from '../model/api.ts';
import type { Done, Explanation } from '../model/pass/explanation.ts';
import type { ResourceKind } from '../model/kind.ts';
import type { Report } from '../model/pass/report.ts';
import type { FieldChange } from '../model/pass/plan.ts';
import { addressOf, type Address, type Desired, type Observed } from '../model/resource.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import type { Deed, Memory } from '../model/store.ts';
import { linksOf } from '../reconcile/plan/relations/references.ts';
import { changesShown, declaredShown, liveShown } from '../reconcile/compare/redact.ts';
import type { Prepared, Workspace } from '../reconcile/workspace.ts';

/** The result of one observation, and the resource to explain. */
export interface Asked {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly prepared: Prepared;
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
export async function explanationOf(workspace: Workspace, asked: Asked): Promise<Explanation> {
  const { kind, name, prepared, report, live } = asked;
  const address = addressOf(kind.name, name);
  const { resources, absent } = prepared.state;
  const desired = resources.find((resource) => resource.address === address);
  const reported = report.resources.find(
    (resource) => resource.kind === kind.name && resource.name === name,
  );
  const deeds = await workspace.store.deeds(address, maxHistory);
  return {
    schema: 'holdfast/explanation/v1',
    kind: kind.name,
    name,
    at: report.startedAt,
    status: reported?.status ?? 'unmanaged',
    reason: reported?.reason ?? null,
    since: reported?.since ?? report.startedAt,
    changes: changesShown(kind.schema, reported?.changes ?? []),
    unverifiable: reported?.unverifiable ?? [],
    declared: desired ? declaredOf(kind, desired) : null,
    absent: absent.find((resource) => resource.address === address)?.source ?? null,
    live: live ? liveOf(kind, live, prepared.snapshot) : null,
    actions: report.actions
      .filter((action) => action.kind === kind.name && action.name === name)
      .map((action) => ({ ...action, changes: changesShown(kind.schema, action.changes) })),
    setbacks: setbacksOf(prepared.memory, address),
    suspended: prepared.memory.suspended.get(address) ?? null,
    ...linksAt(workspace, resources, address, desired),
    readings: reported?.readings ?? {},
    history: deeds.map((deed) => doneOf(kind, deed)),
    ...(await companionsOf(workspace, kind, live)),
  };
}

const declaredOf = ({ schema }: ResourceKind, { source, spec, lifecycle }: Desired) => ({
  source,
  spec: declaredShown(schema, spec),
  lifecycle,
});

function liveOf(
  { name: kind, schema }: ResourceKind,
  { id, name, spec, settled, activity, failure, fixed, facts = {} }: Observed,
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
    spec: liveShown(schema, spec),
    members: Object.fromEntries(members),
    settled,
    activity: activity ?? null,
    failure: failure ?? null,
    fixed: fixed ?? null,
    facts,
  };
}

const setbacksOf = ({ setbacks }: Memory, address: Address): Explanation['setbacks'] =>
  [...setbacks.values()]
    .filter((setback) => setback.address === address)
    .map(({ action, failures, at, retryAt, error }) => ({ action, failures, at, retryAt, error }));

function linksAt(
  { catalog: { kinds } }: Workspace,
  resources: readonly Desired[],
  address: Address,
  desired: Desired | undefined,
): Pick<Explanation, 'refersTo' | 'referredToBy'> {
  return {
    refersTo: desired ? linksOf(kinds, desired) : [],
    referredToBy: resources.flatMap((resource) =>
      linksOf(kinds, resource).flatMap(({ path, to }) =>
        to === address ? [{ path, from: resource.address }] : [],
      ),
    ),
  };
}

const doneOf = ({ schema }: ResourceKind, deed: Deed): Done => {
  const { pass, action, verb, outcome, error, at, took } = deed;
  const changes = changesShown(schema, JSON.parse(deed.changes) as readonly FieldChange[]);
  return { pass, action, verb, outcome, error, at, took, changes };
};

/**
 * Reads the details of a live resource that have endpoints of their own. A failed read is reported in `unread`, and
 * does not prevent the explanation.
 */
async function companionsOf(
  { api }: Workspace,
  { companions = {} }: ResourceKind,
  live: Observed | undefined,
): Promise<Pick<Explanation, 'companions' | 'unread'>> {
  const values: Record<string, unknown> = {};
  const unread: Record<string, string> = {};
  if (live)
    await Promise.all(
      Object.entries(companions).map(async ([name, companion]) => {
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
