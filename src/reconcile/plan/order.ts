import type { Action, ActionId, Verb } from '../../model/pass/plan.ts';
import { addressOf } from '../../model/resource.ts';

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
 * Orders actions so that each comes after its requirements, otherwise by verb, and within a verb as they came. Actions
 * that require each other in a circle keep that order. Linear in actions and requirements.
 */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  const byId = new Map(actions.map((action) => [action.id, action]));
  const ordered: Action[] = [];
  const seen = new Set<ActionId>();
  // A stack of its own: thousands of actions may require each other in a row.
  const visit = (first: Action): void => {
    const open = [{ action: first, next: 0 }];
    seen.add(first.id);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const required = byId.get(comesAfter(top.action)[top.next] ?? '');
      const isLast = top.next >= comesAfter(top.action).length;
      top.next += 1;
      if (isLast) {
        ordered.push(top.action);
        open.pop();
      } else if (required && !seen.has(required.id)) {
        seen.add(required.id);
        open.push({ action: required, next: 0 });
      }
    }
  };
  for (const action of actions.toSorted((a, b) => ranks[a.verb] - ranks[b.verb]))
    if (!seen.has(action.id)) visit(action);
  return ordered;
}

/** The actions that must end, well or not, before this one starts. */
export const comesAfter = ({ requires, after = [] }: Action): readonly ActionId[] => [
  ...requires,
  ...after,
];

/**
 * Blocks every action that requires a blocked or absent one; the deletion of a replaced resource whose creation is
 * blocked; and a stop for a change that is blocked, or after which the start is blocked.
 */
export function blockDependants(actions: readonly Action[]): readonly Action[] {
  const next = holdStops(holdReplaced(holdRequiring(actions)));
  return heldCount(next) === heldCount(actions) ? actions : blockDependants(next);
}

const heldCount = (actions: readonly Action[]): number =>
  actions.filter(({ blockedReason }) => blockedReason !== undefined).length;

function holdRequiring(actions: readonly Action[]): readonly Action[] {
  const planned = new Set(actions.map(({ id }) => id));
  const blocked = new Set<ActionId>();
  return actions.map((action) => {
    const waitsFor = action.requires.find((id) => blocked.has(id) || !planned.has(id));
    if (action.blockedReason !== undefined || waitsFor !== undefined) blocked.add(action.id);
    return action.blockedReason === undefined && waitsFor !== undefined
      ? { ...action, blockedReason: `waits for ${waitsFor}` }
      : action;
  });
}

const isStopForChange = (action: Action): boolean =>
  action.verb === 'stop' && action.restart === true && action.blockedReason === undefined;

function holdStops(actions: readonly Action[]): readonly Action[] {
  if (!actions.some(isStopForChange)) return actions;
  const requiring = new Map<ActionId, Action[]>();
  for (const action of actions)
    for (const id of action.requires) requiring.set(id, [...(requiring.get(id) ?? []), action]);
  return actions.map((action) => {
    if (!isStopForChange(action)) return action;
    const own = requiring.get(action.id) ?? [];
    const start = own.find(({ verb }) => verb === 'start');
    const changes = own.filter((one) => one !== start);
    if (start?.blockedReason !== undefined)
      return { ...action, blockedReason: `it could not be started again: ${start.blockedReason}` };
    const isUseless = changes.every(({ blockedReason }) => blockedReason !== undefined);
    return isUseless
      ? { ...action, blockedReason: changes[0]?.blockedReason ?? 'nothing needs it off' }
      : action;
  });
}

function holdReplaced(actions: readonly Action[]): readonly Action[] {
  const heldCreates = new Set(
    actions
      .filter(({ verb, blockedReason }) => verb === 'create' && blockedReason !== undefined)
      .map(({ kind, name }) => addressOf(kind, name)),
  );
  return actions.map((action) =>
    action.verb === 'delete' &&
    action.blockedReason === undefined &&
    heldCreates.has(addressOf(action.kind, action.name))
      ? { ...action, blockedReason: 'it could not be created again' }
      : action,
  );
}
