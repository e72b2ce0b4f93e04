import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../../../src/model/api.ts';
import type { Listed } from '../../../src/model/kind/kind.ts';
import type { Listing } from '../../../src/model/pass/snapshot.ts';
import { kindOf } from '../../../src/reconcile/kindOf.ts';
import { completeListing } from '../../../src/reconcile/observe/observe.ts';
import { observeUnlisted } from '../../../src/reconcile/observe/unlisted.ts';
import { bound, catalog, have } from '../../support/team.ts';

const api = {} as Api;
const network = kindOf(catalog.kinds, 'privateNetworks');
const item = (over: object): Listed => ({ id: '1', name: 'a', spec: {}, ...over });

test('a bound resource that a list leaves out is requested by its id, and added to the listing', async () => {
  const asked: string[] = [];
  const get = async (_: Api, id: string) => {
    asked.push(id);
    return item({ id, name: `named ${id}` });
  };
  const shown = completeListing(network, [have('privateNetworks', 'there', {}, { id: '1' })]);
  const seen = await observeUnlisted(
    { kinds: new Map([['privateNetworks', { ...network, get }]]) },
    new Map([['privateNetworks', shown]]),
    {
      bindings: new Map([
        ['privateNetworks/there', bound('1')],
        ['privateNetworks/hidden', bound('2')],
        ['privateNetworks/young', bound('3', { created: true })],
        ['machines/m', bound('4')],
      ]),
      obligations: new Map(),
    },
    ({ created }) => created,
    api,
  );
  expect(asked).toEqual(['2']);
  expect(seen.get('privateNetworks')?.items.map(({ name }) => name)).toEqual(['there', 'named 2']);
});

test('a resource with an obligation is requested by its id, which replaces the listed item', async () => {
  const machines = kindOf(catalog.kinds, 'machines');
  const shown = completeListing(machines, [
    have('machines', 'm', { state: 'running' }, { id: '1' }),
    have('machines', 'other', { state: 'running' }, { id: '2' }),
  ]);
  const asked: string[] = [];
  const get = async (_: Api, id: string) => {
    asked.push(id);
    return item({ id, name: 'm', spec: { state: 'off' } });
  };
  const fields = { state: { owed: 'running', temporary: 'off' } };
  const seen = await observeUnlisted(
    { kinds: new Map([['machines', { ...machines, get }]]) },
    new Map([['machines', shown]]),
    {
      bindings: new Map(),
      obligations: new Map([
        ['machines/m', { id: '1', at: '2026-01-01T00:00:00Z', fields }],
        ['machines/gone', { id: '3', at: '2026-01-01T00:00:00Z', fields }],
      ]),
    },
    () => false,
    api,
  );
  expect(asked).toEqual(['1']);
  expect(seen.get('machines')?.items.map(({ name, spec }) => [name, spec['state']])).toEqual([
    ['other', 'running'],
    ['m', 'off'],
  ]);
});

test.each([
  { because: 'nothing is left out', kind: network, complete: true },
  { because: 'its list is incomplete', kind: network, complete: false },
])('no request is sent if $because', async ({ kind, complete }) => {
  const whole = completeListing(kind, []);
  const listing: Listing = complete ? whole : { ...whole, complete: false, error: 'no' };
  const bindings = complete ? new Map() : new Map([['privateNetworks/n' as const, bound('1')]]);
  const seen = await observeUnlisted(
    { kinds: new Map([['privateNetworks', kind]]) },
    new Map([['privateNetworks', listing]]),
    { bindings, obligations: new Map() },
    () => false,
    api,
  );
  expect(seen.size).toBe(0);
});

describe('the request for a bound resource that is not listed', () => {
  const observed = (get: () => Promise<undefined>) =>
    observeUnlisted(
      { kinds: new Map([['privateNetworks', { ...network, get }]]) },
      new Map([['privateNetworks', completeListing(network, [])]]),
      {
        bindings: new Map([['privateNetworks/n', bound('1')]]),
        obligations: new Map(),
      },
      () => false,
      api,
    );

  test('makes the list incomplete if it fails', async () => {
    const seen = await observed(() =>
      Promise.reject(new ApiError('no', { verdict: 'unavailable' })),
    );
    expect(seen.get('privateNetworks')).toMatchObject({ complete: false, error: 'no' });
  });

  test('leaves the list complete if the resource is deleted', async () => {
    const seen = await observed(async () => undefined);
    expect(seen.get('privateNetworks')).toMatchObject({ complete: true, items: [] });
  });

  test('rejects on an error in the code', async () => {
    const bug = observed(() => Promise.reject(new TypeError('a bug')));
    await expect(bug).rejects.toThrow('a bug');
  });
});
