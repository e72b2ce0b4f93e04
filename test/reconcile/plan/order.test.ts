import { describe, expect, test } from 'vitest';
import type { Action, Verb } from '../../../src/model/pass/plan.ts';
import { blockDependants, inOrder } from '../../../src/reconcile/plan/order.ts';

type Plain = Exclude<Verb, 'assign' | 'unassign'>;

/** An action such as `a:create`, the ids of the actions that it requires, and why it is blocked. */
const action = (
  id: `${string}:${Plain}`,
  requires: readonly string[] = [],
  blockedReason?: string,
) => {
  const [name, verb] = id.split(':') as [string, Plain];
  return {
    id,
    kind: 'machines',
    name,
    verb,
    requires,
    changes: [],
    ...(blockedReason !== undefined && { blockedReason }),
  } as unknown as Action;
};

describe('the order of actions', () => {
  test.each([
    {
      name: 'actions of all verbs',
      because: 'creates come first and deletions last',
      actions: [
        action('a:delete'),
        action('b:start'),
        action('c:update'),
        action('d:stop'),
        action('e:create'),
      ],
      order: ['e:create', 'd:stop', 'c:update', 'b:start', 'a:delete'],
    },
    {
      name: 'two actions with the same verb',
      because: 'they keep their order',
      actions: [action('b:create'), action('a:create')],
      order: ['b:create', 'a:create'],
    },
    {
      name: 'a create that requires a deletion',
      because: 'a required action comes first, whatever its verb',
      actions: [action('a:create', ['a:delete']), action('a:delete')],
      order: ['a:delete', 'a:create'],
    },
    {
      name: 'a chain of three creates',
      because: 'a required action comes after those that it requires itself',
      actions: [
        action('a:create', ['b:create']),
        action('b:create', ['c:create']),
        action('c:create'),
      ],
      order: ['c:create', 'b:create', 'a:create'],
    },
    {
      name: 'one action that two others require',
      because: 'it runs once, before both',
      actions: [action('a:create', ['c:stop']), action('b:create', ['c:stop']), action('c:stop')],
      order: ['c:stop', 'a:create', 'b:create'],
    },
    {
      name: 'a create that requires an action outside the plan',
      because: 'an action that is not planned has no place in the order',
      actions: [action('a:create', ['z:create'])],
      order: ['a:create'],
    },
    {
      name: 'two actions that require each other',
      because: 'a cycle does not loop forever',
      actions: [action('a:create', ['b:create']), action('b:create', ['a:create'])],
      order: ['b:create', 'a:create'],
    },
  ])('$name: $because', ({ actions, order }) => {
    expect(inOrder(actions).map(({ id }) => id)).toEqual(order);
  });
});

describe('actions that require a blocked action', () => {
  test.each([
    {
      name: 'a chain that begins with a blocked create',
      because: 'each later action waits for the one before it',
      actions: [
        action('a:create', [], 'no'),
        action('b:create', ['a:create']),
        action('c:create', ['b:create']),
        action('d:create'),
      ],
      reasons: ['no', 'waits for a:create', 'waits for b:create', undefined],
    },
    {
      name: 'a blocked action that requires a blocked action',
      because: 'it keeps its own reason',
      actions: [action('a:create', [], 'no'), action('b:create', ['a:create'], 'nor this')],
      reasons: ['no', 'nor this'],
    },
    {
      name: 'a create that requires an action outside the plan',
      because: 'it must not run without the action that it requires',
      actions: [action('a:create', ['z:create']), action('b:create', ['a:create'])],
      reasons: ['waits for z:create', 'waits for a:create'],
    },
    {
      name: 'two actions that require each other',
      because: 'both are planned, and neither is blocked',
      actions: [action('b:create', ['a:create']), action('a:create', ['b:create'])],
      reasons: [undefined, undefined],
    },
    {
      name: 'a replacement whose create is blocked',
      because: 'a resource that cannot be created again is not deleted',
      actions: [action('a:delete'), action('a:create', ['a:delete'], 'no')],
      reasons: ['it could not be created again', 'no'],
    },
    {
      name: 'a replacement whose create is blocked, and a deletion after its deletion',
      because: 'that deletion waits too',
      actions: [
        action('b:delete'),
        action('a:delete', ['b:delete']),
        action('b:create', ['b:delete'], 'no'),
      ],
      reasons: ['it could not be created again', 'waits for b:delete', 'no'],
    },
    {
      name: 'a deletion beside a blocked create of another resource',
      because: 'only the deletion and the create of one replacement depend on each other',
      actions: [action('a:delete'), action('b:create', [], 'no')],
      reasons: [undefined, 'no'],
    },
    {
      name: 'a deletion beside a blocked update of the same resource',
      because: 'only a blocked create blocks the deletion',
      actions: [action('a:delete'), action('a:update', [], 'no')],
      reasons: [undefined, 'no'],
    },
    {
      name: 'a replacement beside a blocked create of another resource',
      because: 'its own create is not blocked',
      actions: [action('a:delete'), action('a:create', ['a:delete']), action('z:create', [], 'no')],
      reasons: [undefined, undefined, 'no'],
    },
    {
      name: 'an update beside a blocked create of the same resource',
      because: 'only deletions wait for a create',
      actions: [action('a:create', [], 'no'), action('a:update')],
      reasons: ['no', undefined],
    },
    {
      name: 'a chain beside a blocked create of another resource',
      because: 'no action in it is blocked',
      actions: [action('a:create'), action('b:create', ['a:create']), action('z:create', [], 'no')],
      reasons: [undefined, undefined, 'no'],
    },
    {
      name: 'a blocked deletion beside a blocked create of the same resource',
      because: 'it keeps its own reason',
      actions: [action('a:delete', [], 'nor this'), action('a:create', [], 'no')],
      reasons: ['nor this', 'no'],
    },
  ])('$name: $because', ({ actions, reasons }) => {
    expect(blockDependants(actions).map(({ blockedReason }) => blockedReason)).toEqual(reasons);
  });

  test('without a blocked action, the same list is returned', () => {
    const actions = [action('a:create'), action('b:create', ['a:create'])];
    expect(blockDependants(actions)).toBe(actions);
  });
});
