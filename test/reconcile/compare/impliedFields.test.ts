import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/model/pass/plan.ts';
import type { Reference } from '../../../src/model/resource.ts';
import { withoutImpliedFields } from '../../../src/reconcile/compare/impliedFields.ts';
import { referencesOf } from '../../../src/reconcile/plan/relations/references.ts';
import { locksOf } from '../../../src/reconcile/guard/locks.ts';
import { catalog, declared, live, want } from '../../support/team.ts';

const machine = want('machines', 'm', { region: 'ny2', publicIpType: 'static' });
const address = (of: Reference | null, lifecycle = {}) =>
  want('publicIps', 'x', { region: 'ny2', machine: of }, lifecycle);
describe('a machine that is declared static', () => {
  const kept = { region: 'ny2', publicIpType: 'static' };
  const without = { region: 'ny2' };
  test.each([
    { because: 'an address makes it so', by: address(declared('machines', 'm')), is: without },
    { because: 'a live one may be declared', by: address(live('machines', 'm')), is: without },
    { because: 'another one has it', by: address(declared('machines', 'n')), is: kept },
    { because: 'nobody has it', by: address(null), is: kept },
    {
      because: 'an id names no declared one',
      by: address({ by: 'id', kind: 'machines', id: 'm' }),
      is: kept,
    },
    {
      because: 'the address is only observed',
      by: address(declared('machines', 'm'), { manage: 'observe' }),
      is: kept,
    },
    {
      because: 'whose it is, is ignored',
      by: address(declared('machines', 'm'), { ignoreChanges: ['machine'] }),
      is: kept,
    },
    {
      because: 'a script makes nothing so',
      by: want('startupScripts', 's', { assignedMachines: [declared('machines', 'm')] }),
      is: kept,
    },
  ])('$because', ({ by, is }) => {
    const resources = withoutImpliedFields(catalog.kinds, [by, machine]);
    expect(resources[1]?.spec).toEqual(is);
  });

  test('and is told otherwise, stays as it is told', () => {
    const dynamic = want('machines', 'm', { publicIpType: 'dynamic' });
    const resources = [address(declared('machines', 'm')), dynamic];
    expect(withoutImpliedFields(catalog.kinds, resources)[1]).toEqual(dynamic);
  });

  test('returns the same resources if nothing is implied', () => {
    const resources = [machine];
    expect(withoutImpliedFields(catalog.kinds, resources)).toBe(resources);
  });
});

describe('what an action works on alone', () => {
  const all = [
    machine,
    want('snapshots', 's', { machine: declared('machines', 'm') }),
    want('customTemplates', 't', { machine: { by: 'id', kind: 'machines', id: 'id-m' } }),
    want('machines', 'n', { network: declared('privateNetworks', 'p') }),
    want('privateNetworks', 'p', {}),
    address(declared('machines', 'm')),
  ];
  const desired = new Map(all.map((one) => [one.address, one]));
  const action = (verb: string, kind: string, name: string, over = {}): Action =>
    ({ id: '', verb, kind, name, changes: [], requires: [], ...over }) as unknown as Action;
  test.each([
    { because: 'a machine', action: action('stop', 'machines', 'm'), locks: ['machines/m'] },
    {
      because: 'a machine and not its network',
      action: action('create', 'machines', 'n'),
      locks: ['machines/n'],
    },
    {
      because: 'the machine of a snapshot',
      action: action('create', 'snapshots', 's'),
      locks: ['machines/m'],
    },
    {
      because: 'the machine of a template, by its id',
      action: action('create', 'customTemplates', 't'),
      locks: ['machines/id-m'],
    },
    { because: 'nothing once it is made', action: action('delete', 'snapshots', 's'), locks: [] },
    { because: 'nothing by a relation', action: action('create', 'publicIps', 'x'), locks: [] },
    {
      because: 'nothing for a member',
      action: action('assign', 'machines', 'm', { relation: 'accessors' }),
      locks: [],
    },
    {
      because: 'nothing of a network',
      action: action('create', 'privateNetworks', 'p'),
      locks: [],
    },
    {
      because: 'nothing of what is not declared',
      action: action('create', 'snapshots', 'none'),
      locks: [],
    },
    {
      because: 'nothing of a kind that is not known',
      action: action('create', 'x', 'x'),
      locks: [],
    },
  ])('$because', ({ action: one, locks }) => {
    expect(locksOf(catalog, desired, one)).toEqual(locks);
  });
});

describe('what a resource names', () => {
  test.each([
    {
      because: 'each once a field, in the order of its fields',
      of: want('projects', 'p', {
        models: [declared('models', 'a'), declared('models', 'a'), live('models', 'b')],
      }),
      links: [
        { path: 'models', to: 'models/a' },
        { path: 'models', to: 'models/b' },
      ],
    },
    {
      because: 'what stands in free-form fields is told as such',
      of: want('deployments', 'd', {
        project: declared('projects', 'p'),
        config: { containerRegistry: 'r' },
      }),
      links: [
        { path: 'project', to: 'projects/p' },
        { path: 'config', to: 'containerRegistries/r', mentioned: true },
      ],
    },
    { because: 'of a kind that is not known, nothing is', of: want('x', 'x', {}), links: [] },
    { because: 'a network names nothing', of: want('privateNetworks', 'n', {}), links: [] },
  ])('$because', ({ of, links }) => {
    expect(referencesOf(catalog.kinds, of)).toEqual(links);
  });
});
