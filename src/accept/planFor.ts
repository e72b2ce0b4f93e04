import type { AcceptRequest, AcceptTools } from './request.ts';
import { addressOf, type DesiredState } from '../model/resource.ts';
import type { Report } from '../model/pass/report.ts';
import { prepare } from '../reconcile/preparePass.ts';
import { reportOn } from '../reconcile/reportPass.ts';
import type { PlanningWorkspace, Prepared } from '../reconcile/workspace.ts';

/** A plan, as `plan` makes it. */
export interface Found {
  readonly prepared: Prepared;
  readonly report: Report;
}

/**
 * Observes and plans. A pass reads only a few of the relations that cost a request each; the resource is put first, so
 * that its own are among them.
 */
export async function planFor(
  { workspace, settings }: Pick<AcceptTools, 'workspace' | 'settings'>,
  state: DesiredState,
  { kind, name }: Pick<AcceptRequest, 'kind' | 'name'>,
): Promise<Found> {
  const address = addressOf(kind.name, name);
  const first = state.resources.filter((resource) => resource.address === address);
  const others = state.resources.filter((resource) => resource.address !== address);
  const policy = { ...settings, force: false };
  const planning: PlanningWorkspace = {
    ...workspace,
    store: {
      digest: workspace.store.digest,
      costs: (since) => workspace.store.costs(since),
      memory: async (now) => ({ ...(await workspace.store.memory(now)), lastReadAt: new Map() }),
    },
  };
  const prepared = await prepare(
    planning,
    { ...state, resources: [...first, ...others] },
    policy,
    'cli',
  );
  return { prepared, report: reportOn(planning, policy, prepared) };
}
