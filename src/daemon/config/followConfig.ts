import type { Catalog } from '../../model/kind/kind.ts';
import { loadDirectory, requireValid, sourceOf } from '../../setup/loadConfig.ts';
import type { Context } from '../../setup/context.ts';
import { followDirectory } from './followDirectory.ts';
import type { FollowedConfig } from './followedConfig.ts';

/**
 * Loads the config from its source, and follows it. Rejects with a `UserError` if there is no valid config at the
 * start.
 */
export async function followConfig(context: Context, catalog: Catalog): Promise<FollowedConfig> {
  const source = await sourceOf(context, catalog);
  if (source.from === 'git') {
    const { followGit } = await import('./followGit.ts');
    return await followGit(context, catalog, source);
  }
  const { config } = context.options;
  const loaded =
    source.from === 'nowhere' ? source.loaded : await loadDirectory(context, catalog, config);
  return followDirectory(context, catalog, requireValid(loaded, context));
}
