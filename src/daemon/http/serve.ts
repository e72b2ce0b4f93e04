import type { Settings } from '../../model/settings.ts';
import { systemClock } from '../../model/time/clock.ts';
import { createDashboard } from '../../dashboard/dashboard.ts';
import { workspacesPage } from '../../dashboard/workspacesPage.ts';
import { createApp } from '../../server/app.ts';
import { createRootApp } from '../../server/workspaces/rootApp.ts';
import { createServedWorkspaces, type ServedWorkspaces } from './servedWorkspaces.ts';
import type { Hooks } from '../../server/hooks.ts';
import { listen, type Listening } from '../../server/listen.ts';
import { createRequestLog } from '../../server/requestLog.ts';
import { readSecret } from '../../secrets/read.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { readTokens } from './tokens.ts';
import type { Served } from './served.ts';
import { createCommands } from './commands.ts';
import { createDashboardData, createViews } from './views.ts';

/** The HTTP server of a daemon. Disposing of it closes its connections. */
export interface Server extends AsyncDisposable {
  /** What it shows; at first nothing. */
  readonly workspaces: ServedWorkspaces;
  /**
   * Listens, unless it does already, and resolves to its URL. Rejects with a `UserError` if it cannot listen on the
   * address.
   */
  start(): Promise<string>;
}

/**
 * Makes the HTTP server of a daemon; it does not listen yet. Rejects with a `UserError` if the settings would expose it
 * without a sufficient token.
 */
export async function createServer(
  context: Context,
  settings: Settings['server'],
): Promise<Server> {
  const log = createRequestLog(context.log, systemClock);
  const tokens = await readTokens(context, settings);
  const workspaces = createServedWorkspaces(async (served) =>
    createApp({
      shown: createViews(served),
      commands: createCommands(served),
      tokens,
      log,
      hooks: hooksOf(context, served),
      dashboard: await createDashboard(createDashboardData(served)),
    }),
  );
  const app = createRootApp(workspaces, { tokens, log, render: workspacesPage });
  let listening: Listening | undefined;
  return {
    workspaces,
    async start() {
      listening ??= await listen(app, { ...settings, log }).catch((error: unknown) => {
        throw cannotListen(settings, error);
      });
      return listening.url;
    },
    async [Symbol.asyncDispose]() {
      if (!listening) return;
      await workspaces.close();
      await listening[Symbol.asyncDispose]();
      listening = undefined;
    },
  };
}

/** Webhooks make the daemon look its repository up at once. The secret is that of the settings in force. */
const hooksOf = ({ env }: Context, served: Served): Hooks => ({
  async secret() {
    const secret = served.config.current().settings.git?.webhookSecret;
    return secret ? readSecret(secret, env) : undefined;
  },
  onHook: () => served.fetch(),
  onEnded: served.metrics.hookEnded,
  clock: systemClock,
});

const cannotListen = ({ host, port }: Settings['server'], error: unknown): UserError =>
  new UserError(
    `cannot listen on ${host}:${port} (${(error as NodeJS.ErrnoException).code}); set settings.server.listen or HOLDFAST_SERVER_LISTEN to a free address`,
    { cause: error },
  );
