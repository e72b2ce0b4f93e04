import type { Catalog } from '../../model/kind/kind.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import type { Context } from '../context.ts';
import { requireConfig } from '../loadConfig.ts';
import { openWorkspace, type OpenWorkspace } from './openWorkspace.ts';
import { planOnce, type Planned } from './planOnce.ts';

/** A team that was read once, and from which more can be read until it is disposed of. */
export interface OpenTeam extends Planned, AsyncDisposable {
  readonly workspace: OpenWorkspace;
  readonly state: DesiredState;
  readonly settings: Settings;
}

/**
 * Reads the config and its team once, with GET requests only, and writes nothing. `simulate`: the file of the embedded
 * simulated team; undefined: the real team. Rejects with a `UserError` if the config is invalid, or the team or its
 * store cannot be opened.
 */
export async function openTeam(
  context: Context,
  catalog: Catalog,
  simulate: string | undefined,
): Promise<OpenTeam> {
  const { state, settings } = await requireConfig(context, catalog);
  await using stack = new AsyncDisposableStack();
  const workspace = stack.use(
    await openWorkspace(context, catalog, settings, { simulate, readOnly: true }),
  );
  const planned = await planOnce(workspace, state, { ...settings, force: false });
  const opened = stack.move();
  return {
    ...planned,
    workspace,
    state,
    settings,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
