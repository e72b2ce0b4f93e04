import { describe, expect, test } from 'vitest';
import type { Reference, Spec } from '../../../src/model/resource.ts';
import {
  actionsOf,
  bound,
  declared,
  findingsOf,
  have,
  live,
  planFor,
  text,
  want,
  type World,
  sentAt,
} from '../../support/team.ts';

const ubuntu = have('osTemplates', 'Ubuntu 22.04', {}, { id: 't0nspur5' });
const machineSpec = {
  machineType: 'C5',
  template: live('osTemplates', 'Ubuntu 22.04'),
  region: 'ny2',
  diskSize: 50,
};
const machine = (name: string, over: object = {}, lifecycle = {}) =>
  want('machines', name, { ...machineSpec, ...over }, lifecycle);
const liveMachine = (name: string, over: object = {}, rest = {}) =>
  have(
    'machines',
    name,
    { machineType: 'C5', region: 'ny2', diskSize: 50, state: 'running', ...over },
    { transition: 'ready', ...rest },
  );
const network = (name: string, over = {}, lifecycle = {}) =>
  want('privateNetworks', name, { region: 'ny2', ...over }, lifecycle);
const liveNetwork = (name: string, over = {}) =>
  have('privateNetworks', name, { region: 'ny2' }, over);
const script = (name: string, over: object = {}, lifecycle = {}) =>
  want('startupScripts', name, { script: text('echo'), ...over }, lifecycle);
const liveScript = (name: string, over: object = {}) =>
  have('startupScripts', name, {
    isEnabled: true,
    isRunOnce: false,
    assignedMachines: [],
    ...over,
  });
const on = (...names: string[]): Reference[] => names.map((name) => declared('machines', name));

const known = (...names: string[]) => ({
  bindings: new Map(names.map((name) => [`startupScripts/${name}` as const, bound(`id-${name}`)])),
});

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

describe('what is there and what is not', () => {
  rows([
    {
      name: 'missing',
      because: 'what is declared and absent is created',
      want: [network('a')],
      actions: ['privateNetworks/a:create'],
      findings: ['missing privateNetworks/a'],
    },
    {
      name: 'in sync',
      because: 'the steady state is an empty plan',
      want: [network('a')],
      have: [liveNetwork('a')],
    },
    {
      name: 'unmanaged',
      because: 'what nobody declared is told, never touched',
      have: [liveNetwork('a')],
      findings: ['unmanaged privateNetworks/a'],
    },
    {
      name: 'orphaned',
      because: 'deletion is never by omission',
      have: [liveNetwork('a')],
      memory: { bindings: new Map([['privateNetworks/a', bound('id-a')]]) },
      findings: ['orphaned privateNetworks/a'],
    },
    {
      name: 'pruned',
      because: 'an orphan goes when settings.prune lists its kind',
      have: [liveNetwork('a'), liveNetwork('b')],
      memory: { bindings: new Map([['privateNetworks/a', bound('id-a')]]) },
      prune: ['privateNetworks'],
      actions: ['privateNetworks/a:delete'],
      findings: ['drifted privateNetworks/a', 'unmanaged privateNetworks/b'],
    },
    {
      name: 'pruned, protected',
      because: 'preventDeletion outlives its block',
      have: [liveNetwork('a')],
      memory: { bindings: new Map([['privateNetworks/a', bound('id-a', { protected: true })]]) },
      prune: ['privateNetworks'],
      actions: [
        'privateNetworks/a:delete held: lifecycle.preventDeletion was set when it was last declared',
      ],
      findings: [
        'blocked privateNetworks/a: lifecycle.preventDeletion was set when it was last declared',
      ],
    },
    {
      name: 'absent',
      because: 'what absent names is deleted',
      have: [liveNetwork('a')],
      absent: [['privateNetworks', 'a']],
      actions: ['privateNetworks/a:delete'],
      findings: ['drifted privateNetworks/a'],
    },
    {
      name: 'absent and gone',
      because: 'there is nothing left to do',
      absent: [['privateNetworks', 'a']],
    },
    {
      name: 'absent twice',
      because: 'no guess is made at which of two namesakes is to go',
      have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
      absent: [['privateNetworks', 'a']],
      findings: Array.from(
        { length: 2 },
        () =>
          'ambiguous privateNetworks/a: 2 live resources bear this name; delete the right one by hand',
      ),
    },
    {
      name: 'absent with dependants',
      because: 'a network goes after the machines on it',
      have: [liveNetwork('n'), liveMachine('m', { network: 'id-n' })],
      absent: [
        ['privateNetworks', 'n'],
        ['machines', 'm'],
      ],
      actions: ['machines/m:delete', 'privateNetworks/n:delete'],
      findings: ['drifted privateNetworks/n', 'drifted machines/m'],
    },
    {
      name: 'ambiguous',
      because: 'names are not unique, and a guess could cost a machine',
      want: [network('a')],
      have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
      findings: [
        'ambiguous privateNetworks/a: several resources answer to this name (1, 2); rename or delete all but one',
      ],
    },
    {
      name: 'bound among namesakes',
      because: 'the binding says which one is meant',
      want: [network('a')],
      have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
      memory: { bindings: new Map([['privateNetworks/a', bound('2')]]) },
      findings: ['unmanaged privateNetworks/a'],
    },
    {
      name: 'renamed in the live team',
      because: 'the name counts: what is bound is renamed back',
      want: [network('a')],
      have: [liveNetwork('b', { id: '1' })],
      memory: { bindings: new Map([['privateNetworks/a', bound('1')]]) },
      actions: ['privateNetworks/a:update'],
      findings: ['drifted privateNetworks/a'],
    },
    {
      name: 'former name',
      because: 'it is renamed, not created another time',
      want: [network('new', {}, { formerName: 'old' })],
      have: [liveNetwork('old')],
      actions: ['privateNetworks/new:update'],
      findings: ['drifted privateNetworks/new'],
    },
    {
      name: 'just created',
      because: 'a list may not show it for a while',
      want: [network('a')],
      memory: {
        bindings: new Map([
          ['privateNetworks/a', bound('1', { created: true, boundAt: '2026-11-21T09:59:00Z' })],
        ]),
      },
      findings: ['pending privateNetworks/a: created, and not yet listed'],
    },
    {
      name: 'created and gone',
      because: 'after the visibility window it is missing',
      want: [network('a')],
      memory: {
        bindings: new Map([
          ['privateNetworks/a', bound('1', { created: true, boundAt: '2026-11-21T09:50:00Z' })],
        ]),
      },
      actions: ['privateNetworks/a:create'],
      findings: ['missing privateNetworks/a'],
    },
    {
      name: 'lost answer',
      because: 'a create that may have happened is not sent again while it may still appear',
      want: [network('a')],
      memory: { intents: new Map([['privateNetworks/a', sentAt('2026-11-21T09:59:00Z')]]) },
      findings: [
        'pending privateNetworks/a: a create was sent at 2026-11-21T09:59:00.000Z and its answer was lost; it may still appear',
      ],
    },
    {
      name: 'lost answer, found',
      because: 'it is adopted by its name',
      want: [network('a')],
      have: [liveNetwork('a')],
      memory: { intents: new Map([['privateNetworks/a', sentAt('2026-11-21T09:59:00Z')]]) },
    },
    {
      name: 'partial listing',
      because: 'nothing is created, deleted or called missing from a partial view',
      want: [network('a'), network('b')],
      have: [liveNetwork('b'), liveNetwork('c')],
      absent: [['privateNetworks', 'c']],
      partial: ['privateNetworks'],
      memory: { bindings: new Map([['privateNetworks/b', bound('id-b')]]) },
      actions: [
        'privateNetworks/c:delete held: privateNetworks could not be listed to the end: GET failed',
      ],
      findings: [
        'blocked privateNetworks/a: privateNetworks could not be listed to the end: GET failed',
        'blocked privateNetworks/c: privateNetworks could not be listed to the end: GET failed',
      ],
    },
  ]);
});

describe('fields', () => {
  rows([
    {
      name: 'immutable',
      because: 'the API cannot move a network',
      want: [network('a', { region: 'ca1' })],
      have: [liveNetwork('a')],
      findings: ['blocked privateNetworks/a: region is fixed at creation'],
    },
    {
      name: 'ignored',
      because: 'lifecycle.ignoreChanges takes a field out',
      want: [network('a', { region: 'ca1' }, { ignoreChanges: ['region'] })],
      have: [liveNetwork('a')],
    },
    {
      name: 'observe only',
      because: 'drift is told, and nothing is done',
      want: [script('s', { isRunOnce: true }, { manage: 'observe' })],
      have: [liveScript('s')],
      findings: ['drifted startupScripts/s: observed only (lifecycle.manage)'],
    },
    {
      name: 'case',
      because: 'machine types are compared whatever their case (FACTS 9)',
      want: [machine('m', { machineType: 'c5' })],
      have: [liveMachine('m')],
    },
    {
      name: 'write-only, known',
      because: 'what was written last is not written again',
      want: [script('s')],
      have: [liveScript('s')],
      memory: { bindings: new Map([['startupScripts/s', bound('id-s')]]) },
    },
    {
      name: 'write-only, changed',
      because: 'its digest differs',
      want: [script('s')],
      have: [liveScript('s')],
      memory: { bindings: new Map([['startupScripts/s', bound('id-s')]]) },
      written: { is: () => false },
      actions: ['startupScripts/s:update'],
      findings: ['drifted startupScripts/s'],
    },
    {
      name: 'write-only, adopted',
      because: 'what another live resource was given says nothing of this one',
      want: [script('s')],
      have: [liveScript('s')],
      actions: ['startupScripts/s:update'],
      findings: ['drifted startupScripts/s'],
    },
    {
      name: 'write-only, kept',
      because: '{ keep: true } is whatever is there',
      want: [script('s', { script: { from: 'keep' } })],
      have: [liveScript('s')],
    },
    {
      name: 'write-only, kept and missing',
      because: 'there is nothing to create it with',
      want: [script('s', { script: { from: 'keep' } })],
      actions: [
        'startupScripts/s:create held: script is { keep: true }, so there is nothing to create it with',
      ],
      findings: [
        'blocked startupScripts/s: script is { keep: true }, so there is nothing to create it with',
      ],
    },
    {
      name: 'unreadable secret',
      because: 'it blocks its resource alone',
      want: [script('s'), script('t')],
      have: [liveScript('t')],
      memory: { bindings: new Map([['startupScripts/t', bound('id-t')]]) },
      written: {
        unreadable: (address) =>
          address === 'startupScripts/s' ? 'script: X is not set' : undefined,
      },
      actions: ['startupScripts/s:create held: script: X is not set'],
      findings: ['blocked startupScripts/s: script: X is not set'],
    },
    {
      name: 'fixed write-only, changed',
      because: 'a machine cannot get another template',
      want: [machine('m')],
      have: [liveMachine('m'), ubuntu],
      memory: { bindings: new Map([['machines/m', bound('id-m')]]) },
      written: { is: () => false },
      findings: ['blocked machines/m: template is fixed at creation'],
    },
    {
      name: 'unsettled',
      because: 'only a machine at rest is acted on (FACTS 4.1)',
      want: [machine('m', { machineType: 'C7' })],
      have: [liveMachine('m', {}, { ready: false, transition: 'provisioning' })],
      findings: ['pending machines/m: provisioning'],
    },
  ]);
});

describe('references', () => {
  rows([
    {
      name: 'created in one pass',
      because: 'a machine comes after its network',
      want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
      have: [ubuntu],
      actions: ['privateNetworks/n:create', 'machines/m:create'],
      findings: ['missing machines/m', 'missing privateNetworks/n'],
    },
    {
      name: 'nothing fits',
      because: 'an unknown template blocks its machine alone',
      want: [machine('m'), network('n')],
      actions: [
        'machines/m:create held: there is no live OS template "Ubuntu 22.04"',
        'privateNetworks/n:create',
      ],
      findings: [
        'blocked machines/m: there is no live OS template "Ubuntu 22.04"',
        'missing privateNetworks/n',
      ],
    },
    {
      name: 'two things fit',
      because: 'no guess is made',
      want: [machine('m')],
      have: [ubuntu, { ...ubuntu, id: 'other' }],
      actions: ['machines/m:create held: 2 live OS templates are called "Ubuntu 22.04"'],
      findings: ['blocked machines/m: 2 live OS templates are called "Ubuntu 22.04"'],
    },
    {
      name: 'blocked reference',
      because: 'what needs an ambiguous network waits',
      want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
      have: [ubuntu, liveNetwork('n', { id: '1' }), liveNetwork('n', { id: '2' })],
      actions: ['machines/m:create held: privateNetworks/n is ambiguous'],
      findings: [
        'blocked machines/m: privateNetworks/n is ambiguous',
        'ambiguous privateNetworks/n: several resources answer to this name (1, 2); rename or delete all but one',
      ],
    },
    {
      name: 'moved to a new network',
      because: 'the update waits for the network',
      want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
      have: [liveMachine('m', { network: 'id-other' })],
      actions: ['privateNetworks/n:create', 'machines/m:update'],
      findings: ['drifted machines/m', 'missing privateNetworks/n'],
    },
    {
      name: 'template of a machine that is off',
      because: 'a template is made from a machine at rest (FACTS 3.8)',
      want: [
        want('customTemplates', 't', { machine: declared('machines', 'm') }),
        machine('m', { state: 'off' }),
      ],
      have: [liveMachine('m', { state: 'off' })],
      actions: ['customTemplates/t:create'],
      findings: ['missing customTemplates/t'],
    },
    {
      name: 'template of a machine that is stopped in this pass',
      because: 'it waits for the stop',
      want: [
        want('customTemplates', 't', { machine: declared('machines', 'm') }),
        machine('m', { state: 'off' }),
      ],
      have: [liveMachine('m')],
      actions: ['machines/m:stop', 'customTemplates/t:create'],
      findings: ['missing customTemplates/t', 'drifted machines/m'],
    },
    {
      name: 'template of a machine that runs',
      because: 'nobody allowed it to be stopped',
      want: [
        want('customTemplates', 't', { machine: declared('machines', 'm') }),
        machine('m', { state: 'running' }),
      ],
      have: [liveMachine('m')],
      actions: ['customTemplates/t:create held: machines/m must be off; set its state to off'],
      findings: ['blocked customTemplates/t: machines/m must be off; set its state to off'],
    },
    {
      name: 'machine from a new template',
      because: 'the whole chain goes in one pass',
      want: [
        machine('b', { template: declared('customTemplates', 't') }),
        want('customTemplates', 't', { machine: declared('machines', 'a') }),
        machine('a', { state: 'off' }),
      ],
      have: [ubuntu],
      actions: ['machines/a:create', 'customTemplates/t:create', 'machines/b:create'],
      findings: ['missing machines/b', 'missing customTemplates/t', 'missing machines/a'],
    },
  ]);
});

describe('relations', () => {
  rows([
    {
      name: 'assign and unassign',
      because: 'a set is what is declared and nothing else',
      want: [
        script('s', { assignedMachines: on('a', 'b') }),
        machine('a'),
        machine('b'),
        machine('c'),
      ],
      have: [
        liveScript('s', { assignedMachines: ['id-b', 'id-c'] }),
        ...['a', 'b', 'c'].map((name) => liveMachine(name)),
      ],
      memory: known('s'),
      actions: [
        'startupScripts/s:unassign(assignedMachines/c)',
        'startupScripts/s:assign(assignedMachines/a)',
      ],
      findings: ['drifted startupScripts/s'],
    },
    {
      name: 'additive',
      because: 'extra members are left alone',
      want: [
        script('s', { assignedMachines: on('a') }, { additive: ['assignedMachines'] }),
        machine('a'),
      ],
      have: [liveScript('s', { assignedMachines: ['id-b'] }), liveMachine('a'), liveMachine('b')],
      memory: known('s'),
      actions: ['startupScripts/s:assign(assignedMachines/a)'],
      findings: ['drifted startupScripts/s', 'unmanaged machines/b'],
    },
    {
      name: 'not declared',
      because: 'a relation that is not set is nobody’s business',
      want: [script('s')],
      have: [liveScript('s', { assignedMachines: ['id-b'] }), liveMachine('b')],
      memory: known('s'),
      findings: ['unmanaged machines/b'],
    },
    {
      name: 'new machine',
      because: 'it is created with its script, so that it runs at the first boot',
      want: [script('s', { assignedMachines: on('a') }), machine('a')],
      have: [ubuntu],
      actions: ['startupScripts/s:create', 'machines/a:create'],
      findings: ['missing startupScripts/s', 'missing machines/a'],
    },
    {
      name: 'new script, old machine',
      because: 'the assignment waits for the script',
      want: [script('s', { assignedMachines: on('a') }), machine('a')],
      have: [liveMachine('a')],
      actions: ['startupScripts/s:create', 'startupScripts/s:assign(assignedMachines/a)'],
      findings: ['missing startupScripts/s'],
    },
    {
      name: 'moved from script to script',
      because: 'a machine has one script, so it is freed first (FACTS 8.5)',
      want: [
        script('new', { assignedMachines: on('a') }),
        script('old', { assignedMachines: [] }),
        machine('a'),
      ],
      have: [
        liveScript('new'),
        liveScript('old', { assignedMachines: ['id-a'] }),
        liveMachine('a'),
      ],
      memory: known('new', 'old'),
      actions: [
        'startupScripts/old:unassign(assignedMachines/a)',
        'startupScripts/new:assign(assignedMachines/a)',
      ],
      findings: ['drifted startupScripts/new', 'drifted startupScripts/old'],
    },
    {
      name: 'held by a script that is not declared',
      because: 'what is unmanaged is not touched',
      want: [script('new', { assignedMachines: on('a') }), machine('a')],
      have: [
        liveScript('new'),
        liveScript('theirs', { assignedMachines: ['id-a'] }),
        liveMachine('a'),
      ],
      memory: known('new'),
      findings: [
        'blocked startupScripts/new: assignedMachines: machines/a is held by startupScripts/theirs, which does not let go of it',
        'unmanaged startupScripts/theirs',
      ],
    },
    {
      name: 'member that is gone',
      because: 'a deleted machine may still stand in the list; there is nothing to take away',
      want: [script('s', { assignedMachines: [] })],
      have: [liveScript('s', { assignedMachines: ['id-deleted'] })],
      memory: known('s'),
    },
    {
      name: 'unsettled member',
      because: 'one job at a time on a machine',
      want: [script('s', { assignedMachines: on('a') }), machine('a')],
      have: [liveScript('s'), liveMachine('a', {}, { ready: false, transition: 'starting' })],
      memory: known('s'),
      findings: [
        'pending startupScripts/s: machines/a is starting',
        'pending machines/a: starting',
      ],
    },
  ]);
});

describe('power', () => {
  const weekdays = { running: 'Mon-Fri 08:00-19:00', timezone: 'Europe/Berlin' };
  rows([
    {
      name: 'not set',
      because: 'it is left as it is',
      want: [machine('a'), machine('b')],
      have: [liveMachine('a'), liveMachine('b', { state: 'off' })],
    },
    {
      name: 'stop',
      because: 'it is wanted off',
      want: [machine('a', { state: 'off' })],
      have: [liveMachine('a')],
      actions: ['machines/a:stop'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'start',
      because: 'it is wanted running',
      want: [machine('a', { state: 'running' })],
      have: [liveMachine('a', { state: 'off' })],
      actions: ['machines/a:start'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'timetable, weekend',
      because: 'it is off outside its hours',
      want: [machine('a', { state: weekdays })],
      have: [liveMachine('a')],
      actions: ['machines/a:stop'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'timetable, morning',
      because: '07:30 UTC is 08:30 in Berlin',
      want: [machine('a', { state: weekdays })],
      have: [liveMachine('a', { state: 'off' })],
      now: new Date('2026-11-20T07:30:00Z'),
      actions: ['machines/a:start'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'resize while it runs',
      because: 'nobody allowed it to be stopped',
      want: [machine('a', { machineType: 'C7' })],
      have: [liveMachine('a')],
      findings: [
        'blocked machines/a: machineType: it must be off for that; set state: off or lifecycle.allowStop',
      ],
    },
    {
      name: 'resize with allowStop',
      because: 'it is stopped, changed and started again',
      want: [machine('a', { machineType: 'C7', diskSize: 100 }, { allowStop: true })],
      have: [liveMachine('a')],
      actions: ['machines/a:stop', 'machines/a:update', 'machines/a:start'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'resize on the way off',
      because: 'it is stopped anyway',
      want: [machine('a', { machineType: 'C7', state: 'off' })],
      have: [liveMachine('a')],
      actions: ['machines/a:stop', 'machines/a:update'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'resize on the way up',
      because: 'it is started when it is as declared',
      want: [machine('a', { machineType: 'C7', state: 'running' })],
      have: [liveMachine('a', { state: 'off' })],
      actions: ['machines/a:update', 'machines/a:start'],
      findings: ['drifted machines/a'],
    },
    {
      name: 'shrink',
      because: 'disks only grow',
      want: [machine('a', { diskSize: 50 })],
      have: [liveMachine('a', { diskSize: 100, state: 'off' })],
      findings: ['blocked machines/a: diskSize can only grow'],
    },
    {
      name: 'other fields while it runs',
      because: 'a blocked field holds back only itself',
      want: [machine('a', { machineType: 'C7', autoShutdownEnabled: true })],
      have: [liveMachine('a', { autoShutdownEnabled: false })],
      actions: ['machines/a:update'],
      findings: [
        'blocked machines/a: machineType: it must be off for that; set state: off or lifecycle.allowStop',
      ],
    },
  ]);
});

test('what needs a list that was not read is said, not guessed', () => {
  expect(planFor({ want: [machine('m')], unlisted: ['osTemplates'] }).requiredLists).toEqual([
    { list: 'lookup', kind: 'osTemplates' },
  ]);
  expect(planFor({ want: [machine('m')], have: [ubuntu] }).requiredLists).toEqual([]);
});

describe('addresses, which bear no name', () => {
  const address = (name: string, over: object = {}, lifecycle = {}) =>
    want('publicIps', name, { region: 'ny2', ...over }, lifecycle);
  const of = (name: string) => ({ machine: declared('machines', name) });
  const liveAddress = (ip: string, over: object = {}) =>
    have('publicIps', ip, { ip, region: 'ny2', ...over }, { id: ip });
  const [one, two] = ['192.0.2.1', '192.0.2.2'];
  const boundTo = (...pairs: [string, string][]) => ({
    bindings: new Map(pairs.map(([name, ip]) => [`publicIps/${name}` as const, bound(ip)])),
  });
  rows([
    {
      name: 'by ip before all else',
      because: 'nobody takes what another one names',
      want: [address('any'), address('this', { ip: one })],
      have: [liveAddress(one)],
      actions: ['publicIps/any:create'],
      findings: ['missing publicIps/any'],
    },
    {
      name: 'by ip, though another one is bound',
      because: 'what is written counts before what is remembered',
      want: [address('gate', { ip: two })],
      have: [liveAddress(one), liveAddress(two)],
      memory: boundTo(['gate', one]),
      findings: [`unmanaged publicIps/${one}`],
    },
    {
      name: 'by an ip that is not there',
      because: 'the API chooses addresses, so none is claimed for it',
      want: [address('gate', { ip: two })],
      have: [liveAddress(one)],
      actions: [
        `publicIps/gate:create held: there is no public IP whose ip is ${two}, and the API chooses it`,
      ],
      findings: [
        `blocked publicIps/gate: there is no public IP whose ip is ${two}, and the API chooses it`,
        `unmanaged publicIps/${one}`,
      ],
    },
    {
      name: 'by its machine, declared or live',
      because: 'the machine keeps its address',
      want: [address('gate', { machine: live('machines', 'theirs') })],
      have: [liveMachine('theirs'), liveAddress(one), liveAddress(two, { machine: 'id-theirs' })],
      findings: [`unmanaged machines/theirs`, `unmanaged publicIps/${one}`],
    },
    {
      name: 'of another region, or in use',
      because: 'only a free one of the region is taken',
      want: [address('gate')],
      have: [liveAddress(one, { region: 'ca1' }), liveAddress(two, { machine: 'id-theirs' })],
      actions: ['publicIps/gate:create'],
      findings: [
        'missing publicIps/gate',
        `unmanaged publicIps/${one}`,
        `unmanaged publicIps/${two}`,
      ],
    },
    {
      name: 'a machine that has another one',
      because: 'a machine has one address, so the other one is freed first',
      want: [machine('a'), address('x', { machine: null }), address('y', of('a'))],
      have: [liveMachine('a'), liveAddress(one, { machine: 'id-a' }), liveAddress(two)],
      memory: boundTo(['x', one], ['y', two]),
      actions: ['publicIps/x:unassign(machine/a)', 'publicIps/y:assign(machine/a)'],
      findings: ['drifted publicIps/x', 'drifted publicIps/y'],
    },
  ]);
});

describe('what the API does not take', () => {
  const member = (name: string, role: string) => want('teamMembers', name, { role });
  const restoring = machine('a', { restorePointSnapshot: declared('snapshots', 's') });
  const snapshot = want('snapshots', 's', { machine: declared('machines', 'a') });
  rows([
    {
      name: 'another name where the name is the key',
      because: 'it cannot be renamed',
      want: [want('teamSecrets', 'NEW', { value: text('v') }, { formerName: 'OLD' })],
      have: [have('teamSecrets', 'OLD', {})],
      memory: { bindings: new Map([['teamSecrets/NEW', bound('id-OLD')]]) },
      findings: ['blocked teamSecrets/NEW: name is fixed at creation'],
    },
    {
      name: 'a change of what is fixed',
      because: 'it is told and left alone',
      want: [member('ada', 'member')],
      have: [have('teamMembers', 'ada', { role: 'owner' }, { readOnlyReason: 'ada is the owner' })],
      findings: ['blocked teamMembers/ada: ada is the owner'],
    },
    {
      name: 'the deletion of what is fixed',
      because: 'it stays',
      absent: [['teamMembers', 'ada']],
      have: [have('teamMembers', 'ada', { role: 'owner' }, { readOnlyReason: 'ada is the owner' })],
      actions: ['teamMembers/ada:delete held: ada is the owner'],
      findings: ['blocked teamMembers/ada: ada is the owner'],
    },
    {
      name: 'what only an update carries',
      because: 'it comes when both ends are there, though each names the other',
      want: [restoring, snapshot],
      have: [ubuntu],
      actions: ['machines/a:create', 'snapshots/s:create', 'machines/a:update'],
      findings: ['missing machines/a', 'missing snapshots/s'],
    },
  ]);
});

describe('a deployment', () => {
  const config = {
    apiVersion: 'v1',
    image: 'api:1',
    resources: { machineType: 'C5', ports: [80] },
  };
  const project = (over: Spec = {}) => want('projects', 'p', over);
  const deployment = (over: object = {}, lifecycle = {}) =>
    want(
      'deployments',
      'api',
      { project: declared('projects', 'p'), config: { ...config, ...over } },
      lifecycle,
    );
  const liveDeployment = (over: object = {}, rest = {}) =>
    have('deployments', 'api', { project: 'id-p', config: { ...config, ...over } }, rest);
  const liveProject = have('projects', 'p', {});
  const starting = { ready: false, transition: 'not healthy yet' };
  const registry = { kind: 'ghcr', namespace: 'n', url: 'u', username: 'u', password: text('p') };

  rows([
    {
      name: 'what a config does not set',
      because: 'it is nobody’s business',
      want: [project(), deployment()],
      have: [liveProject, liveDeployment({ enabled: true, env: [] })],
    },
    {
      name: 'at work, as declared',
      because: 'it is waited for',
      want: [project(), deployment()],
      have: [liveProject, liveDeployment({}, starting)],
      findings: ['pending deployments/api: not healthy yet'],
    },
    {
      name: 'at work, and not as declared',
      because: 'what never becomes healthy must take another spec',
      want: [project(), deployment({ image: 'api:2' })],
      have: [liveProject, liveDeployment({}, starting)],
      actions: ['deployments/api:update'],
      findings: ['drifted deployments/api'],
    },
    {
      name: 'a part that is ignored',
      because: 'lifecycle.ignoreChanges may name a part',
      want: [project(), deployment({ image: 'api:2' }, { ignoreChanges: ['config.image'] })],
      have: [liveProject, liveDeployment()],
    },
    {
      name: 'a new secret in the environment',
      because: 'the secret comes before the deployment that names it',
      want: [
        deployment({ env: [{ name: 'T', value: 'secret:TOKEN' }] }),
        project({ secrets: { TOKEN: text('v'), OTHER: text('v') } }),
      ],
      actions: [
        'projects/p:create',
        'projects/p:assign(secrets/TOKEN)',
        'deployments/api:create',
        'projects/p:assign(secrets/OTHER)',
      ],
      findings: ['missing deployments/api', 'missing projects/p'],
    },
    {
      name: 'a new registry in an update',
      because: 'the API refuses a spec that names none',
      want: [
        project(),
        deployment({ containerRegistry: 'r' }),
        want('containerRegistries', 'r', registry),
      ],
      have: [liveProject, liveDeployment()],
      actions: ['containerRegistries/r:create', 'deployments/api:update'],
      findings: ['drifted deployments/api', 'missing containerRegistries/r'],
    },
    {
      name: 'a model of another name',
      because: 'the API has no operation that changes a model',
      want: [want('models', 'new', {}, { formerName: 'old' })],
      have: [have('models', 'old', { isPublic: false })],
      findings: ['blocked models/new: name cannot be changed'],
    },
  ]);

  test('is told of part by part', () => {
    const planned = planFor({
      want: [project(), deployment({ env: [{ name: 'A', value: 'secret:T' }] })],
      have: [
        liveProject,
        liveDeployment({
          image: 'api:2',
          resources: { machineType: 'c5', ports: [80, 81] },
          env: [{ name: 'A', value: 'hunter2' }],
        }),
      ],
    });
    expect(planned.actions.map(({ changes }) => changes)).toEqual([
      [
        { path: 'config.image', desired: 'api:1', observed: 'api:2' },
        { path: 'config.resources.ports', desired: [80], observed: [80, 81] },
        { path: 'config.env[0].value', desired: 'secret:T', observed: '(hidden)' },
      ],
    ]);
    expect(planned.actions[0]).toMatchObject({ fields: ['config'] });
  });
});

test('a declared kind that was not listed throws', () => {
  const unlisted = ['privateNetworks'];
  const networks = [want('privateNetworks', 'n', { region: 'ny2' })];
  expect(() => planFor({ want: networks, unlisted })).toThrow('privateNetworks were not listed');
});
