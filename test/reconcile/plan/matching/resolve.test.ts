import { describe, expect, test } from 'vitest';
import type { Reference } from '../../../../src/model/resource.ts';
import type { Match } from '../../../../src/reconcile/plan/matching/match.ts';
import { completeListing } from '../../../../src/reconcile/observe/observe.ts';
import { resolver } from '../../../../src/reconcile/plan/matching/resolve.ts';
import { catalog, declared, have, live } from '../../../support/team.ts';

const network = have('privateNetworks', 'n', {});
const listed = (...items: (typeof network)[]) =>
  new Map([['privateNetworks', completeListing({ name: 'privateNetworks' }, items)]]);

describe('what a reference comes to', () => {
  const here = declared('privateNetworks', 'n');
  test.each<{
    name: string;
    because: string;
    reference?: Reference;
    found?: Match;
    created?: boolean;
    replaced?: boolean;
    snapshot?: Parameters<typeof resolver>[1];
    is: string;
  }>([
    {
      name: 'pinned',
      because: 'it is believed without a look',
      reference: { by: 'id', kind: 'privateNetworks', id: 'n1' },
      is: 'id n1',
    },
    {
      name: 'found',
      because: 'it is there',
      found: { is: 'found', live: network, new: false },
      is: 'id id-n',
    },
    {
      name: 'found, and replaced',
      because: 'what is there goes, so the new one is meant',
      found: { is: 'found', live: network, new: false },
      replaced: true,
      is: 'created privateNetworks/n',
    },
    {
      name: 'just created',
      because: 'its id is known',
      found: { is: 'justCreated', id: 'n2' },
      is: 'id n2',
    },
    {
      name: 'missing',
      because: 'this plan creates it',
      found: { is: 'missing' },
      is: 'created privateNetworks/n',
    },
    {
      name: 'missing, and not created',
      because: 'nothing will be there',
      found: { is: 'missing' },
      created: false,
      is: 'unresolved privateNetworks/n is not there and will not be created',
    },
    {
      name: 'ambiguous',
      because: 'no guess is made',
      found: { is: 'ambiguous', among: [network, { ...network, id: '2' }] },
      is: 'unresolved privateNetworks/n is ambiguous',
    },
    {
      name: 'a lost answer',
      because: 'it may be there',
      found: { is: 'createUncertain', since: 'then' },
      is: 'unresolved whether privateNetworks/n is there is not known',
    },
    {
      name: 'not seen',
      because: 'it may be there',
      found: { is: 'unknown', error: 'no' },
      is: 'unresolved whether privateNetworks/n is there is not known',
    },
    {
      name: 'not declared',
      because: 'somebody took it away',
      is: 'invalid privateNetworks/n is not declared',
    },
    {
      name: 'live, not listed',
      because: 'the list is wanted first',
      reference: live('privateNetworks', 'n'),
      is: 'listNeeded privateNetworks',
    },
    {
      name: 'live, in part of a list',
      because: 'it may stand in the rest',
      reference: live('privateNetworks', 'n'),
      snapshot: new Map([
        [
          'privateNetworks',
          { kind: 'privateNetworks', complete: false, items: [], byId: new Map(), error: 'no' },
        ],
      ]),
      is: 'unresolved privateNetworks could not be listed',
    },
    {
      name: 'live, one',
      because: 'that is it',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(network),
      is: 'id id-n',
    },
    {
      name: 'live, none',
      because: 'nobody bears the name',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(),
      is: 'invalid there is no live private network "n"',
    },
    {
      name: 'live, two',
      because: 'no guess is made',
      reference: live('privateNetworks', 'n'),
      snapshot: listed(network, { ...network, id: '2' }),
      is: 'invalid 2 live private networks are called "n"',
    },
    {
      name: 'live, of a kind that nobody knows',
      because: 'it is called what it is called',
      reference: live('ghosts', 'n'),
      snapshot: new Map([['ghosts', completeListing({ name: 'ghosts' }, [])]]),
      is: 'invalid there is no live ghosts "n"',
    },
  ])(
    '$name: $because',
    ({ reference = here, found, created = true, replaced, snapshot = new Map(), is }) => {
      const resolve = resolver(
        catalog,
        snapshot,
        () => found,
        () => created,
        ...(replaced === undefined ? [] : [() => replaced]),
      );
      expect(Object.values(resolve(reference)).join(' ')).toBe(is);
    },
  );
});
