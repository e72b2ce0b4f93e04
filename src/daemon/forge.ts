import { systemClock } from '../model/time/clock.ts';
import { openForge } from '../forge/openForge.ts';
import { readSecret } from '../secrets/read.ts';
import type { Context } from '../setup/context.ts';
import type { FollowedConfig } from './config/followedConfig.ts';
import { createForgeUpdates, type ForgeUpdates } from './forgeUpdates.ts';

/** As many complete passes as notifications wait for by default. */
const settle = 2;

/** Makes the updates of the forge that the settings in force name; without one, they do nothing. */
export function createForge(
  { env, log, workspace: oneOfSeveral }: Context,
  workspace: string,
  config: FollowedConfig,
): ForgeUpdates {
  const git = () => config.current().settings.git;
  const updates = createForgeUpdates({
    workspace,
    oneOfSeveral: oneOfSeveral !== undefined,
    dashboardUrl: () => config.current().settings.server.publicUrl,
    settle,
    clock: systemClock,
    log,
    async open(signal) {
      const settings = git();
      if (!settings?.forge) throw new Error('git.forge of settings was removed');
      const { api, token } = settings.forge;
      return openForge({
        gitUrl: settings.url,
        url: api,
        token: await readSecret(token, env),
        clock: systemClock,
        signal,
      });
    },
  });
  return {
    commitTaken(commit) {
      if (git()?.forge) updates.commitTaken(commit);
    },
    passEnded(report, commit) {
      if (git()?.forge) updates.passEnded(report, commit);
    },
    [Symbol.asyncDispose]: () => updates[Symbol.asyncDispose](),
  };
}
