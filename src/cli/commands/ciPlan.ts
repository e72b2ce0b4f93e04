import { ciPlan } from '../../ci/ciPlan.ts';
import type { FailRule } from '../../ci/failOn.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import type { Context } from '../../setup/context.ts';
import type { PlanSource } from '../../setup/team/planTeam.ts';
import { pathsFrom, repositoryRoot } from '../displayPaths.ts';

/** The flags of `holdfast ci plan`. */
interface Flags extends PlanSource {
  readonly out: string | undefined;
  readonly failOn: readonly FailRule[];
}

/** `holdfast ci plan`: plans in a CI job, and comments on the pull request. Names files from the root of the repository. */
export async function planInCi(context: Context, flags: Flags): Promise<number> {
  const nameOf = pathsFrom(repositoryRoot(process.cwd()), context.options.config);
  return ciPlan(context, await loadCatalog(), { ...flags, nameOf });
}
