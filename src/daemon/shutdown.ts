import type { Loop } from '../reconcile/loop.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';
import type { Context } from '../setup/context.ts';
import type { FollowedConfig } from './config/followedConfig.ts';
import { leaveAfter } from '../console/signals.ts';

/** How long a stop may take before the process exits with writes in flight. Their intents are on disk by then. */
export const stopMs = 9000;

/** The request to stop the daemon. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Resolves when the daemon is asked to stop. */
  readonly asked: Promise<void>;
  /** What SIGHUP calls. */
  readonly reloads: Set<() => void>;
}

/**
 * Handles SIGTERM and SIGINT until the process exits. The first signal requests a stop, which ends the process at the
 * latest after the grace period; the second one ends it at once.
 */
export function listenForStop(context: Context): Stop {
  const controller = new AbortController();
  const asked = Promise.withResolvers<void>();
  const onStop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) return void context.leave(1);
    context.log.info({ signal }, 'stopping');
    leaveAfter(context, stopMs);
    controller.abort();
    asked.resolve();
  };
  process.on('SIGTERM', onStop).on('SIGINT', onStop);
  const reloads = new Set<() => void>();
  process.on('SIGHUP', () => {
    for (const reload of reloads) reload();
  });
  return { signal: controller.signal, asked: asked.promise, reloads };
}

/** A stop of one workspace, by itself or with all others. */
export function stopOf(all: Stop): Stop & { readonly end: () => void } {
  const controller = new AbortController();
  const signal = AbortSignal.any([all.signal, controller.signal]);
  const asked = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return { signal, asked, reloads: all.reloads, end: () => controller.abort() };
}

/**
 * Waits for the request to stop, and stops the loop. Meanwhile a reload loads the config and the API key anew, and
 * requests a pass. Rejects on a bug in the loop.
 */
export async function untilStopped(
  workspace: OpenWorkspace,
  loop: Loop,
  config: FollowedConfig,
  stop: Stop,
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const onReload = (): void =>
    void Promise.all([config.reload(), workspace.reloadKey()]).then(
      () => loop.request('request'),
      failed.reject,
    );
  stop.reloads.add(onReload);
  try {
    await Promise.race([stop.asked, loop.finished, failed.promise]);
  } finally {
    stop.reloads.delete(onReload);
  }
  const drained = workspace.drain();
  await loop[Symbol.asyncDispose]();
  await drained;
}
