import type { AcceptRequest, AcceptTools } from './request.ts';
import { addressOf, type DesiredState } from '../model/resource.ts';
import type { PlanningWorkspace } from '../reconcile/workspace.ts';
import { planOnce, type Planned } from '../setup/team/planOnce.ts';

/**
 * Observes and plans. A pass reads only a few of the relations that cost a request each; the resource is put first, so
 * that its own are among them.
 */
export function planFor(
  { workspace, settings }: Pick<AcceptTools, 'workspace' | 'settings'>,
  state: DesiredState,
  { kind, name }: Pick<AcceptRequest, 'kind' | 'name'>,
): Promise<Planned> {
  const address = addressOf(kind.name, name);
  const first = state.resources.filter((resource) => resource.address === address);
  const others = state.resources.filter((resource) => resource.address !== address);
  const planning: PlanningWorkspace = {
    ...workspace,
    store: {
      digest: workspace.store.digest,
      costs: (since) => workspace.store.costs(since),
      memory: async (now) => ({ ...(await workspace.store.memory(now)), lastReadAt: new Map() }),
    },
  };
  const ordered = { ...state, resources: [...first, ...others] };
  return planOnce(planning, ordered, { ...settings, force: false });
}
