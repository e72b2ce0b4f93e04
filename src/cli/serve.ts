import type { Settings } from '../model/settings.ts';
import { addressOf } from '../model/resource.ts';
import { toDashboard } from '../report/dashboard.ts';
import { readReport } from '../report/files.ts';
import { readSecret } from '../secrets/read.ts';
import type { Events } from '../server/events.ts';
import type { Metrics } from '../server/metrics.ts';
import { createApp, type Commands, type Shown, type Tokens } from '../server/app.ts';
import { isLoopback, listen, type Listening } from '../server/listen.ts';
import type { OpenWorkspace } from './compose.ts';
import { UserError, type Context } from './context.ts';
import type { LastPass } from './daemonPass.ts';
import type { FollowedConfig } from './followConfig.ts';

/** What the server shows, and what it can ask for. */
export interface Served {
  readonly workspace: OpenWorkspace;
  readonly config: FollowedConfig;
  readonly last: LastPass;
  readonly metrics: Metrics;
  readonly events: Events;
  /** When the next pass is due, RFC 3339. */
  readonly next: () => string | null;
  /** Asks for a pass. */
  readonly request: () => void;
}

/** Serves the HTTP interface of a running daemon. */
export async function serve(context: Context, served: Served): Promise<Listening> {
  const { server } = served.config.current().settings;
  const app = createApp(shown(served), commands(served), await tokensOf(context, server));
  try {
    const listening = await listen(app, server.host, server.port);
    return {
      url: listening.url,
      async [Symbol.asyncDispose]() {
        await served.events.close();
        await listening[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `cannot listen on ${server.host}:${server.port} (${code}); set settings.server.listen or HOLDFAST_SERVER_LISTEN to a free address`,
    );
  }
}

/** How many passes the dashboard lists. */
const passesShown = 20;

/** How much of a resource's history is shown. */
const longestHistory = 50;

const shown = ({ workspace, config, last, metrics, events, next }: Served): Shown => ({
  dashboard: async () =>
    toDashboard({
      workspace: workspace.name,
      mode: config.current().settings.mode,
      revision: config.current().state.revision,
      configError: config.error() ?? null,
      nextPass: next(),
      report: last.report,
      passes: await workspace.store.passes(passesShown),
    }),
  status: () => ({
    schema: 'holdfast/status/v1',
    workspace: workspace.name,
    mode: config.current().settings.mode,
    revision: config.current().state.revision,
    configError: config.error() ?? null,
    lastPass: last.report
      ? {
          pass: last.report.pass,
          finishedAt: last.report.finishedAt,
          summary: last.report.summary,
        }
      : null,
    nextPass: next(),
    writer: true,
  }),
  passes: (limit, before) => workspace.store.passes(limit, before),
  report: (pass) => readReport(config.current().settings.reports.directory, pass),
  async resource(kind, name) {
    const found = known(last, kind, name);
    if (!found) return undefined;
    const address = addressOf(kind, name);
    const { suspended } = await workspace.store.memory(workspace.clock.now());
    const history = await workspace.store.deeds(address, longestHistory);
    return {
      schema: 'holdfast/resource/v1',
      ...found,
      suspended: suspended.get(address) ?? null,
      history,
    };
  },
  metrics: () =>
    metrics.text({
      configValid: config.error() === undefined,
      configAge: (workspace.clock.now().getTime() - config.since().getTime()) / 1000,
      rateLimit: workspace.rateLimit(),
    }),
  events,
  isReady: async () =>
    last.report !== undefined &&
    last.error === undefined &&
    workspace.store.passes(1).then(
      () => true,
      () => false,
    ),
});

const known = ({ report }: LastPass, kind: string, name: string) =>
  report?.resources.find((one) => one.kind === kind && one.name === name);

const commands = ({ workspace, config, last, request }: Served): Commands => ({
  reconcile: request,
  async approve(pass, digest) {
    const report = await readReport(config.current().settings.reports.directory, pass);
    if (!report) return 'unknown pass';
    if (report.digest !== digest) return 'other digest';
    await workspace.store.approve(digest, workspace.clock.now().toISOString());
    request();
    return 'approved';
  },
  async suspend(kind, name) {
    if (!known(last, kind, name)) return false;
    await workspace.store.suspend(addressOf(kind, name), workspace.clock.now().toISOString());
    request();
    return true;
  },
  async resume(kind, name) {
    if (!known(last, kind, name)) return false;
    await workspace.store.resume(addressOf(kind, name));
    request();
    return true;
  },
});

/** What requests must bear: none to read while only this machine can reach the server, one always to change something. */
async function tokensOf({ env }: Context, { host, token }: Settings['server']): Promise<Tokens> {
  const value = token ? await readSecret(token, env).catch(() => undefined) : undefined;
  if (isLoopback(host)) return { read: undefined, write: value || undefined };
  if (value) return { read: value, write: value };
  throw new UserError(
    `the server would listen on ${host} for everyone: set HOLDFAST_TOKEN, or let settings.server.listen be on 127.0.0.1`,
  );
}
