import type { Observed } from '../model/resource.ts';
import { createFollower } from './follow.ts';
import { listingOf } from './planning.ts';
import type { Policy, Prepared, Workspace } from './workspace.ts';

/** A resource that the API is at work on, whoever has set it to work. */
export interface PendingResource {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** Undefined where no list shows it yet. */
  readonly live: Observed | undefined;
}

/** The declared resources that were pending when a pass was planned and that can be followed: a kind tells of one by its id. */
export const pendingResources = (
  { catalog }: Pick<Workspace, 'catalog'>,
  { plan, snapshot }: Prepared,
): readonly PendingResource[] =>
  plan.assessments.flatMap(({ kind, name, id, status }) => {
    if (status !== 'pending' || id === undefined || !catalog.kinds.get(kind)?.get) return [];
    const live = snapshot.get(kind)?.byId.get(id);
    return live?.settled ? [] : [{ kind, name, id, live }];
  });

/**
 * Waits until resources that were pending are ready or gone, or until `signal` is aborted. Resolves to whether any of them is. GET
 * requests only.
 */
export async function waitForPending(
  { api, catalog, clock }: Workspace,
  { visibility }: Pick<Policy, 'visibility'>,
  { snapshot }: Prepared,
  pending: readonly PendingResource[],
  signal: AbortSignal,
): Promise<boolean> {
  const follower = createFollower({
    api,
    catalog,
    clock,
    signal,
    visibility,
    pages: (kind) => Math.ceil(listingOf(snapshot, kind).items.length / 120),
  });
  const settlements = await Promise.all(
    pending.map(({ kind, id, live }) =>
      follower.follow({ kind, id, gone: false, wasSeen: live !== undefined }),
    ),
  );
  return settlements.some(({ is }) => is !== 'pending');
}
