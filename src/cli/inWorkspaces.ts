import { errorText } from '../console/errorText.ts';
import type { Write } from '../console/output.ts';
import { jsonText } from '../model/text/visible.ts';
import { everyWorkspace } from '../model/workspaceName.ts';
import { UserError, workspaceOf, type Context } from '../setup/context.ts';
import type { ListedWorkspace } from '../server/workspaces/rootApp.ts';
import { createServerClient } from '../setup/serverClient.ts';
import { chosenContexts } from '../setup/workspaces.ts';

/**
 * What a command works on. `workspace`: one. `workspaces`: one, or with `--workspace all` each. `checkout`: one in the
 * config directory, even if the config is in a Git repository. `installation`: no workspace. `daemon`: all, until it is
 * stopped.
 */
export type Scope = 'workspace' | 'checkout' | 'workspaces' | 'installation' | 'daemon';

type Action = (context: Context) => Promise<number>;

/**
 * Runs the action of a command in the workspaces that `--workspace` names. Resolves to the exit code. `server`: the
 * daemon that the command asks, which knows its workspaces itself.
 */
export async function inWorkspaces(
  context: Context,
  { scope, server }: { readonly scope: Scope; readonly server: string | undefined },
  action: Action,
): Promise<number> {
  const { workspace, format } = context.options;
  const isEach = workspace === everyWorkspace;
  if (isEach && scope !== 'workspaces')
    throw new UserError('--workspace all: this command works on one workspace; name it');
  if (isEach && !['text', 'json'].includes(format))
    throw new UserError(
      `--workspace all prints text or json; for --format ${format}, name one workspace`,
    );
  if (server !== undefined && !isEach) return await action(context);
  const contexts = await (server === undefined
    ? chosenContexts(context, workspace, { isCheckout: scope === 'checkout' })
    : contextsOf(context, server));
  const [only] = contexts;
  if (!isEach && only) return await action(only);
  return format === 'json'
    ? await reportsOf(context, contexts, action)
    : await oneAfterTheOther(context, contexts, action);
}

/** The contexts of the workspaces of a daemon. */
async function contextsOf(context: Context, server: string): Promise<readonly Context[]> {
  const answer = await createServerClient(server, context).get('/api/v1/workspaces');
  const { items } = answer as { readonly items: readonly ListedWorkspace[] };
  return items
    .filter(({ parked }) => !parked)
    .map(({ name }) => ({
      ...context,
      workspace: { name, mayNameKey: false },
      options: { ...context.options, workspace: name },
    }));
}

/** Exit codes, the worst last. */
const severities = [0, 2, 3, 1];

const worst = (codes: readonly number[]): number =>
  severities.findLast((code) => codes.includes(code)) ?? Math.max(0, ...codes);

async function oneAfterTheOther(
  { out, paint }: Context,
  contexts: readonly Context[],
  action: Action,
): Promise<number> {
  const codes: number[] = [];
  for (const context of contexts) {
    out(`${paint('bold', workspaceOf(context))}\n`);
    codes.push(await orFailure(context, action));
    out('\n');
  }
  return worst(codes);
}

async function reportsOf(
  { out }: Context,
  contexts: readonly Context[],
  action: Action,
): Promise<number> {
  const reports: unknown[] = [];
  const codes: number[] = [];
  for (const context of contexts) {
    const texts: string[] = [];
    const write: Write = (text) => void texts.push(text);
    codes.push(await orFailure({ ...context, out: write }, action));
    const text = texts.join('');
    if (text !== '') reports.push({ workspace: workspaceOf(context), ...JSON.parse(text) });
  }
  out(`${jsonText({ schema: 'holdfast/reports/v1', reports }, 2)}\n`);
  return worst(codes);
}

/** Runs the action. What fails in one workspace is printed, and the others are not affected. */
async function orFailure(context: Context, action: Action): Promise<number> {
  try {
    return await action(context);
  } catch (error) {
    context.err(`${workspaceOf(context)}: ${errorText(error)}\n`);
    return 1;
  }
}
