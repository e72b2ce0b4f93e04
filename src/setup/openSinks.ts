import { systemClock } from '../model/time/clock.ts';
import type { Settings } from '../model/settings.ts';
import { createDeliver, type Deliver } from '../notify/openSink.ts';
import { createPost } from '../notify/post.ts';
import { readSecret } from '../secrets/read.ts';
import type { Context } from './context.ts';

/**
 * Makes the function that delivers messages to the sinks of the settings. URLs and secrets are read at each use.
 * `server`: the settings of the server, as they are now. `stop` gives up what is being sent.
 */
export const openSinks = (
  { env, workspace }: Context,
  server: () => Settings['server'],
  stop: AbortSignal,
): Deliver =>
  createDeliver({
    post: createPost(env, stop),
    read: async (source) => (source.from === 'value' ? source.value : readSecret(source, env)),
    dashboard: () => server().publicUrl,
    oneOfSeveral: workspace !== undefined,
    now: () => systemClock.now(),
    stop,
  });
