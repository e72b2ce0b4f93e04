import { describe, expect, test } from 'vitest';
import { liveNetwork, network } from '../../support/machines.ts';
import { wholePlanTests } from '../../support/planRows.ts';
import { bindings, bound, planFor, sentAt, type World } from '../../support/team.ts';

wholePlanTests([
  {
    name: 'no longer declared',
    because: 'a binding ends once a complete list omits its resource, unless that was just created',
    have: [liveNetwork('there')],
    memory: {
      bindings: new Map([
        ['privateNetworks/there', bound('id-there')],
        ['privateNetworks/gone', bound('id-gone')],
        ['privateNetworks/created', bound('1', { created: true })],
        ['privateNetworks/young', bound('2', { created: true, boundAt: '2026-11-21T09:59:00Z' })],
        [
          'privateNetworks/nolonger',
          bound('3', { created: true, boundAt: '2026-11-21T09:58:00Z' }),
        ],
        ['privateNetworks/recognised', bound('4', { boundAt: '2026-11-21T09:59:00Z' })],
        ['startupScripts/s', bound('5')],
        ['machines/m', bound('6')],
      ]),
    },
    partial: ['startupScripts'],
    unlisted: ['machines'],
    plan: [
      'orphaned privateNetworks/there (id-there); undeclared',
      'unbind privateNetworks/gone',
      'unbind privateNetworks/created',
      'unbind privateNetworks/nolonger',
      'unbind privateNetworks/recognised',
      'not complete',
    ],
  },
  {
    name: 'preventDeletion',
    because: 'the binding records it for the time after the declaration is removed',
    want: [
      network('a', {}, { preventDeletion: true }),
      network('b', {}, { preventDeletion: true }),
      network('c'),
    ],
    have: [liveNetwork('a'), liveNetwork('b'), liveNetwork('c')],
    memory: {
      bindings: new Map([
        ['privateNetworks/a', bound('id-a')],
        ['privateNetworks/c', bound('id-c', { protected: true })],
      ]),
    },
    plan: [
      'inSync privateNetworks/a (id-a)',
      'inSync privateNetworks/b (id-b)',
      'inSync privateNetworks/c (id-c)',
      'bind privateNetworks/a to id-a, protected',
      'bind privateNetworks/b to id-b, protected',
      'bind privateNetworks/c to id-c',
    ],
  },
]);

test.each([
  { name: 'by its name', because: 'the binding is recorded', memory: {}, is: ['id-a'] },
  {
    name: 'by its binding',
    because: 'it is already recorded',
    memory: bindings('privateNetworks/a'),
    is: [],
  },
])('match $name: $because', ({ memory, is }) => {
  const planned = planFor({ want: [network('a')], have: [liveNetwork('a')], memory });
  expect(planned.toBind.map(({ id }) => id)).toEqual(is);
});

describe('a create without a response, of a resource that is no longer declared', () => {
  const at = (time: string) => new Map([['privateNetworks/a' as const, sentAt(time)]]);
  const recent = at('2026-11-21T09:59:00Z');
  const old = at('2026-11-21T09:58:00Z');
  test.each<World & { name: string; because: string; toBind?: string[]; toUnbind?: string[] }>([
    {
      name: 'listed',
      because: 'the resource is bound, and thereby orphaned',
      have: [liveNetwork('a', { id: '1' })],
      memory: { intents: old },
      toBind: ['privateNetworks/a 1 false'],
    },
    {
      name: 'listed twice',
      because: 'an ambiguous name is not bound, and the intent is cleared',
      have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
      memory: { intents: old },
      toUnbind: ['privateNetworks/a'],
    },
    {
      name: 'within the visibility window',
      because: 'it may still be listed',
      memory: { intents: recent },
    },
    {
      name: 'after the visibility window',
      because: 'the create did not succeed',
      memory: { intents: old },
      toUnbind: ['privateNetworks/a'],
    },
    {
      name: 'incomplete list',
      because: 'the resource may be in the rest',
      memory: { intents: old },
      partial: ['privateNetworks'],
    },
    {
      name: 'list not read',
      because: 'whether the resource exists is unknown',
      memory: { intents: old },
      unlisted: ['privateNetworks'],
    },
  ])('$name: $because', ({ toBind = [], toUnbind = [], ...world }) => {
    const planned = planFor(world);
    expect(
      planned.toBind.map(
        ({ address, id, protected: isProtected }) => `${address} ${id} ${isProtected}`,
      ),
    ).toEqual(toBind);
    expect(planned.toUnbind).toEqual(toUnbind);
  });
});
