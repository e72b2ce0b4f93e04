import { describe, expect, test } from 'vitest';
import type { Action, Verb } from '../../../src/model/pass/plan.ts';
import { blockDependants, inOrder } from '../../../src/reconcile/plan/order.ts';

type Plain = Exclude<Verb, 'assign' | 'unassign'>;

/** `a:create`, with what it requires. */
const action = (id: `${string}:${Plain}`, requires: readonly string[] = [], held?: string) => {
  const [name, verb] = id.split(':') as [string, Plain];
  return {
    id,
    kind: 'machines',
    name,
    verb,
    requires,
    changes: [],
    ...(held === undefined ? {} : { blockedReason: held }),
  } as unknown as Action;
};

describe('the order of actions', () => {
  test.each([
    {
      name: 'by verb',
      because: 'creates first, deletions last',
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
      name: 'within a verb',
      because: 'they stay as they came',
      actions: [action('b:create'), action('a:create')],
      order: ['b:create', 'a:create'],
    },
    {
      name: 'required',
      because: 'what is required comes first, whatever its verb',
      actions: [action('a:create', ['a:delete']), action('a:delete')],
      order: ['a:delete', 'a:create'],
    },
    {
      name: 'a chain',
      because: 'what is required has requirements too',
      actions: [
        action('a:create', ['b:create']),
        action('b:create', ['c:create']),
        action('c:create'),
      ],
      order: ['c:create', 'b:create', 'a:create'],
    },
    {
      name: 'required twice',
      because: 'it is done once',
      actions: [action('a:create', ['c:stop']), action('b:create', ['c:stop']), action('c:stop')],
      order: ['c:stop', 'a:create', 'b:create'],
    },
    {
      name: 'required of nobody',
      because: 'what is not planned is not waited for',
      actions: [action('a:create', ['z:create'])],
      order: ['a:create'],
    },
    {
      name: 'a circle',
      because: 'it ends all the same',
      actions: [action('a:create', ['b:create']), action('b:create', ['a:create'])],
      order: ['b:create', 'a:create'],
    },
  ])('$name: $because', ({ actions, order }) => {
    expect(inOrder(actions).map(({ id }) => id)).toEqual(order);
  });
});

describe('what waits with what is held', () => {
  test.each([
    {
      name: 'a chain',
      because: 'what waits for what waits, waits',
      actions: [
        action('a:create', [], 'no'),
        action('b:create', ['a:create']),
        action('c:create', ['b:create']),
        action('d:create'),
      ],
      held: ['no', 'waits for a:create', 'waits for b:create', undefined],
    },
    {
      name: 'held itself',
      because: 'its own reason stays',
      actions: [action('a:create', [], 'no'), action('b:create', ['a:create'], 'nor this')],
      held: ['no', 'nor this'],
    },
    {
      name: 'what requires something that nobody does',
      because: 'it would go ahead without it',
      actions: [action('a:create', ['z:create']), action('b:create', ['a:create'])],
      held: ['waits for z:create', 'waits for a:create'],
    },
    {
      name: 'a circle',
      because: 'what is in it is planned',
      actions: [action('b:create', ['a:create']), action('a:create', ['b:create'])],
      held: [undefined, undefined],
    },
    {
      name: 'a replacement',
      because: 'nothing is deleted that cannot be created again',
      actions: [action('a:delete'), action('a:create', ['a:delete'], 'no')],
      held: ['it could not be created again', 'no'],
    },
    {
      name: 'a replacement that is held in turn',
      because: 'what waits for its deletion waits too',
      actions: [
        action('b:delete'),
        action('a:delete', ['b:delete']),
        action('b:create', ['b:delete'], 'no'),
      ],
      held: ['it could not be created again', 'waits for b:delete', 'no'],
    },
    {
      name: 'a deletion of another one',
      because: 'only what is replaced stands or falls together',
      actions: [action('a:delete'), action('b:create', [], 'no')],
      held: [undefined, 'no'],
    },
    {
      name: 'a replacement with another verb held',
      because: 'an update that waits leaves it as it is',
      actions: [action('a:delete'), action('a:update', [], 'no')],
      held: [undefined, 'no'],
    },
    {
      name: 'a replacement beside what is held',
      because: 'its own creation goes ahead',
      actions: [action('a:delete'), action('a:create', ['a:delete']), action('z:create', [], 'no')],
      held: [undefined, undefined, 'no'],
    },
    {
      name: 'an update beside a create that is held',
      because: 'only deletions wait for what they make room for',
      actions: [action('a:create', [], 'no'), action('a:update')],
      held: ['no', undefined],
    },
    {
      name: 'a chain of which nothing is held',
      because: 'it does not wait',
      actions: [action('a:create'), action('b:create', ['a:create']), action('z:create', [], 'no')],
      held: [undefined, undefined, 'no'],
    },
    {
      name: 'a deletion that is held already',
      because: 'its own reason stays',
      actions: [action('a:delete', [], 'nor this'), action('a:create', [], 'no')],
      held: ['nor this', 'no'],
    },
  ])('$name: $because', ({ actions, held }) => {
    expect(blockDependants(actions).map((one) => one.blockedReason)).toEqual(held);
  });

  test('where nothing is held, the actions are left as they are', () => {
    const actions = [action('a:create'), action('b:create', ['a:create'])];
    expect(blockDependants(actions)).toBe(actions);
  });
});
