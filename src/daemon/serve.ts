import type { Settings } from '../model/settings.ts';
import { readSecret } from '../secrets/read.ts';
import { systemClock } from '../model/time/clock.ts';
import { isLoopback } from '../model/loopback.ts';
import { createApp } from '../server/app.ts';
import { listen, type Listening } from '../server/listen.ts';
import { createRequestLog } from '../server/requestLog.ts';
import type { Tokens } from '../server/tokens.ts';
import { UserError, type Context } from '../setup/context.ts';
import { commands, shown, type Served } from './serverViews.ts';

/** The server of a daemon. Disposing of it closes its connections. */
export interface Server extends AsyncDisposable {
  /** Listens, unless it does already, and resolves to its address. Rejects with a `UserError` when the address cannot be had. */
  start(): Promise<string>;
}

/** Serves the HTTP interface of a running daemon. Rejects with a `UserError` when it may not be served as the settings say. */
export async function createServer(context: Context, served: Served): Promise<Server> {
  const { server } = served.config.current().settings;
  const log = createRequestLog(context.log, systemClock);
  const app = createApp(shown(served), commands(served), await tokensOf(context, server), log);
  let listening: Listening | undefined;
  return {
    async start() {
      listening ??= await listen(app, { ...server, log }).catch((error: unknown) => {
        throw cannotListen(server, error);
      });
      return listening.url;
    },
    async [Symbol.asyncDispose]() {
      if (!listening) return;
      await served.events.close();
      await listening[Symbol.asyncDispose]();
      listening = undefined;
    },
  };
}

const cannotListen = ({ host, port }: Settings['server'], error: unknown): UserError =>
  new UserError(
    `cannot listen on ${host}:${port} (${(error as NodeJS.ErrnoException).code}); set settings.server.listen or HOLDFAST_SERVER_LISTEN to a free address`,
    { cause: error },
  );

/** How long a token is at least where others than this machine can try to guess it. */
const shortestToken = 16;

/** What requests must bear: none to read while only this machine can reach the server, one always to change something. */
async function tokensOf(
  { env, log }: Context,
  { host, token }: Settings['server'],
): Promise<Tokens> {
  const value = token ? await readSecret(token, env).catch(() => undefined) : undefined;
  const isShort = value !== undefined && value.length < shortestToken;
  if (isLoopback(host)) {
    if (isShort)
      log.warn(
        { shortest: shortestToken },
        'the token is short: users of this machine can guess it',
      );
    return { read: undefined, write: value || undefined };
  }
  if (value && !isShort) return { read: value, write: value };
  throw new UserError(
    `the server would listen on ${host} for everyone: ${isShort ? `the token has ${value.length} characters, and at least ${shortestToken} are needed` : 'set HOLDFAST_TOKEN to a secret'} (such as from: openssl rand -hex 32), or let settings.server.listen be on 127.0.0.1`,
  );
}
