import { expect, test } from 'vitest';
import {
  liveMachine,
  liveNetwork,
  liveScript,
  machine,
  network,
  script,
  ubuntu,
} from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, bound, have, pinned, planFor, text, want } from '../../support/team.ts';

const provider = (over: object = {}) =>
  want('storageProviders', 'x', {
    type: 's3',
    s3Config: {
      bucket: 'b',
      region: 'r',
      accessKey: 'k',
      secretAccessKey: text('s'),
      ...over,
    },
  });
const liveProvider = have('storageProviders', 'x', { type: 's3', s3Config: { bucket: 'old' } });

planTests([
  {
    name: 'immutable field',
    because: 'the API cannot move a network',
    want: [network('a', { region: 'ca1' })],
    have: [liveNetwork('a')],
    findings: [
      'blocked privateNetworks/a: region is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
    ],
  },
  {
    name: 'immutable field of a resource that must not be deleted',
    because: 'lifecycle.preventDeletion excludes a replacement',
    want: [
      want(
        'privateNetworks',
        'a',
        { region: 'ca1' },
        { onImmutableChange: 'block', preventDeletion: true },
      ),
    ],
    have: [liveNetwork('a')],
    findings: ['blocked privateNetworks/a: region is fixed at creation'],
  },
  {
    name: 'immutable name',
    because: 'the API identifies a team secret by its name',
    want: [want('teamSecrets', 'NEW', { value: text('v') }, { formerName: 'OLD' })],
    have: [have('teamSecrets', 'OLD', {})],
    memory: { bindings: new Map([['teamSecrets/NEW', bound('id-OLD')]]) },
    findings: [
      'blocked teamSecrets/NEW: name is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
    ],
  },
  {
    name: 'name without an update call',
    because: 'the API has no operation that changes a model',
    want: [want('models', 'new', {}, { formerName: 'old' })],
    have: [have('models', 'old', { isPublic: false })],
    findings: ['blocked models/new: name cannot be changed'],
  },
  {
    name: 'read-only resource',
    because: 'its reason blocks the update',
    want: [want('teamMembers', 'ada', { role: 'member' })],
    have: [have('teamMembers', 'ada', { role: 'owner' }, { readOnlyReason: 'ada is the owner' })],
    findings: ['blocked teamMembers/ada: ada is the owner'],
  },
  {
    name: 'ignored field',
    because: 'lifecycle.ignoreChanges excludes it from the comparison',
    want: [network('a', { region: 'ca1' }, { ignoreChanges: ['region'] })],
    have: [liveNetwork('a')],
  },
  {
    name: 'case-insensitive field',
    because: 'machine types are compared without regard to case (FACTS 9)',
    want: [machine('m', { machineType: 'c5' })],
    have: [liveMachine('m')],
  },
  {
    name: 'smaller disk',
    because: 'a disk can only grow',
    want: [machine('a', { diskSize: 50 })],
    have: [liveMachine('a', { diskSize: 100, state: 'off' })],
    findings: ['blocked machines/a: diskSize can only grow'],
  },
  {
    name: 'write-only field, unchanged',
    because: 'its digest equals that of the last write',
    want: [script('s')],
    have: [liveScript('s')],
    memory: { bindings: new Map([['startupScripts/s', bound('id-s')]]) },
  },
  {
    name: 'write-only field, changed',
    because: 'its digest differs from that of the last write',
    want: [script('s')],
    have: [liveScript('s')],
    memory: { bindings: new Map([['startupScripts/s', bound('id-s')]]) },
    written: { is: () => false },
    actions: ['startupScripts/s:update'],
    findings: ['drifted startupScripts/s'],
  },
  {
    name: 'write-only field of a new match',
    because: 'no write to this live resource is recorded',
    want: [script('s')],
    have: [liveScript('s')],
    actions: ['startupScripts/s:update'],
    findings: ['drifted startupScripts/s'],
  },
  {
    name: 'write-only field, kept',
    because: '{ keep: true } accepts any live value',
    want: [script('s', { script: { from: 'keep' } })],
    have: [liveScript('s')],
  },
  {
    name: 'immutable write-only field, changed',
    because: 'a machine cannot get another template',
    want: [machine('m')],
    have: [liveMachine('m'), ubuntu],
    memory: { bindings: new Map([['machines/m', bound('id-m')]]) },
    written: { is: () => false },
    findings: [
      'blocked machines/m: template is fixed at creation; lifecycle.onImmutableChange: replace deletes it and creates it again',
    ],
  },
]);

wholePlanTests([
  {
    name: 'ignoreChanges with a part of a field name',
    because: 'only whole names match',
    want: [machine('m', { diskSize: 100 }, { ignoreChanges: ['disk', 'diskSize.x'] })],
    have: [liveMachine('m', { state: 'off' })],
    memory: bindings('machines/m'),
    plan: [
      'drifted machines/m (id-m); diskSize 50 → 100; unverifiable: template',
      'update machines/m; of id-m; fields diskSize; diskSize 50 → 100',
    ],
  },
  {
    name: 'unreadable secret of a live resource',
    because: 'whether it has changed is unknown',
    want: [script('s', { script: { from: 'env', name: 'S' } })],
    have: [liveScript('s')],
    memory: bindings('startupScripts/s'),
    written: { unreadable: () => 'script: S is not set' },
    plan: [
      'blocked startupScripts/s (id-s); script null → "(secret)"; unverifiable: script; script: S is not set',
    ],
  },
  {
    name: 'changed secret',
    because: 'it is written, and the plan does not contain its value',
    want: [script('s', { script: { from: 'env', name: 'S' } }), script('t')],
    have: [liveScript('s'), liveScript('t')],
    memory: bindings('startupScripts/s', 'startupScripts/t'),
    written: { is: () => false },
    plan: [
      'drifted startupScripts/s (id-s); script null → "(secret)"; unverifiable: script',
      'drifted startupScripts/t (id-t); script null → "(text)"; unverifiable: script',
      'update startupScripts/s; of id-s; fields script; script null → "(secret)"',
      'update startupScripts/t; of id-t; fields script; script null → "(text)"',
    ],
  },
  {
    name: 'update that sends all fields',
    because: 'every value is known',
    want: [provider()],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    plan: [
      'drifted storageProviders/x (id-x); s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"; unverifiable: s3Config.secretAccessKey',
      'update storageProviders/x; of id-x; fields s3Config.bucket s3Config.region s3Config.accessKey; s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"',
    ],
  },
  {
    name: 'update that sends all fields, with a kept value',
    because: 'there is no value to send',
    want: [provider({ secretAccessKey: { from: 'keep' } })],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    plan: [
      'blocked storageProviders/x (id-x); s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"; unverifiable: s3Config.secretAccessKey; an update sends everything, and s3Config.secretAccessKey is { keep: true }',
    ],
  },
  {
    name: 'update that sends all fields, with an unreadable value',
    because: 'there is no value to send',
    want: [provider({ secretAccessKey: { from: 'env', name: 'S' } })],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    written: {
      unreadable: (_, path) => (path.startsWith('s3') ? `${path}: S is not set` : undefined),
    },
    plan: [
      'blocked storageProviders/x (id-x); s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"; s3Config.secretAccessKey null → "(secret)"; unverifiable: s3Config.secretAccessKey; s3Config.secretAccessKey: S is not set',
    ],
  },
  {
    name: 'kept value, in sync otherwise',
    because: 'no update is sent, so no value is needed',
    want: [
      provider({
        bucket: 'old',
        region: undefined,
        accessKey: undefined,
        secretAccessKey: { from: 'keep' },
      }),
    ],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    plan: ['inSync storageProviders/x (id-x); unverifiable: s3Config.secretAccessKey'],
  },
]);

test('a change shows a pinned reference by its id, and a live one by its name', () => {
  const planned = planFor({
    want: [machine('m', { network: pinned('privateNetworks', 'id-2') })],
    have: [liveMachine('m', { network: 'id-1' }), have('privateNetworks', '1', {})],
  });
  expect(planned.assessments[0]?.changes).toEqual([
    { path: 'network', desired: 'id-2', observed: '1' },
  ]);
});
