import type { Loop } from '../reconcile/loop.ts';
import type { OpenWorkspace } from '../setup/openWorkspace.ts';
import type { Context } from '../setup/context.ts';
import type { FollowedConfig } from './followConfig.ts';
import { leaveAfter } from '../console/signals.ts';

/** How long a stop may take before the process leaves with what is still in flight. Intents are on disk by then. */
const graceMs = 9000;

/** That the daemon is told to stop. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Resolves when it is. */
  readonly asked: Promise<void>;
}

/** Takes SIGTERM and SIGINT from now on until the process ends, which it does at the latest after the grace period, and at once when told so twice. */
export function listenForStop(context: Context): Stop {
  const controller = new AbortController();
  const asked = Promise.withResolvers<void>();
  const onStop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) return void context.leave(1);
    context.log.info({ signal }, 'stopping');
    leaveAfter(context, graceMs);
    controller.abort();
    asked.resolve();
  };
  process.on('SIGTERM', onStop).on('SIGINT', onStop);
  return { signal: controller.signal, asked: asked.promise };
}

/** Resolves to the exit code once the loop has ended, since it was told to stop; SIGHUP has config and key read again, and asks for a pass. */
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
