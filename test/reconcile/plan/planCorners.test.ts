import { describe, expect, test } from 'vitest';
import type { ResourceKind } from '../../../src/model/kind.ts';
import type { Reference } from '../../../src/model/resource.ts';
import { kindOf } from '../../../src/reconcile/kindOf.ts';
import { liveMachine, liveScript, machine, script, ubuntu } from '../../support/machines.ts';
import {
  actionsOf,
  bound,
  catalog,
  declared,
  findingsOf,
  have,
  live,
  planFor,
  want,
  type World,
  sentAt,
} from '../../support/team.ts';

const project = (over: object = {}, lifecycle = {}) =>
  want('projects', 'p', { ...over }, lifecycle);
const liveProject = have('projects', 'p', {});
const bindings = (...addresses: `${string}/${string}`[]) => ({
  bindings: new Map(
    addresses.map((address) => [address, bound(`id-${address.split('/')[1]}`)] as const),
  ),
});
const pinned = (kind: string, id: string): Reference => ({ by: 'id', kind, id });

interface Row extends World {
  readonly name: string;
  readonly because: string;
  readonly actions?: readonly string[];
  readonly findings?: readonly string[];
}

const rows = (table: readonly Row[]) =>
  test.each(table)('$name: $because', ({ actions = [], findings = [], ...world }) => {
    const planned = planFor(world);
    expect(actionsOf(planned)).toEqual(actions);
    expect(findingsOf(planned)).toEqual(findings);
  });

/** A kind of which the API has not all calls. */
function without(name: string, call: 'create' | 'update' | 'remove'): ResourceKind {
  const { [call]: _, ...kind } = kindOf(catalog.kinds, name);
  return kind;
}

/** The datasets of an API in which no version can be changed. */
function withFixedVersions(): ResourceKind {
  const kind = kindOf(catalog.kinds, 'datasets');
  const { versions } = kind.relations ?? {};
  if (!versions) throw new Error('datasets have versions');
  const { update: _, ...fixed } = versions;
  return { ...kind, relations: { versions: fixed } };
}

describe('members', () => {
  rows([
    {
      name: 'among namesakes',
      because: 'a name that is not unique says nothing, so the id is told',
      want: [script('s', { assignedMachines: [pinned('machines', '2')] })],
      have: [
        liveScript('s', '1'),
        liveMachine('m', {}, { id: '1' }),
        liveMachine('m', {}, { id: '2' }),
      ],
      memory: bindings('startupScripts/s'),
      actions: [
        'startupScripts/s:unassign(assignedMachines/1)',
        'startupScripts/s:assign(assignedMachines/2)',
      ],
      findings: ['drifted startupScripts/s', 'unmanaged machines/m', 'unmanaged machines/m'],
    },
    {
      name: 'at work without a word',
      because: 'it is waited for all the same',
      want: [script('s', { assignedMachines: [live('machines', 'm')] })],
      have: [liveScript('s'), liveMachine('m', {}, { ready: false })],
      memory: bindings('startupScripts/s'),
      findings: ['pending startupScripts/s: machines/m is not settled', 'unmanaged machines/m'],
    },
    {
      name: 'of a script that is only observed',
      because: 'nothing is done in its name',
      want: [
        script('s', { assignedMachines: [declared('machines', 'm')] }, { manage: 'observe' }),
        machine('m'),
      ],
      have: [ubuntu, liveScript('s')],
      memory: bindings('startupScripts/s'),
      actions: ['machines/m:create'],
      findings: ['missing machines/m'],
    },
    {
      name: 'of an observed script, drifted',
      because: 'it is told, and left alone',
      want: [script('s', { assignedMachines: [] }, { manage: 'observe' })],
      have: [liveScript('s', 'id-m'), liveMachine('m')],
      memory: bindings('startupScripts/s'),
      findings: [
        'drifted startupScripts/s: observed only (lifecycle.manage)',
        'unmanaged machines/m',
      ],
    },
    {
      name: 'created with a script that cannot be',
      because: 'it would miss its first boot',
      want: [
        machine('m'),
        script('s', { script: { from: 'keep' }, assignedMachines: [declared('machines', 'm')] }),
      ],
      have: [ubuntu],
      actions: [
        'machines/m:create held: startupScripts/s is not there and will not be created',
        'startupScripts/s:create held: script is { keep: true }, so there is nothing to create it with',
      ],
      findings: [
        'blocked machines/m: startupScripts/s is not there and will not be created',
        'blocked startupScripts/s: script is { keep: true }, so there is nothing to create it with; assignedMachines: machines/m is not there and will not be created',
      ],
    },
    {
      name: 'held by a script that is unsure of what it lists',
      because: 'it lets go of nothing, so nothing is taken from it',
      want: [
        script('holds', { assignedMachines: [live('machines', 'twice')] }),
        script('wants', { assignedMachines: [declared('machines', 'twice')] }),
        script('s', { assignedMachines: [declared('machines', 'm')] }),
        machine('m'),
        machine('twice'),
      ],
      have: [
        liveScript('holds'),
        liveScript('wants', 'id-m'),
        liveScript('s'),
        liveMachine('m'),
        liveMachine('twice', {}, { id: '1' }),
        liveMachine('twice', {}, { id: '2' }),
      ],
      memory: bindings('startupScripts/holds', 'startupScripts/wants', 'startupScripts/s'),
      findings: [
        'blocked startupScripts/holds: assignedMachines: 2 live machines are called "twice"',
        'blocked startupScripts/wants: assignedMachines: machines/twice is ambiguous',
        'blocked startupScripts/s: assignedMachines: machines/m is held by startupScripts/wants, which does not let go of it',
        'ambiguous machines/twice: several resources answer to this name (1, 2); rename or delete all but one',
      ],
    },
    {
      name: 'held by a script that lists it too',
      because: 'a machine has one script, and the one that has it keeps it',
      want: [
        script('holds', { assignedMachines: [live('machines', 'm')] }),
        script('s', { assignedMachines: [pinned('machines', 'id-m')] }),
      ],
      have: [liveScript('holds', 'id-m'), liveScript('s'), liveMachine('m')],
      memory: bindings('startupScripts/holds', 'startupScripts/s'),
      findings: [
        'blocked startupScripts/s: assignedMachines: machines/m is held by startupScripts/holds, which does not let go of it',
        'unmanaged machines/m',
      ],
    },
    {
      name: 'that are only names',
      because: 'a tag is its own id',
      want: [project({ tags: ['new'] })],
      have: [liveProject],
      members: { 'projects/id-p.tags': [have('', 'old', {}, { id: 'old' })] },
      actions: ['projects/p:unassign(tags/old)', 'projects/p:assign(tags/new)'],
      findings: ['drifted projects/p'],
    },
    {
      name: 'of a list that broke off',
      because: 'what was not seen may be there',
      want: [project({ tags: [] })],
      have: [liveProject],
      members: { 'projects/id-p.tags': [] },
      partial: ['projects/id-p.tags'],
      findings: ['blocked projects/p: tags could not be listed to the end: GET failed'],
    },
    {
      name: 'kept and not there',
      because: 'there is nothing to write',
      want: [project({ secrets: { T: { from: 'keep' } } })],
      have: [liveProject],
      members: { 'projects/id-p.secrets': [] },
      findings: ['blocked projects/p: secrets/T is { keep: true }, and there is none'],
    },
    {
      name: 'kept',
      because: 'whatever is there is right',
      want: [project({ secrets: { T: { from: 'keep' } } })],
      have: [liveProject],
      members: { 'projects/id-p.secrets': [have('', 'T', {})] },
    },
    {
      name: 'there, and not to be read',
      because: 'it is not known whether it is the same',
      want: [project({ secrets: { T: { from: 'env', name: 'T' } } })],
      have: [liveProject],
      members: { 'projects/id-p.secrets': [have('', 'T', {})] },
      written: { unreadable: () => 'T is not set' },
      findings: ['blocked projects/p: T is not set'],
    },
    {
      name: 'with fields of their own',
      because: 'those that differ are written',
      want: [want('datasets', 'd', { versions: { v1: { message: 'First', isCommitted: true } } })],
      have: [have('datasets', 'd', {})],
      members: { 'datasets/id-d.versions': [have('', 'v1', { isCommitted: true })] },
      actions: ['datasets/d:update(versions/v1)'],
      findings: ['drifted datasets/d'],
    },
    {
      name: 'with fields that the API cannot change',
      because: 'it is told',
      kinds: [withFixedVersions()],
      want: [want('datasets', 'd', { versions: { v1: { message: 'First' } } })],
      have: [have('datasets', 'd', {})],
      members: { 'datasets/id-d.versions': [have('', 'v1', {})] },
      findings: ['blocked datasets/d: versions/v1 cannot be changed'],
    },
  ]);
});

describe('addresses', () => {
  const address = (reference: Reference) =>
    want('publicIps', 'x', { region: 'ny2', machine: reference });
  const liveAddress = (ip: string, holder?: string) =>
    have(
      'publicIps',
      ip,
      { ip, region: 'ny2', ...(holder === undefined ? {} : { machine: holder }) },
      { id: ip },
    );
  const held = liveAddress('192.0.2.1', 'id-m');
  rows([
    {
      name: 'of a pinned machine',
      because: 'the machine keeps its address',
      want: [address(pinned('machines', 'id-m'))],
      have: [held, liveMachine('m')],
      findings: ['unmanaged machines/m'],
    },
    {
      name: 'of a name that two machines bear',
      because: 'no guess is made at whose it is',
      want: [address(live('machines', 'm'))],
      have: [held, liveMachine('m'), liveMachine('m', {}, { id: '2' })],
      actions: ['publicIps/x:create'],
      findings: [
        'blocked publicIps/x: machine: 2 live machines are called "m"',
        'unmanaged machines/m',
        'unmanaged machines/m',
        'unmanaged publicIps/192.0.2.1',
      ],
    },
    {
      name: 'of a machine in a list that broke off',
      because: 'nobody knows whose it is',
      want: [address(live('machines', 'm'))],
      have: [held, liveMachine('m')],
      partial: ['machines'],
      actions: ['publicIps/x:create'],
      findings: [
        'blocked publicIps/x: machine: machines could not be listed',
        'unmanaged machines/m',
        'unmanaged publicIps/192.0.2.1',
      ],
    },
  ]);
});

describe('what stands in the way', () => {
  const network = (name: string, over = {}, lifecycle = {}) =>
    want('privateNetworks', name, { region: 'ny2', ...over }, lifecycle);
  const liveNetwork = (name: string, over = {}) =>
    have('privateNetworks', name, { region: 'ny2' }, over);
  const replace = { onImmutableChange: 'replace' } as const;
  rows([
    {
      name: 'a former name that two claim',
      because: 'the first has it, and the other one is told',
      want: [network('a', {}, { formerName: 'old' }), network('b', {}, { formerName: 'old' })],
      have: [liveNetwork('old')],
      actions: ['privateNetworks/a:update'],
      findings: [
        'drifted privateNetworks/a',
        'ambiguous privateNetworks/b: several resources answer to this name (id-old); rename or delete all but one',
      ],
    },
    {
      name: 'at work without a word',
      because: 'nothing is compared',
      want: [machine('m', { machineType: 'C7' })],
      have: [liveMachine('m', {}, { ready: false })],
      findings: ['pending machines/m: the API is at work on it'],
    },
    {
      name: 'to be deleted, and at work',
      because: 'one job at a time',
      absent: [
        ['machines', 'm'],
        ['machines', 'n'],
      ],
      have: [
        liveMachine('m', {}, { ready: false }),
        liveMachine('n', {}, { ready: false, transition: 'starting' }),
      ],
      actions: [
        'machines/m:delete held: the API is at work on it',
        'machines/n:delete held: starting',
      ],
      findings: ['blocked machines/m: the API is at work on it', 'blocked machines/n: starting'],
    },
    {
      name: 'failed, and not to be mended',
      because: 'the failure is the status, and both are told',
      want: [machine('m', { diskSize: 50 })],
      have: [liveMachine('m', { diskSize: 100 }, { ready: false, failure: 'it broke' })],
      findings: ['failed machines/m: diskSize can only grow; it broke'],
    },
    {
      name: 'a template of a live machine that is not there',
      because: 'it can be made of nothing',
      want: [want('customTemplates', 't', { machine: live('machines', 'm') })],
      actions: [
        'customTemplates/t:create held: there is no live machine "m"; machines/m must be off; set its state to off',
      ],
      findings: [
        'blocked customTemplates/t: there is no live machine "m"; machines/m must be off; set its state to off',
      ],
    },
    {
      name: 'a machine that is ignored while it runs',
      because: 'its power is nobody’s business',
      want: [machine('m', { state: 'off' }, { ignoreChanges: ['state'] })],
      have: [liveMachine('m')],
    },
    {
      name: 'of a kind that the API cannot create',
      because: 'it is said in the words of its kind',
      kinds: [without('privateNetworks', 'create')],
      want: [network('a'), machine('m', { network: declared('privateNetworks', 'a') })],
      have: [ubuntu],
      actions: ['machines/m:create held: privateNetworks/a is not there and will not be created'],
      findings: [
        'blocked privateNetworks/a: the API cannot create a private network',
        'blocked machines/m: privateNetworks/a is not there and will not be created',
      ],
    },
    {
      name: 'of a kind that the API cannot delete, absent',
      because: 'it stays, and that is told',
      kinds: [without('privateNetworks', 'remove')],
      absent: [['privateNetworks', 'a']],
      have: [liveNetwork('a')],
      actions: ['privateNetworks/a:delete held: the API cannot delete a private network'],
      findings: ['blocked privateNetworks/a: the API cannot delete a private network'],
    },
    {
      name: 'of a kind that the API cannot delete, to be replaced',
      because: 'a second one is not created beside it',
      kinds: [without('privateNetworks', 'remove')],
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a')],
      actions: [
        'privateNetworks/a:delete held: the API cannot delete a private network',
        'privateNetworks/a:create held: the API cannot delete a private network',
      ],
      findings: ['blocked privateNetworks/a: the API cannot delete a private network'],
    },
    {
      name: 'a network that is only observed and not there',
      because: 'nothing makes it, so nothing can be made on it',
      want: [
        network('a', {}, { manage: 'observe' }),
        machine('m', { network: declared('privateNetworks', 'a') }),
      ],
      have: [ubuntu],
      actions: ['machines/m:create held: privateNetworks/a is not there and will not be created'],
      findings: [
        'missing privateNetworks/a: observed only (lifecycle.manage)',
        'blocked machines/m: privateNetworks/a is not there and will not be created',
      ],
    },
    {
      name: 'a member that is only observed and not there',
      because: 'the others are given, and it is told',
      want: [
        project({ models: [declared('models', 'a'), pinned('models', 'b')] }),
        want('models', 'a', {}, { manage: 'observe' }),
      ],
      have: [liveProject],
      members: { 'projects/id-p.models': [have('', 'c', {})] },
      actions: ['projects/p:assign(models/b)'],
      findings: [
        'blocked projects/p: models: models/a is not there and will not be created',
        'missing models/a: observed only (lifecycle.manage)',
      ],
    },
    {
      name: 'a replacement that is only observed',
      because: 'nothing is deleted',
      want: [network('a', { region: 'ca1' }, { ...replace, manage: 'observe' })],
      have: [liveNetwork('a')],
      findings: [
        'drifted privateNetworks/a: observed only (lifecycle.manage); region is fixed at creation',
      ],
    },
    {
      name: 'a replacement of what is at work',
      because: 'it is waited for',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a', { ready: false })],
      findings: ['pending privateNetworks/a: the API is at work on it'],
    },
    {
      name: 'a replacement of what is at work, and named by another',
      because: 'it stays for now, so what names it is as declared',
      want: [
        network('a', { region: 'ca1' }, replace),
        machine('m', { network: declared('privateNetworks', 'a') }),
      ],
      have: [liveNetwork('a', { ready: false }), liveMachine('m', { network: 'id-a' })],
      findings: ['pending privateNetworks/a: the API is at work on it'],
    },
    {
      name: 'a replacement of what failed at work',
      because: 'it will never come to rest',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a', { ready: false, failure: 'it broke' })],
      actions: ['privateNetworks/a:delete', 'privateNetworks/a:create'],
      findings: ['drifted privateNetworks/a'],
    },
    {
      name: 'a replacement in a list that broke off',
      because: 'what refers to it may stand in the rest',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a')],
      memory: bindings('privateNetworks/a'),
      partial: ['privateNetworks'],
      actions: [
        'privateNetworks/a:delete held: privateNetworks could not be listed to the end',
        'privateNetworks/a:create held: privateNetworks could not be listed to the end',
      ],
      findings: ['blocked privateNetworks/a: privateNetworks could not be listed to the end'],
    },
    {
      name: 'a replacement with a member',
      because: 'it is given back to the new one',
      want: [
        want('publicIps', 'x', { region: 'ca1', machine: declared('machines', 'm') }, replace),
        machine('m'),
      ],
      have: [liveMachine('m'), have('publicIps', 'x', { region: 'ny2', ip: 'x' }, { id: 'id-x' })],
      memory: bindings('publicIps/x'),
      actions: ['publicIps/x:delete', 'publicIps/x:create', 'publicIps/x:assign(machine/m)'],
      findings: ['drifted publicIps/x'],
    },
    {
      name: 'a replacement that holds what another one wants',
      because: 'it goes with its member, which is free from then on',
      want: [
        want('publicIps', 'x', { region: 'ca1', machine: null }, replace),
        want('publicIps', 'y', { region: 'ny2', machine: declared('machines', 'm') }),
        machine('m'),
      ],
      have: [
        liveMachine('m'),
        have('publicIps', 'x', { region: 'ny2', ip: 'x', machine: 'id-m' }),
        have('publicIps', 'y', { region: 'ny2', ip: 'y' }),
      ],
      memory: bindings('publicIps/x', 'publicIps/y'),
      actions: ['publicIps/x:delete', 'publicIps/x:create'],
      findings: [
        'drifted publicIps/x',
        'blocked publicIps/y: machine: machines/m is held by publicIps/x, which does not let go of it',
      ],
    },
  ]);
});

describe('a create that was sent for what is not declared any more', () => {
  const at = (time: string) => new Map([['privateNetworks/a' as const, sentAt(time)]]);
  const recent = at('2026-11-21T09:59:00Z');
  const old = at('2026-11-21T09:58:00Z');
  const network = (id: string) => have('privateNetworks', 'a', {}, { id });
  test.each<World & { name: string; because: string; bound?: string[]; gone?: string[] }>([
    {
      name: 'found',
      because: 'it is an orphan, and not somebody else’s',
      have: [network('1')],
      memory: { intents: old },
      bound: ['privateNetworks/a 1 false'],
    },
    {
      name: 'found twice',
      because: 'no guess is made, and it is over',
      have: [network('1'), network('2')],
      memory: { intents: old },
      gone: ['privateNetworks/a'],
    },
    { name: 'recent', because: 'it may still appear', memory: { intents: recent } },
    {
      name: 'long ago',
      because: 'it did not happen',
      memory: { intents: old },
      gone: ['privateNetworks/a'],
    },
    {
      name: 'in a list that broke off',
      because: 'it may stand in the rest',
      memory: { intents: old },
      partial: ['privateNetworks'],
    },
    {
      name: 'in no list',
      because: 'nothing is known of it',
      memory: { intents: old },
      unlisted: ['privateNetworks'],
    },
  ])('$name: $because', ({ bound: recognised = [], gone = [], ...world }) => {
    const planned = planFor(world);
    expect(
      planned.toBind.map(({ address, id, protected: kept }) => `${address} ${id} ${kept}`),
    ).toEqual(recognised);
    expect(planned.toUnbind).toEqual(gone);
  });
});

describe('whose a live resource is', () => {
  const network = (name: string) => want('privateNetworks', name, { region: 'ny2' });
  const liveNetwork = (name: string) => have('privateNetworks', name, { region: 'ny2' });
  const created = (boundAt: string) => ({
    bindings: new Map([['privateNetworks/a' as const, bound('gone', { created: true, boundAt })]]),
  });
  rows([
    {
      name: 'bound to another',
      because: 'nobody takes it by its new name',
      want: [network('b'), network('a')],
      have: [have('privateNetworks', 'b', { region: 'ny2' }, { id: 'id-a' })],
      memory: bindings('privateNetworks/a'),
      actions: ['privateNetworks/b:create', 'privateNetworks/a:update'],
      findings: ['missing privateNetworks/b', 'drifted privateNetworks/a'],
    },
    {
      name: 'created as long ago as lists may lag',
      because: 'then it is over',
      want: [network('a')],
      memory: created('2026-11-21T09:58:00Z'),
      actions: ['privateNetworks/a:create'],
      findings: ['missing privateNetworks/a'],
    },
  ]);

  test.each([
    { name: 'by its name', because: 'it is remembered', memory: {}, is: ['id-a'] },
    {
      name: 'by its binding',
      because: 'it is remembered already',
      memory: bindings('privateNetworks/a'),
      is: [],
    },
  ])('recognised $name: $because', ({ memory, is }) => {
    const planned = planFor({ want: [network('a')], have: [liveNetwork('a')], memory });
    expect(planned.toBind.map(({ id }) => id)).toEqual(is);
  });
});

test('power of which nothing is known is told as such, and switched neither on nor off', () => {
  const unknown = have('machines', 'm', { machineType: 'C5', region: 'ny2', diskSize: 50 });
  const planned = planFor({ want: [machine('m', { state: 'off' })], have: [unknown] });
  expect(planned.assessments[0]?.changes).toEqual([
    { path: 'state', desired: 'off', observed: null },
  ]);
  expect(actionsOf(planned)).toEqual([]);
});

test('what is pinned is told by its id, and what is live by its name', () => {
  const planned = planFor({
    want: [machine('m', { network: pinned('privateNetworks', 'id-2') })],
    have: [liveMachine('m', { network: 'id-1' }), have('privateNetworks', '1', {})],
  });
  expect(planned.assessments[0]?.changes).toEqual([
    { path: 'network', desired: 'id-2', observed: '1' },
  ]);
});
