import type { Loop } from '../reconcile/loop.ts';
import type { OpenWorkspace } from './compose.ts';
import type { Context } from './context.ts';
import type { FollowedConfig } from './followConfig.ts';

/** How long a stop may take before the process leaves with what is still in flight. Intents are on disk by then. */
const graceMs = 9000;

/** Resolves to the exit code once the loop has ended; SIGTERM and SIGINT end it, SIGHUP has config and key read again, and asks for a pass. */
export async function untilStopped(
  { log }: Context,
  workspace: OpenWorkspace,
  loop: Loop,
  config: FollowedConfig,
): Promise<number> {
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  const onStop = (name: NodeJS.Signals): void => stopped.resolve(name);
  const onReload = (): void =>
    void Promise.all([config.reload(), workspace.reloadKey()]).then(
      () => loop.request('request'),
      stopped.reject,
    );
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGHUP', onReload);
  try {
    const signal = await Promise.race([
      stopped.promise,
      loop.finished.then(() => 'SIGTERM' as const),
    ]);
    log.info({ signal }, 'stopping');
    const force = setTimeout(() => {
      log.error({ graceMs }, 'a write did not end in time; leaving it to the next start');
      process.exit(1);
    }, graceMs);
    const drained = workspace.drain();
    await loop[Symbol.asyncDispose]();
    await drained;
    clearTimeout(force);
    log.info({}, 'stopped');
    return 0;
  } finally {
    process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGHUP', onReload);
  }
}
