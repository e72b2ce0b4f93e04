import type { Report } from '../model/pass/report.ts';
import { addressOf, type Address, type Observed } from '../model/resource.ts';
import type { Intent } from '../model/memory.ts';
import { noTracer } from '../model/tracer.ts';
import { createJobPoller } from './apply/jobPoller.ts';
import { listingOf } from './observe/listingOf.ts';
import type { Policy, Prepared, Workspace } from './workspace.ts';

/** A resource in transition, whoever caused it. */
export interface PendingResource {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** Undefined where no list shows it yet. */
  readonly live: Observed | undefined;
}

/**
 * The resources of a pass that were pending when it was planned, and whose kinds have a call for one resource.
 */
export const pendingResources = (
  { catalog }: Pick<Workspace, 'catalog'>,
  { plan, snapshot, selection }: Prepared,
): readonly PendingResource[] =>
  plan.assessments.flatMap(({ kind, name, id, status }) => {
    if (selection && !selection.included.has(addressOf(kind, name))) return [];
    if (status !== 'pending' || id === undefined || !catalog.kinds.get(kind)?.get) return [];
    const live = snapshot.get(kind)?.byId.get(id);
    return live?.ready ? [] : [{ kind, name, id, live }];
  });

/** A create that was sent and that no list shows yet. It may have happened. */
export interface UnsureCreate {
  readonly address: Address;
  /** When the attempt was sent, and until when lists may not show its result; milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** The creates of resources and members that a pass left pending or failed. */
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

/** The shortest pause before lists are read again, in milliseconds. */
const soonestMs = 5000;

/**
 * Waits before the lists are read again, for as long as the youngest create is unknown. Resolves to false when `signal`
 * is aborted.
 */
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
 * Waits until pending resources are ready or gone, or until `signal` is aborted. Resolves to whether any of them is.
 * Sends GET requests only.
 */
export async function waitForPending(
  { api, catalog, clock, tracer = noTracer }: Workspace,
  { visibility }: Pick<Policy, 'visibility'>,
  { snapshot }: Prepared,
  pending: readonly PendingResource[],
  signal: AbortSignal,
): Promise<boolean> {
  const follower = createJobPoller({
    api,
    catalog,
    clock,
    tracer,
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
