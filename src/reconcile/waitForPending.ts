import type { Report } from '../model/pass/report.ts';
import { addressOf, type Address, type Observed } from '../model/resource.ts';
import type { Intent } from '../model/store.ts';
import { createFollower } from './apply/jobPoller.ts';
import { listingOf } from './observe/listingOf.ts';
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

/** A create that was sent and that no list shows yet: it may have happened. */
export interface UnsureCreate {
  readonly address: Address;
  /** When its attempt was sent, and until when lists may not show what it created; milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** The creates of resources, and of their members, that a pass left pending or failed. */
export async function unsureCreates(
  { store, clock }: Pick<Workspace, 'store' | 'clock'>,
  { visibility }: Pick<Policy, 'visibility'>,
  { resources }: Pick<Report, 'resources'>,
): Promise<readonly UnsureCreate[]> {
  const { intents, memberIntents } = await store.memory(clock.now());
  const all = [
    ...intents,
    ...[...memberIntents].flatMap(([address, members]) =>
      Object.values<Intent>(members).map((intent) => [address, intent] as const),
    ),
  ];
  const open = new Set(
    resources.flatMap(({ kind, name, status }) =>
      status === 'pending' || status === 'failed' ? [addressOf(kind, name)] : [],
    ),
  );
  return all
    .filter(([address]) => open.has(address))
    .map(([address, { at, until }]) => ({
      address,
      since: Date.parse(at),
      until: Date.parse(until) + visibility,
    }));
}

/** How soon lists are read again for a create that may have happened, in milliseconds. */
const soonestMs = 5000;

/** Waits until it is worth reading the lists again: after as long as the youngest create is unsure. Resolves to false when `signal` is aborted. */
export async function waitForLists(
  { clock }: Pick<Workspace, 'clock'>,
  unsure: readonly UnsureCreate[],
  signal: AbortSignal,
): Promise<boolean> {
  const now = clock.now().getTime();
  const pauses = unsure.map(({ since, until }) =>
    Math.min(until - now, Math.max(soonestMs, now - since)),
  );
  await clock.sleep(Math.max(0, Math.min(...pauses)), signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return !signal.aborted;
}

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
