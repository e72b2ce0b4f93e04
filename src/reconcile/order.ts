import type { Action, ActionId, Verb } from '../model/plan.ts';
import { addressOf } from '../model/resource.ts';

const ranks: Readonly<Record<Verb, number>> = {
  create: 0,
  stop: 1,
  update: 2,
  start: 3,
  unassign: 4,
  assign: 5,
  delete: 6,
};

/**
 * The actions in an order in which they can run: each after what it requires, otherwise by verb, and within a verb as they
 * came. Actions that require each other in a circle keep that order. Linear in actions and requirements.
 */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  const byId = new Map(actions.map((action) => [action.id, action]));
  const ordered: Action[] = [];
  const seen = new Set<ActionId>();
  const visit = (action: Action): void => {
    if (seen.has(action.id)) return;
    seen.add(action.id);
    for (const id of action.requires) {
      const required = byId.get(id);
      if (required) visit(required);
    }
    ordered.push(action);
  };
  for (const action of actions.toSorted((a, b) => ranks[a.verb] - ranks[b.verb])) visit(action);
  return ordered;
}

/**
 * The actions with everything held that requires something held, or something that is not among them, and why; and no deletion goes
 * ahead whose creation, of what is replaced, is held.
 */
export function holdDependants(actions: readonly Action[]): readonly Action[] {
  const next = holdReplaced(holdRequiring(actions));
  return heldCount(next) === heldCount(actions) ? actions : holdDependants(next);
}

const heldCount = (actions: readonly Action[]): number =>
  actions.filter(({ held }) => held !== undefined).length;

function holdRequiring(actions: readonly Action[]): readonly Action[] {
  const planned = new Set(actions.map(({ id }) => id));
  const held = new Set<ActionId>();
  return actions.map((action) => {
    const waitsFor = action.requires.find((id) => held.has(id) || !planned.has(id));
    if (action.held !== undefined || waitsFor !== undefined) held.add(action.id);
    return action.held === undefined && waitsFor !== undefined
      ? { ...action, held: `waits for ${waitsFor}` }
      : action;
  });
}

function holdReplaced(actions: readonly Action[]): readonly Action[] {
  const heldCreates = new Set(
    actions
      .filter(({ verb, held }) => verb === 'create' && held !== undefined)
      .map(({ kind, name }) => addressOf(kind, name)),
  );
  return actions.map((action) =>
    action.verb === 'delete' &&
    action.held === undefined &&
    heldCreates.has(addressOf(action.kind, action.name))
      ? { ...action, held: 'it could not be created again' }
      : action,
  );
}
