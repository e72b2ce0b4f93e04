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
  return { signal: controller.signal, asked: asked.promise };
}

/**
 * Waits for the request to stop, stops the loop, and resolves to the exit code. Meanwhile SIGHUP reloads the config and
 * the API key, and requests a pass. Rejects on a bug in the loop.
 */
export async function untilStopped(
  { log }: Context,
  workspace: OpenWorkspace,
  loop: Loop,
  config: FollowedConfig,
  stop: Stop,
): Promise<number> {
  const failed = Promise.withResolvers<never>();
  const onReload = (): void =>
    void Promise.all([config.reload(), workspace.reloadKey()]).then(
      () => loop.request('request'),
      failed.reject,
    );
  process.on('SIGHUP', onReload);
  await Promise.race([stop.asked, loop.finished, failed.promise]);
  const drained = workspace.drain();
  await loop[Symbol.asyncDispose]();
  await drained;
  log.info({}, 'stopped');
  return 0;
}
