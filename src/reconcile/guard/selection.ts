import type { Kinds } from '../../model/kind/kind.ts';
import type { Action, ActionId, Plan } from '../../model/pass/plan.ts';
import { addressOf, type Absent, type Address, type Desired } from '../../model/resource.ts';
import { selects, type Selectable, type Selector } from '../../model/selection/selector.ts';
import { shellWord } from '../../model/text/shellWord.ts';
import { blockDependants } from '../plan/order.ts';
import { referencesOf } from '../plan/relations/references.ts';
import { markBlocked } from './block.ts';

/** What a pass acts on, if it is not the whole team. */
export interface Selection {
  /** The selectors as written. */
  readonly only: readonly string[];
  /** The selectors that select nothing. */
  readonly unmatched: readonly string[];
  /** The selected resources, with null, and those that they need, with the reason: `machines/a refers to it`. */
  readonly included: ReadonlyMap<Address, string | null>;
  /** The planned actions on all other resources. */
  readonly leftOut: ReadonlySet<ActionId>;
}

/** The declarations that selectors and references are about. */
export interface SelectionInput {
  readonly kinds: Kinds;
  readonly resources: readonly Desired[];
  readonly absent: readonly Absent[];
}

/**
 * Leaves only those actions in a plan that act on selected resources, and on what these need: the declared resources
 * that they refer to, and the resources whose actions must precede theirs. A resource that is only needed is never
 * deleted, nor is one deleted that is not selected: what requires that is blocked. Pure.
 */
export function selectActions(
  plan: Plan,
  selectors: readonly Selector[],
  input: SelectionInput,
): { readonly plan: Plan; readonly selection: Selection } {
  const { selected, unmatched } = selectedBy(selectors, [...plan.assessments, ...input.absent]);
  const included = withNeeded(selected, plan, input);
  const kept = plan.actions.filter((action) => included.has(ownerOf(action)));
  const keptIds = new Set(kept.map(({ id }) => id));
  const leftOut = new Set(plan.actions.flatMap(({ id }) => (keptIds.has(id) ? [] : [id])));
  const own = kept.map((action) => withoutEarlier(action, leftOut));
  const byId = new Map(plan.actions.map((action) => [action.id, action]));
  const blocked = blockDependants(
    own.map((action) => withBlock(action, blockOf(action, { selected, leftOut, byId }))),
  );
  return {
    plan: {
      ...plan,
      actions: blocked,
      assessments: markBlocked(plan.assessments, own, blocked),
    },
    selection: { only: selectors.map(({ text }) => text), unmatched, included, leftOut },
  };
}

const ownerOf = ({ kind, name }: Selectable): Address => addressOf(kind, name);

function selectedBy(
  selectors: readonly Selector[],
  resources: readonly Selectable[],
): { readonly selected: ReadonlySet<Address>; readonly unmatched: readonly string[] } {
  const found = selectors.map((selector) => ({
    text: selector.text,
    addresses: resources.filter((resource) => selects(selector, resource)).map(ownerOf),
  }));
  return {
    selected: new Set(found.flatMap(({ addresses }) => addresses)),
    unmatched: found.filter(({ addresses }) => addresses.length === 0).map(({ text }) => text),
  };
}

/** The selected resources and all that they need, directly or not. */
function withNeeded(
  selected: ReadonlySet<Address>,
  plan: Plan,
  { kinds, resources }: SelectionInput,
): Selection['included'] {
  const declared = new Map(resources.map((resource) => [resource.address, resource]));
  const required = requiredOwners(plan.actions);
  const included = new Map<Address, string | null>([...selected].map((address) => [address, null]));
  // A map is walked in the order of insertion, so what is added here is walked too.
  for (const address of included.keys()) {
    const desired = declared.get(address);
    const references = desired ? referencesOf(kinds, desired) : [];
    for (const { to, mentioned } of references)
      if (!mentioned && declared.has(to) && !included.has(to))
        included.set(to, `${address} refers to it`);
    for (const [owner, action] of required.get(address) ?? [])
      if (!included.has(owner)) included.set(owner, `${action} requires it`);
  }
  return included;
}

/** By resource, the resources that its actions require an action of, and which action does. Without deletions. */
function requiredOwners(
  actions: readonly Action[],
): ReadonlyMap<Address, readonly (readonly [owner: Address, by: ActionId])[]> {
  const byId = new Map(actions.map((action) => [action.id, action]));
  const owners = new Map<Address, (readonly [Address, ActionId])[]>();
  for (const action of actions)
    for (const id of action.requires) {
      const required = byId.get(id);
      if (!required || required.verb === 'delete') continue;
      const address = ownerOf(action);
      owners.set(address, [...(owners.get(address) ?? []), [ownerOf(required), action.id]]);
    }
  return owners;
}

/** An action that waits for no action that is left out, where it does not require that one's success. */
const withoutEarlier = (action: Action, leftOut: ReadonlySet<ActionId>): Action =>
  action.after?.some((id) => leftOut.has(id))
    ? { ...action, after: action.after.filter((id) => !leftOut.has(id)) }
    : action;

const withBlock = (action: Action, reason: string | undefined): Action =>
  reason === undefined || action.blockedReason !== undefined
    ? action
    : { ...action, blockedReason: reason };

/** Why an action on a selected or needed resource is blocked. */
function blockOf(
  action: Action,
  {
    selected,
    leftOut,
    byId,
  }: {
    readonly selected: ReadonlySet<Address>;
    readonly leftOut: ReadonlySet<ActionId>;
    readonly byId: ReadonlyMap<ActionId, Action>;
  },
): string | undefined {
  const address = ownerOf(action);
  if (action.verb === 'delete' && !selected.has(address))
    return `it is included and not selected, and only what is selected is deleted; ${remedyFor(address)}`;
  const missing = action.requires.find((id) => leftOut.has(id));
  const required = missing === undefined ? undefined : byId.get(missing);
  return (
    required && `waits for ${required.id}, which is not selected; ${remedyFor(ownerOf(required))}`
  );
}

const remedyFor = (address: Address): string => `to select it: --only ${shellWord(address)}`;
