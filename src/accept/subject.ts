import type { AcceptRequest, AcceptTools } from './request.ts';
import type { Planned } from '../setup/team/planOnce.ts';
import { subjectOf, type Subject } from './team.ts';
import { addressOf } from '../model/resource.ts';
import type { FieldSchema } from '../model/kind/schema.ts';
import type { ReportedResource } from '../model/pass/report.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import { observe } from '../reconcile/observe/observe.ts';
import { UserError } from '../setup/context.ts';

/** The live resource, and its differences. */
interface Known {
  readonly subject: Subject;
  readonly reported: ReportedResource;
}

/**
 * Finds the live resource of a declared one. Rejects with a `UserError` if it is not certainly known, or the API still
 * works on it.
 */
export async function requireSubject(
  { catalog, workspace }: Pick<AcceptTools, 'catalog' | 'workspace'>,
  { prepared, report }: Planned,
  { kind, name }: AcceptRequest,
): Promise<Known> {
  const address = addressOf(kind.name, name);
  const desired = prepared.desired.get(address);
  if (!desired) throw new UserError(`nothing was changed: the config does not declare ${address}`);
  const reported = report.resources.find(
    (resource) => resource.kind === kind.name && resource.name === name,
  );
  const listing = prepared.snapshot.get(kind.name);
  if (!listing?.complete)
    throw new UserError(
      `nothing was changed: ${kind.name} could not be listed to the end${listing ? `: ${listing.error}` : ''}`,
    );
  const live = reported?.id == null ? undefined : listing.byId.get(reported.id);
  const obstacle = reported && obstacleTo(reported, live?.ready);
  if (!reported || !live || obstacle !== undefined)
    throw new UserError(
      `nothing was changed: ${address} ${obstacle ?? 'is not in the team'}${reported?.reason == null ? '' : `: ${reported.reason}`}`,
    );
  const snapshot = await withReferred(prepared.snapshot, kind.schema.properties, {
    catalog,
    workspace,
  });
  return {
    reported,
    subject: subjectOf({ kind, desired, live, catalog, snapshot }, prepared, report),
  };
}

/** Why the live values say nothing certain: a predicate for the address. */
function obstacleTo(
  { status, id }: ReportedResource,
  isReady: boolean | undefined,
): string | undefined {
  if (status === 'ambiguous' || status === 'missing' || status === 'failed') return `is ${status}`;
  if (id === null) return 'is not in the team';
  return status === 'pending' || isReady === false ? 'is pending' : undefined;
}

/** Lists what the fields may refer to, and no reference of the config made the plan list. */
async function withReferred(
  snapshot: Snapshot,
  fields: Readonly<Record<string, FieldSchema>>,
  { catalog, workspace }: Pick<AcceptTools, 'catalog' | 'workspace'>,
): Promise<Snapshot> {
  const kinds = Object.values(fields).flatMap((field) =>
    [field, ...(field.items ? [field.items] : []), ...(field.anyOf ?? [])].flatMap(
      ({ references, writeOnly, createOnly }) =>
        references === undefined || writeOnly || createOnly ? [] : [references],
    ),
  );
  const missing = [...new Set(kinds)].filter(
    (kind) => !snapshot.has(kind) && (catalog.kinds.has(kind) || catalog.lookups.has(kind)),
  );
  return missing.length === 0
    ? snapshot
    : new Map([...snapshot, ...(await observe(workspace, missing))]);
}
