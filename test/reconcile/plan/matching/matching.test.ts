import { liveNetwork, network } from '../../../support/machines.ts';
import { planTests, wholePlanTests } from '../../../support/planRows.ts';
import { bindings, bound, have, sentAt } from '../../../support/team.ts';

planTests([
  {
    name: 'in sync',
    because: 'a resource that matches its live one needs no action',
    want: [network('a')],
    have: [liveNetwork('a')],
  },
  {
    name: 'unmanaged',
    because: 'a live resource that was never declared is reported, not changed',
    have: [liveNetwork('a')],
    findings: ['unmanaged privateNetworks/a'],
  },
  {
    name: 'duplicate name',
    because: 'names are not unique, and a wrong match could delete a machine',
    want: [network('a')],
    have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
    findings: [
      'ambiguous privateNetworks/a: several resources answer to this name (1, 2); rename or delete all but one',
    ],
  },
  {
    name: 'duplicate name with a binding',
    because: 'the binding identifies the resource',
    want: [network('a')],
    have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
    memory: { bindings: new Map([['privateNetworks/a', bound('2')]]) },
    findings: ['unmanaged privateNetworks/a'],
  },
  {
    name: 'renamed outside Holdfast',
    because: 'the declared name is restored on the bound resource',
    want: [network('a')],
    have: [liveNetwork('b', { id: '1' })],
    memory: { bindings: new Map([['privateNetworks/a', bound('1')]]) },
    actions: ['privateNetworks/a:update'],
    findings: ['drifted privateNetworks/a'],
  },
  {
    name: 'former name',
    because: 'the resource is renamed instead of created',
    want: [network('new', {}, { formerName: 'old' })],
    have: [liveNetwork('old')],
    actions: ['privateNetworks/new:update'],
    findings: ['drifted privateNetworks/new'],
  },
  {
    name: 'former name declared twice',
    because: 'the first resource gets the match, and the second is ambiguous',
    want: [network('a', {}, { formerName: 'old' }), network('b', {}, { formerName: 'old' })],
    have: [liveNetwork('old')],
    actions: ['privateNetworks/a:update'],
    findings: [
      'drifted privateNetworks/a',
      'ambiguous privateNetworks/b: several resources answer to this name (id-old); rename or delete all but one',
    ],
  },
  {
    name: 'name of a resource that is bound to another address',
    because: 'a binding takes precedence over a name',
    want: [network('b'), network('a')],
    have: [have('privateNetworks', 'b', { region: 'ny2' }, { id: 'id-a' })],
    memory: bindings('privateNetworks/a'),
    actions: ['privateNetworks/b:create', 'privateNetworks/a:update'],
    findings: ['missing privateNetworks/b', 'drifted privateNetworks/a'],
  },
  {
    name: 'created, not listed yet',
    because: 'a list may omit a new resource within the visibility window',
    want: [network('a')],
    memory: {
      bindings: new Map([
        ['privateNetworks/a', bound('1', { created: true, boundAt: '2026-11-21T09:59:00Z' })],
      ]),
    },
    findings: ['pending privateNetworks/a: created, and not yet listed'],
  },
  {
    name: 'created, not listed after the visibility window',
    because: 'the resource counts as missing',
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
    name: 'created exactly the visibility window ago',
    because: 'the window has ended',
    want: [network('a')],
    memory: {
      bindings: new Map([
        ['privateNetworks/a', bound('gone', { created: true, boundAt: '2026-11-21T09:58:00Z' })],
      ]),
    },
    actions: ['privateNetworks/a:create'],
    findings: ['missing privateNetworks/a'],
  },
  {
    name: 'create without a response',
    because: 'it may have succeeded, so it is not sent again within the visibility window',
    want: [network('a')],
    memory: { intents: new Map([['privateNetworks/a', sentAt('2026-11-21T09:59:00Z')]]) },
    findings: [
      'pending privateNetworks/a: a create was sent at 2026-11-21T09:59:00.000Z and its answer was lost; it may still appear',
    ],
  },
  {
    name: 'create without a response, then listed',
    because: 'the resource is matched by its name',
    want: [network('a')],
    have: [liveNetwork('a')],
    memory: { intents: new Map([['privateNetworks/a', sentAt('2026-11-21T09:59:00Z')]]) },
  },
  {
    name: 'incomplete list',
    because:
      'an incomplete list shows neither that a resource is missing nor that it can be deleted',
    want: [network('a'), network('b')],
    have: [liveNetwork('b'), liveNetwork('c')],
    absent: [['privateNetworks', 'c']],
    partial: ['privateNetworks'],
    memory: { bindings: new Map([['privateNetworks/b', bound('id-b')]]) },
    actions: [
      'privateNetworks/c:delete blocked: privateNetworks could not be listed to the end: GET failed',
    ],
    findings: [
      'blocked privateNetworks/a: privateNetworks could not be listed to the end: GET failed',
      'blocked privateNetworks/c: privateNetworks could not be listed to the end: GET failed',
    ],
  },
]);

wholePlanTests([
  {
    name: 'create without a response, whole plan',
    because: 'the resource is pending, and no action is planned',
    want: [network('a')],
    memory: {
      intents: new Map([['privateNetworks/a', sentAt('2026-11-21T09:59:00Z')]]),
    },
    plan: [
      'pending privateNetworks/a; a create was sent at 2026-11-21T09:59:00.000Z and its answer was lost; it may still appear',
    ],
  },
]);
