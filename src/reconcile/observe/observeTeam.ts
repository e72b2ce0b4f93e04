import type { DesiredState } from '../../model/resource.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Binding, Memory } from '../../model/store.ts';
import { planAgain } from '../memoized.ts';
import { observeHidden } from './unlisted.ts';
import { dueNeeds } from './requiredLists.ts';
import { kindsInUse, observe, observeNeeds } from './observe.ts';
import type { Policy, Workspace } from '../workspace.ts';
import type { PlanInput } from '../plan/planInput.ts';
import { askWitnesses } from './lostCreates.ts';
import { readValues, type Values } from '../compare/writeOnly.ts';

/** What a plan is made from, as it was read. */
export interface Looked {
  readonly memory: Memory;
  readonly values: Values;
  readonly snapshot: Snapshot;
}

/**
 * Lists what is declared while the memory and the write-only values are read, then what is only remembered, and then looks for what lists
 * may not show.
 */
export async function look(
  { catalog, store, api, readSecret }: Workspace,
  { resources, absent }: DesiredState,
  { prune, visibility }: Policy,
  now: Date,
): Promise<Looked> {
  const declared = kindsInUse(catalog, resources, absent, [], prune);
  const [first, memory, values] = await Promise.all([
    observe(catalog, declared, api, resources),
    store.memory(now),
    readValues(catalog.kinds, resources, readSecret, store.digest),
  ]);
  const bound = kindsInUse(catalog, [], [], [memory.bindings, memory.intents], []);
  const more = await observe(
    catalog,
    bound.filter((kind) => !first.has(kind)),
    api,
    [],
  );
  const listed = new Map([...first, ...more]);
  const isYoung = ({ created, boundAt }: Binding): boolean =>
    created && now.getTime() - Date.parse(boundAt) < visibility;
  const hidden = await observeHidden(catalog, listed, memory, isYoung, api);
  const shown = new Map([...listed, ...hidden]);
  const witnessed = await askWitnesses({ catalog, resources, snapshot: shown, memory, now }, api);
  return {
    memory:
      witnessed.intents === memory.intents ? memory : { ...memory, intents: witnessed.intents },
    values,
    snapshot: witnessed.snapshot,
  };
}

/** Plans, and again when the plan wants lists that were not read, until it wants none that can be had in this pass. */
export async function draw(
  { catalog, api }: Pick<Workspace, 'catalog' | 'api'>,
  snapshot: Snapshot,
  input: Omit<PlanInput, 'snapshot'>,
): Promise<{ readonly snapshot: Snapshot; readonly drawn: Plan }> {
  const drawn = planAgain({ ...input, snapshot });
  const due = dueNeeds(drawn.needs, snapshot, catalog, input.memory);
  if (due.length === 0) return { snapshot, drawn };
  const more = await observeNeeds(catalog, due, api, snapshot);
  return draw({ catalog, api }, new Map([...snapshot, ...more]), input);
}
