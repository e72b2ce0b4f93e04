import { describe, expect, test } from 'vitest';
import type { Reference } from '../../../../src/model/resource.ts';
import type { Match } from '../../../../src/reconcile/plan/matching/match.ts';
import { completeListing } from '../../../../src/reconcile/observe/observe.ts';
import { resolver } from '../../../../src/reconcile/plan/matching/resolve.ts';
import { catalog, declared, have, live } from '../../../support/team.ts';

const network = have('privateNetworks', 'n', {});
const listed = (...items: (typeof network)[]) =>
  new Map([['privateNetworks', completeListing({ name: 'privateNetworks' }, items)]]);

describe('a reference resolves', () => {
  const toNetwork = declared('privateNetworks', 'n');
  test.each<{
    name: string;
    because: string;
    reference?: Reference;
    match?: Match;
    created?: boolean;
    replaced?: boolean;
    snapshot?: Parameters<typeof resolver>[1];
    expected: string;
  }>([
    {
      name: 'a pinned id',
      because: 'it is used without a check',
      reference: { by: 'id', kind: 'privateNetworks', id: 'n1' },
      expected: 'id n1',
    },
    {
      name: 'a declared resource that exists',
      because: 'its id is known',
      match: { is: 'found', live: network, new: false },
      expected: 'id id-n',
    },
    {
      name: 'a declared resource that is being replaced',
      because: 'the reference means the new resource',
      match: { is: 'found', live: network, new: false },
      replaced: true,
      expected: 'created privateNetworks/n',
    },
    {
      name: 'a declared resource that was just created',
      because: 'its id is known',
      match: { is: 'justCreated', id: 'n2' },
      expected: 'id n2',
    },
    {
      name: 'a missing resource that this plan creates',
      because: 'its id is known after the create',
      match: { is: 'missing' },
      expected: 'created privateNetworks/n',
    },
    {
      name: 'a missing resource that this plan does not create',
      because: 'there will be no id',
      match: { is: 'missing' },
      created: false,
      expected: 'unresolved privateNetworks/n is not there and will not be created',
    },
    {
      name: 'a declared resource that two live resources match',
      because: 'Holdfast does not guess',
      match: { is: 'ambiguous', among: [network, { ...network, id: '2' }] },
      expected: 'unresolved privateNetworks/n is ambiguous',
    },
    {
      name: 'a resource whose create is uncertain',
      because: 'it may exist',
      match: { is: 'createUncertain', since: 'then' },
      expected: 'unresolved whether privateNetworks/n is there is not known',
    },
    {
      name: 'a resource that may be in the rest of an incomplete list',
      because: 'it may exist',
      match: { is: 'unknown', error: 'no' },
      expected: 'unresolved whether privateNetworks/n is there is not known',
    },
    {
      name: 'a resource that is not declared',
      because: 'the declaration was removed',
      expected: 'invalid privateNetworks/n is not declared',
    },
    {
      name: 'a live resource of a kind that was not listed',
      because: 'the list is requested first',
      reference: live('privateNetworks', 'n'),
      expected: 'listNeeded privateNetworks',
    },
    {
      name: 'a live resource that an incomplete list lacks',
      because: 'it may be in the rest of the list',
      reference: live('privateNetworks', 'n'),
      snapshot: new Map([
        [
          'privateNetworks',
          { kind: 'privateNetworks', complete: false, items: [], byId: new Map(), error: 'no' },
        ],
      ]),
      expected: 'unresolved privateNetworks could not be listed',
    },
    {
      name: 'a live resource with a unique name',
      because: 'the list shows its id',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(network),
      expected: 'id id-n',
    },
    {
      name: 'a live resource that does not exist',
      because: 'no resource has that name',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(),
      expected: 'invalid there is no live private network "n"',
    },
    {
      name: 'a live name that two resources have',
      because: 'Holdfast does not guess',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(network, { ...network, id: '2' }),
      expected: 'invalid 2 live private networks are called "n"',
    },
    {
      name: 'a live resource of an unknown kind',
      because: 'the message uses the name of the kind as it is',
      reference: live('ghosts', 'n'),
      snapshot: new Map([['ghosts', completeListing({ name: 'ghosts' }, [])]]),
      expected: 'invalid there is no live ghosts "n"',
    },
  ])(
    '$name: $because',
    ({
      reference = toNetwork,
      match,
      created = true,
      replaced,
      snapshot = new Map(),
      expected,
    }) => {
      const resolve = resolver(
        catalog,
        snapshot,
        () => match,
        () => created,
        ...(replaced === undefined ? [] : [() => replaced]),
      );
      expect(Object.values(resolve(reference)).join(' ')).toBe(expected);
    },
  );
});
