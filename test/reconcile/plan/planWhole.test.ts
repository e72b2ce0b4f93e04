import { expect, test } from 'vitest';
import type {
  Action,
  Assessment,
  FieldChange,
  Member,
  Plan,
} from '../../../src/model/pass/plan.ts';
import { addressOf, type Spec } from '../../../src/model/resource.ts';
import { liveMachine, liveScript, machine, script, ubuntu } from '../../support/machines.ts';
import {
  bound,
  declared,
  have,
  live,
  planFor,
  text,
  want,
  type World,
  sentAt,
} from '../../support/team.ts';

const network = (name: string, over: object = {}, lifecycle = {}) =>
  want('privateNetworks', name, { region: 'ny2', ...over }, lifecycle);
const liveNetwork = (name: string, over = {}) =>
  have('privateNetworks', name, { region: 'ny2' }, over);
const template = (of: string) =>
  want('customTemplates', 't', { machine: declared('machines', of) });
const project = (over: Spec = {}) => want('projects', 'p', over);
const liveProject = have('projects', 'p', {});
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
const config = { image: 'api:1', resources: { machineType: 'C5', ports: [80] } };
const deployment = (over: Spec = {}) =>
  want('deployments', 'api', {
    project: declared('projects', 'p'),
    config: { ...config, ...over },
  });
const on = (...names: string[]) => names.map((name) => declared('machines', name));
const replace = { onImmutableChange: 'replace' } as const;
const bindings = (...addresses: `${string}/${string}`[]) => ({
  bindings: new Map(
    addresses.map((address) => [address, bound(`id-${address.split('/')[1]}`)] as const),
  ),
});

const changed = ({ path, desired, observed }: FieldChange): string =>
  `${path} ${JSON.stringify(observed)} → ${JSON.stringify(desired)}`;

const memberSaid = (member: Member): string =>
  'id' in member ? member.id : `new ${member.address}`;

/** All of an action in one line, but for an id that is made of the rest. */
function actionSaid(action: Action): string {
  const parts = [`${action.verb} ${addressOf(action.kind, action.name)}`];
  if (action.resourceId !== undefined) parts.push(`of ${action.resourceId}`);
  if ('member' in action) parts.push(`${action.relation}: ${memberSaid(action.member)}`);
  if ('key' in action) parts.push(`key ${action.key}`);
  if ('fields' in action) parts.push(`fields ${action.fields?.join(' ')}`);
  if ('carries' in action)
    parts.push(
      ...action.carries.map(({ field, member }) => `carries ${field} ${memberSaid(member)}`),
    );
  parts.push(...action.changes.map(changed));
  if (action.requires.length > 0) parts.push(`after ${action.requires.join(', ')}`);
  if (action.after && action.after.length > 0) parts.push(`once over: ${action.after.join(', ')}`);
  if (action.blockedReason !== undefined) parts.push(`held: ${action.blockedReason}`);
  if (action.note !== undefined) parts.push(action.note);
  return parts.join('; ');
}

function assessmentSaid(assessment: Assessment): string {
  const { kind, name, status, id, changes, unverifiable, reason, source } = assessment;
  const parts = [`${status} ${addressOf(kind, name)}${id === undefined ? '' : ` (${id})`}`];
  parts.push(...changes.map(changed));
  if (unverifiable.length > 0) parts.push(`not told: ${unverifiable.join(' ')}`);
  if (reason !== undefined) parts.push(reason);
  if (!source) parts.push('not in YAML');
  return parts.join('; ');
}

/** All that a plan says. */
const said = (plan: Plan): readonly string[] => [
  ...plan.assessments.map(assessmentSaid),
  ...plan.actions.map(actionSaid),
  ...plan.toBind.map(
    ({ address, id, protected: kept }) => `bind ${address} to ${id}${kept ? ', protected' : ''}`,
  ),
  ...plan.toUnbind.map((address) => `forget ${address}`),
  ...plan.requiredLists.map((need) =>
    need.list === 'lookup' ? `read ${need.kind}` : `read ${need.kind}/${need.id}.${need.relation}`,
  ),
  ...(plan.complete ? [] : ['not complete']),
];

interface Row extends World {
  readonly name: string;
  readonly because: string;
  readonly says: readonly string[];
}

test.each<Row>([
  {
    name: 'a machine and all that it is created with',
    because: 'fields go with the create, what only an update carries goes after it',
    want: [
      machine('m', {
        network: declared('privateNetworks', 'n'),
        restorePointEnabled: true,
        restorePointSnapshot: declared('snapshots', 's'),
      }),
      network('n'),
      want('snapshots', 's', { machine: declared('machines', 'm') }),
      script('boot', { assignedMachines: on('m') }),
    ],
    have: [ubuntu],
    says: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; network null → "n"; restorePointEnabled null → true; restorePointSnapshot null → "s"',
      'missing privateNetworks/n; region null → "ny2"',
      'missing snapshots/s; machine null → "m"',
      'missing startupScripts/boot; script null → "(text)"',
      'create privateNetworks/n; region null → "ny2"',
      'create startupScripts/boot; script null → "(text)"',
      'create machines/m; carries startupScript new startupScripts/boot; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; network null → "n"; restorePointEnabled null → true; restorePointSnapshot null → "s"; after privateNetworks/n:create, startupScripts/boot:create',
      'create snapshots/s; machine null → "m"; after machines/m:create',
      'update machines/m; fields restorePointEnabled restorePointSnapshot; restorePointEnabled null → true; restorePointSnapshot null → "s"; after machines/m:create, snapshots/s:create',
    ],
  },
  {
    name: 'a machine of a script that is there',
    because: 'its create names the script by id',
    want: [machine('m'), script('boot', { assignedMachines: on('m') })],
    have: [ubuntu, liveScript('boot')],
    memory: bindings('startupScripts/boot'),
    says: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
      'inSync startupScripts/boot (id-boot); not told: script',
      'create machines/m; carries startupScript id-boot; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
    ],
  },
  {
    name: 'a machine of a script that is only observed',
    because: 'nothing is done in its name',
    want: [machine('m'), script('boot', { assignedMachines: on('m') }, { manage: 'observe' })],
    have: [ubuntu, liveScript('boot')],
    memory: bindings('startupScripts/boot'),
    says: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
      'inSync startupScripts/boot (id-boot); not told: script',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
    ],
  },
  {
    name: 'what an update carries of what cannot be had',
    because: 'the create goes ahead without it',
    want: [machine('m', { restorePointSnapshot: live('snapshots', 'none') })],
    have: [ubuntu],
    says: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; restorePointSnapshot null → "none"',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; restorePointSnapshot null → "none"',
      'update machines/m; fields restorePointSnapshot; restorePointSnapshot null → "none"; after machines/m:create; held: there is no live snapshot "none"',
    ],
  },
  {
    name: 'a resize with a stop',
    because: 'it is stopped, written and started, in this order',
    want: [machine('m', { machineType: 'C7', diskSize: 100 }, { allowStop: true })],
    have: [liveMachine('m')],
    memory: bindings('machines/m'),
    says: [
      'drifted machines/m (id-m); machineType "C5" → "C7"; diskSize 50 → 100; not told: template',
      'stop machines/m; of id-m; state "running" → "off"',
      'update machines/m; of id-m; fields machineType diskSize; machineType "C5" → "C7"; diskSize 50 → 100; after machines/m:stop',
      'start machines/m; of id-m; state "off" → "running"; after machines/m:stop; once over: machines/m:update',
    ],
  },
  {
    name: 'a resize that nobody allowed',
    because: 'each field that waits for it is told',
    want: [machine('m', { machineType: 'C7', diskSize: 100 })],
    have: [liveMachine('m')],
    memory: bindings('machines/m'),
    says: [
      'blocked machines/m (id-m); machineType "C5" → "C7"; diskSize 50 → 100; not told: template; machineType, diskSize: it must be off for that; set state: off or lifecycle.allowStop',
    ],
  },
  {
    name: 'a move to a new network',
    because: 'the update waits for the create',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [liveMachine('m', { network: 'id-old' }), liveNetwork('old')],
    memory: bindings('machines/m'),
    says: [
      'drifted machines/m (id-m); network "old" → "n"; not told: template',
      'missing privateNetworks/n; region null → "ny2"',
      'unmanaged privateNetworks/old (id-old); not in YAML',
      'create privateNetworks/n; region null → "ny2"',
      'update machines/m; of id-m; fields network; network "old" → "n"; after privateNetworks/n:create',
    ],
  },
  {
    name: 'a move to a network that is nowhere',
    because: 'it cannot be written, and the network that it is in is told by its name',
    want: [machine('m', { network: live('privateNetworks', 'n') })],
    have: [liveMachine('m', { network: 'id-old' }), liveNetwork('old')],
    memory: bindings('machines/m'),
    says: [
      'blocked machines/m (id-m); network "old" → "n"; not told: template; there is no live private network "n"',
      'unmanaged privateNetworks/old (id-old); not in YAML',
    ],
  },
  {
    name: 'a move to one of two networks',
    because: 'no guess is made',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [liveMachine('m'), liveNetwork('n', { id: '1' }), liveNetwork('n', { id: '2' })],
    memory: bindings('machines/m'),
    says: [
      'blocked machines/m (id-m); network null → "n"; not told: template; privateNetworks/n is ambiguous',
      'ambiguous privateNetworks/n; several resources answer to this name (1, 2); rename or delete all but one',
    ],
  },
  {
    name: 'a template that was not looked up',
    because: 'the list is asked for, and the create is held until it is read',
    want: [machine('m')],
    unlisted: ['osTemplates'],
    says: [
      'blocked machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; osTemplates were not listed',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; held: osTemplates were not listed',
      'read osTemplates',
    ],
  },
  {
    name: 'a template of a machine that is stopped now',
    because: 'it waits for the stop',
    want: [template('m'), machine('m', { state: 'off' })],
    have: [liveMachine('m')],
    memory: bindings('machines/m'),
    says: [
      'missing customTemplates/t; machine null → "m"',
      'drifted machines/m (id-m); state "running" → "off"; not told: template',
      'stop machines/m; of id-m; state "running" → "off"',
      'create customTemplates/t; machine null → "m"; after machines/m:stop',
    ],
  },
  {
    name: 'a template of a machine that is restarted now',
    because: 'it does not stay off',
    want: [template('m'), machine('m', { diskSize: 100 }, { allowStop: true })],
    have: [liveMachine('m')],
    memory: bindings('machines/m'),
    says: [
      'blocked customTemplates/t; machine null → "m"; machines/m must be off; set its state to off',
      'drifted machines/m (id-m); diskSize 50 → 100; not told: template',
      'create customTemplates/t; machine null → "m"; held: machines/m must be off; set its state to off',
      'stop machines/m; of id-m; state "running" → "off"',
      'update machines/m; of id-m; fields diskSize; diskSize 50 → 100; after machines/m:stop',
      'start machines/m; of id-m; state "off" → "running"; after machines/m:stop; once over: machines/m:update',
    ],
  },
  {
    name: 'a template of a machine that is created running',
    because: 'it is never off',
    want: [template('m'), machine('m', { state: 'running' })],
    have: [ubuntu],
    says: [
      'blocked customTemplates/t; machine null → "m"; machines/m must be off; set its state to off',
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; state null → "running"',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; state null → "running"',
      'create customTemplates/t; machine null → "m"; after machines/m:create; held: machines/m must be off; set its state to off',
    ],
  },
  {
    name: 'a template of a pinned machine',
    because: 'what it is at is the API’s to say',
    want: [want('customTemplates', 't', { machine: { by: 'id', kind: 'machines', id: 'id-m' } })],
    have: [liveMachine('m')],
    says: [
      'missing customTemplates/t; machine null → "id-m"',
      'unmanaged machines/m (id-m); not in YAML',
      'create customTemplates/t; machine null → "id-m"',
    ],
  },
  {
    name: 'members of a new script',
    because: 'each waits for it, and those that are created carry it',
    want: [script('s', { assignedMachines: on('a', 'b') }), machine('a'), machine('b')],
    have: [ubuntu, liveMachine('a')],
    memory: bindings('machines/a'),
    says: [
      'missing startupScripts/s; script null → "(text)"',
      'inSync machines/a (id-a); not told: template',
      'missing machines/b; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
      'create startupScripts/s; script null → "(text)"',
      'create machines/b; carries startupScript new startupScripts/s; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; after startupScripts/s:create',
      'assign startupScripts/s; assignedMachines: id-a; assignedMachines/a false → true; after startupScripts/s:create',
    ],
  },
  {
    name: 'members of a live script',
    because: 'those that are missing come, and those that are too many go',
    want: [
      script('s', { assignedMachines: on('a', 'b') }),
      machine('a'),
      machine('b'),
      machine('c'),
    ],
    have: [liveScript('s', 'id-b', 'id-c'), ...['a', 'b', 'c'].map((name) => liveMachine(name))],
    memory: bindings('startupScripts/s', 'machines/a', 'machines/b', 'machines/c'),
    says: [
      'drifted startupScripts/s (id-s); assignedMachines ["b","c"] → ["a","b"]; not told: script',
      'inSync machines/a (id-a); not told: template',
      'inSync machines/b (id-b); not told: template',
      'inSync machines/c (id-c); not told: template',
      'unassign startupScripts/s; of id-s; assignedMachines: id-c; assignedMachines/c true → false',
      'assign startupScripts/s; of id-s; assignedMachines: id-a; assignedMachines/a false → true',
    ],
  },
  {
    name: 'a member that moves',
    because: 'it is taken from the one before it is given to the other',
    want: [
      script('new', { assignedMachines: on('a') }),
      script('old', { assignedMachines: [] }),
      machine('a'),
    ],
    have: [liveScript('new'), liveScript('old', 'id-a'), liveMachine('a')],
    memory: bindings('startupScripts/new', 'startupScripts/old', 'machines/a'),
    says: [
      'drifted startupScripts/new (id-new); assignedMachines [] → ["a"]; not told: script',
      'drifted startupScripts/old (id-old); assignedMachines ["a"] → []; not told: script',
      'inSync machines/a (id-a); not told: template',
      'unassign startupScripts/old; of id-old; assignedMachines: id-a; assignedMachines/a true → false',
      'assign startupScripts/new; of id-new; assignedMachines: id-a; assignedMachines/a false → true; after startupScripts/old:unassign(assignedMachines/a)',
    ],
  },
  {
    name: 'a member held by a script that does not say what it lists',
    because: 'only a declared set lets go',
    want: [script('new', { assignedMachines: on('a') }), script('old'), machine('a')],
    have: [liveScript('new'), liveScript('old', 'id-a'), liveMachine('a')],
    memory: bindings('startupScripts/new', 'startupScripts/old', 'machines/a'),
    says: [
      'blocked startupScripts/new (id-new); not told: script; assignedMachines: machines/a is held by startupScripts/old, which does not let go of it',
      'inSync startupScripts/old (id-old); not told: script',
      'inSync machines/a (id-a); not told: template',
    ],
  },
  {
    name: 'a member held by a script that is only observed',
    because: 'it lets go of nothing',
    want: [
      script('new', { assignedMachines: on('a') }),
      script('old', { assignedMachines: [] }, { manage: 'observe' }),
      machine('a'),
    ],
    have: [liveScript('new'), liveScript('old', 'id-a'), liveMachine('a')],
    memory: bindings('startupScripts/new', 'startupScripts/old', 'machines/a'),
    says: [
      'blocked startupScripts/new (id-new); not told: script; assignedMachines: machines/a is held by startupScripts/old, which does not let go of it',
      'drifted startupScripts/old (id-old); assignedMachines ["a"] → []; not told: script; observed only (lifecycle.manage)',
      'inSync machines/a (id-a); not told: template',
    ],
  },
  {
    name: 'an address that goes to another machine',
    because: 'it holds one at a time, so it lets go first',
    want: [
      want('publicIps', 'x', { region: 'ny2', machine: declared('machines', 'b') }),
      machine('a'),
      machine('b'),
    ],
    have: [
      have('publicIps', 'x', { region: 'ny2', ip: 'x', machine: 'id-a' }),
      liveMachine('a'),
      liveMachine('b'),
    ],
    memory: bindings('publicIps/x', 'machines/a', 'machines/b'),
    says: [
      'drifted publicIps/x (id-x); machine ["a"] → ["b"]',
      'inSync machines/a (id-a); not told: template',
      'inSync machines/b (id-b); not told: template',
      'unassign publicIps/x; of id-x; machine: id-a; machine/a true → false',
      'assign publicIps/x; of id-x; machine: id-b; machine/b false → true; after publicIps/x:unassign(machine/a)',
    ],
  },
  {
    name: 'an address of a machine that is replaced',
    because: 'it goes with the machine, and is given to the new one',
    want: [
      want('publicIps', 'x', { region: 'ny2', machine: declared('machines', 'a') }),
      machine('a', { region: 'ca1' }, replace),
    ],
    have: [
      ubuntu,
      have('publicIps', 'x', { region: 'ny2', ip: 'x', machine: 'id-a' }),
      liveMachine('a'),
    ],
    memory: bindings('publicIps/x', 'machines/a'),
    says: [
      'drifted publicIps/x (id-x); machine ["a"] → ["a"]',
      'drifted machines/a (id-a); region "ny2" → "ca1"; not told: template',
      'delete machines/a; of id-a',
      'create machines/a; machineType null → "C5"; template null → "Ubuntu"; region null → "ca1"; diskSize null → 50; after machines/a:delete',
      'assign publicIps/x; of id-x; machine: new machines/a; machine/a false → true; after machines/a:delete, machines/a:create',
    ],
  },
  {
    name: 'a new address for a new machine',
    because: 'it is assigned when both are there',
    want: [
      want('publicIps', 'x', { region: 'ny2', machine: declared('machines', 'a') }),
      machine('a'),
    ],
    have: [ubuntu],
    says: [
      'missing publicIps/x; region null → "ny2"',
      'missing machines/a; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
      'create publicIps/x; region null → "ny2"',
      'create machines/a; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50',
      'assign publicIps/x; machine: new machines/a; machine/a false → true; after publicIps/x:create, machines/a:create',
    ],
  },
  {
    name: 'members that were not read',
    because: 'they are asked for, and told as not known until then',
    want: [project({ secrets: { T: text('v') }, tags: ['a'] })],
    have: [liveProject],
    memory: bindings('projects/p'),
    says: [
      'inSync projects/p (id-p); not told: secrets tags',
      'read projects/id-p.secrets',
      'read projects/id-p.tags',
    ],
  },
  {
    name: 'members of a map',
    because: 'one is added, one is written anew, and one is left as it is',
    want: [project({ secrets: { NEW: text('v'), OLD: text('v'), SAME: text('v') } })],
    have: [liveProject],
    memory: bindings('projects/p'),
    members: { 'projects/id-p.secrets': ['OLD', 'SAME'].map((name) => have('', name, {})) },
    written: { is: (_, path) => path === 'secrets/SAME' },
    says: [
      'drifted projects/p (id-p); secrets/NEW null → "(secret)"; secrets/OLD null → "(secret)"',
      'update projects/p; of id-p; secrets: id-OLD; key OLD; secrets/OLD null → "(secret)"',
      'assign projects/p; of id-p; secrets: NEW; key NEW; secrets/NEW null → "(secret)"',
    ],
  },
  {
    name: 'a member of a map that cannot be read',
    because: 'it is told, and nothing is written',
    want: [project({ secrets: { T: { from: 'env', name: 'T' } } })],
    have: [liveProject],
    memory: bindings('projects/p'),
    members: { 'projects/id-p.secrets': [] },
    written: { unreadable: (_, path) => `${path}: T is not set` },
    says: ['blocked projects/p (id-p); secrets/T: T is not set'],
  },
  {
    name: 'a list of a map that broke off',
    because: 'what is not in it may be there',
    want: [project({ secrets: { T: text('v') } })],
    have: [liveProject],
    memory: bindings('projects/p'),
    members: { 'projects/id-p.secrets': [] },
    partial: ['projects/id-p.secrets'],
    says: [
      'blocked projects/p (id-p); secrets could not be listed to the end: GET failed',
      'not complete',
    ],
  },
  {
    name: 'fields of a member',
    because: 'those that differ are written, and no others',
    want: [
      want('datasets', 'd', { versions: { v1: { message: 'First', isCommitted: true }, v2: {} } }),
    ],
    have: [have('datasets', 'd', {})],
    memory: bindings('datasets/d'),
    members: { 'datasets/id-d.versions': [have('', 'v1', { isCommitted: true }, { id: '1' })] },
    says: [
      'drifted datasets/d (id-d); versions/v1.message null → "First"; versions/v2 null → {}',
      'update datasets/d; of id-d; versions: 1; key v1; fields message; versions/v1.message null → "First"',
      'assign datasets/d; of id-d; versions: v2; key v2; versions/v2 null → {}',
    ],
  },
  {
    name: 'secrets of a new project',
    because: 'they come after it, and the deployment that names one after that one',
    want: [
      deployment({ env: [{ name: 'T', value: 'secret:TOKEN' }], containerRegistry: 'r' }),
      project({ secrets: { TOKEN: text('v'), OTHER: { from: 'env', name: 'O' } } }),
      want('containerRegistries', 'r', {
        kind: 'ghcr',
        namespace: 'n',
        url: 'u',
        username: 'u',
        password: text('p'),
      }),
    ],
    says: [
      'missing deployments/api; project null → "p"; config.image null → "api:1"; config.resources.machineType null → "C5"; config.resources.ports null → [80]; config.env null → [{"name":"T","value":"secret:TOKEN"}]; config.containerRegistry null → "r"',
      'missing projects/p',
      'missing containerRegistries/r; kind null → "ghcr"; namespace null → "n"; url null → "u"; username null → "u"; password null → "(secret)"',
      'create projects/p',
      'create containerRegistries/r; kind null → "ghcr"; namespace null → "n"; url null → "u"; username null → "u"; password null → "(secret)"',
      'assign projects/p; secrets: TOKEN; key TOKEN; secrets/TOKEN null → "(secret)"; after projects/p:create',
      'create deployments/api; project null → "p"; config.image null → "api:1"; config.resources.machineType null → "C5"; config.resources.ports null → [80]; config.env null → [{"name":"T","value":"secret:TOKEN"}]; config.containerRegistry null → "r"; after projects/p:create, containerRegistries/r:create, projects/p:assign(secrets/TOKEN)',
      'assign projects/p; secrets: OTHER; key OTHER; secrets/OTHER null → "(secret)"; after projects/p:create',
    ],
  },
  {
    name: 'a deployment that names a registry which is there',
    because: 'it waits for none, not even for a change of it',
    want: [
      deployment({ containerRegistry: 'r', image: 'api:2' }),
      project(),
      want('containerRegistries', 'r', {
        kind: 'ghcr',
        namespace: 'new',
        url: 'u',
        username: 'u',
        password: text('p'),
      }),
    ],
    have: [
      liveProject,
      have('deployments', 'api', { project: 'id-p', config }),
      have('containerRegistries', 'r', {
        kind: 'ghcr',
        namespace: 'old',
        url: 'u',
        username: 'u',
      }),
    ],
    memory: bindings('projects/p', 'deployments/api', 'containerRegistries/r'),
    says: [
      'drifted deployments/api (id-api); config.image "api:1" → "api:2"; config.containerRegistry null → "r"',
      'inSync projects/p (id-p)',
      'drifted containerRegistries/r (id-r); namespace "old" → "new"; not told: password',
      'update deployments/api; of id-api; fields config; config.image "api:1" → "api:2"; config.containerRegistry null → "r"',
      'update containerRegistries/r; of id-r; fields namespace; namespace "old" → "new"',
    ],
  },
  {
    name: 'an update that sends everything',
    because: 'it can, since every value is known',
    want: [provider()],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    says: [
      'drifted storageProviders/x (id-x); s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"; not told: s3Config.secretAccessKey',
      'update storageProviders/x; of id-x; fields s3Config.bucket s3Config.region s3Config.accessKey; s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"',
    ],
  },
  {
    name: 'an update that sends everything, and a value that is kept',
    because: 'there is nothing to send for it',
    want: [provider({ secretAccessKey: { from: 'keep' } })],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    says: [
      'blocked storageProviders/x (id-x); s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"; not told: s3Config.secretAccessKey; an update sends everything, and s3Config.secretAccessKey is { keep: true }',
    ],
  },
  {
    name: 'an update that sends everything, and a value that cannot be read',
    because: 'there is nothing to send for it',
    want: [provider({ secretAccessKey: { from: 'env', name: 'S' } })],
    have: [liveProvider],
    memory: bindings('storageProviders/x'),
    written: {
      unreadable: (_, path) => (path.startsWith('s3') ? `${path}: S is not set` : undefined),
    },
    says: [
      'blocked storageProviders/x (id-x); s3Config.bucket "old" → "b"; s3Config.region null → "r"; s3Config.accessKey null → "k"; s3Config.secretAccessKey null → "(secret)"; not told: s3Config.secretAccessKey; s3Config.secretAccessKey: S is not set',
    ],
  },
  {
    name: 'a kept value where nothing else differs',
    because: 'nothing is sent, so nothing is missed',
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
    says: ['inSync storageProviders/x (id-x); not told: s3Config.secretAccessKey'],
  },
  {
    name: 'a secret that cannot be read, of what is there',
    because: 'it is not known whether it is the same',
    want: [script('s', { script: { from: 'env', name: 'S' } })],
    have: [liveScript('s')],
    memory: bindings('startupScripts/s'),
    written: { unreadable: () => 'script: S is not set' },
    says: [
      'blocked startupScripts/s (id-s); script null → "(secret)"; not told: script; script: S is not set',
    ],
  },
  {
    name: 'a secret that differs',
    because: 'it is written and not told',
    want: [script('s', { script: { from: 'env', name: 'S' } }), script('t')],
    have: [liveScript('s'), liveScript('t')],
    memory: bindings('startupScripts/s', 'startupScripts/t'),
    written: { is: () => false },
    says: [
      'drifted startupScripts/s (id-s); script null → "(secret)"; not told: script',
      'drifted startupScripts/t (id-t); script null → "(text)"; not told: script',
      'update startupScripts/s; of id-s; fields script; script null → "(secret)"',
      'update startupScripts/t; of id-t; fields script; script null → "(text)"',
    ],
  },
  {
    name: 'failed, and as declared',
    because: 'nothing can be written, and it is told',
    want: [network('a')],
    have: [liveNetwork('a', { ready: false, failure: 'it broke' })],
    memory: bindings('privateNetworks/a'),
    says: ['failed privateNetworks/a (id-a); it broke'],
  },
  {
    name: 'failed, and to be mended',
    because: 'another spec may bring it up',
    want: [script('a', { isRunOnce: true })],
    have: [
      have('startupScripts', 'a', { isRunOnce: false }, { ready: false, failure: 'it broke' }),
    ],
    memory: bindings('startupScripts/a'),
    says: [
      'drifted startupScripts/a (id-a); isRunOnce false → true; not told: script; it broke',
      'update startupScripts/a; of id-a; fields isRunOnce; isRunOnce false → true',
    ],
  },
  {
    name: 'observed, and as declared',
    because: 'there is nothing to tell',
    want: [network('a', {}, { manage: 'observe' })],
    have: [liveNetwork('a')],
    memory: bindings('privateNetworks/a'),
    says: ['inSync privateNetworks/a (id-a)'],
  },
  {
    name: 'a part of a name that is ignored',
    because: 'only whole names of fields count',
    want: [machine('m', { diskSize: 100 }, { ignoreChanges: ['disk', 'diskSize.x'] })],
    have: [liveMachine('m', { state: 'off' })],
    memory: bindings('machines/m'),
    says: [
      'drifted machines/m (id-m); diskSize 50 → 100; not told: template',
      'update machines/m; of id-m; fields diskSize; diskSize 50 → 100',
    ],
  },
  {
    name: 'a replacement',
    because: 'the new one comes after the old one has gone',
    want: [network('a', { region: 'ca1' }, replace)],
    have: [liveNetwork('a')],
    memory: bindings('privateNetworks/a'),
    says: [
      'drifted privateNetworks/a (id-a); region "ny2" → "ca1"',
      'delete privateNetworks/a; of id-a',
      'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete',
    ],
  },
  {
    name: 'a replacement of what something refers to that stays',
    because: 'that would be left behind',
    want: [
      network('a', { region: 'ca1' }, replace),
      machine('m', { network: declared('privateNetworks', 'a') }),
    ],
    have: [liveNetwork('a'), liveMachine('m', { network: 'id-a' })],
    memory: bindings('privateNetworks/a', 'machines/m'),
    says: [
      'blocked privateNetworks/a (id-a); region "ny2" → "ca1"; it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
      'inSync machines/m (id-m); not told: template',
      'delete privateNetworks/a; of id-a; held: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
      'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete; held: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
    ],
  },
  {
    name: 'a replacement of what something refers to that is replaced too',
    because: 'the one that refers goes first and comes last',
    want: [
      network('a', { region: 'ca1' }, replace),
      machine('m', { network: declared('privateNetworks', 'a'), region: 'ca1' }, replace),
      machine('other', { region: 'ca1' }, replace),
    ],
    have: [ubuntu, liveNetwork('a'), liveMachine('m', { network: 'id-a' }), liveMachine('other')],
    memory: bindings('privateNetworks/a', 'machines/m', 'machines/other'),
    says: [
      'drifted privateNetworks/a (id-a); region "ny2" → "ca1"',
      'drifted machines/m (id-m); region "ny2" → "ca1"; network "a" → "a"; not told: template',
      'drifted machines/other (id-other); region "ny2" → "ca1"; not told: template',
      'delete machines/m; of id-m',
      'delete privateNetworks/a; of id-a; after machines/m:delete',
      'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ca1"; diskSize null → 50; network null → "a"; after privateNetworks/a:create, machines/m:delete',
      'delete machines/other; of id-other',
      'create machines/other; machineType null → "C5"; template null → "Ubuntu"; region null → "ca1"; diskSize null → 50; after machines/other:delete',
    ],
  },
  {
    name: 'a drive on a network that would be replaced and stays',
    because: 'its network stays the same, so the drive with its data is not replaced either',
    want: [
      network('a', { region: 'ca1' }, replace),
      machine('m', { network: declared('privateNetworks', 'a') }),
      want(
        'sharedDrives',
        'd',
        { size: 50, region: 'ny2', network: declared('privateNetworks', 'a') },
        replace,
      ),
    ],
    have: [
      liveNetwork('a'),
      liveMachine('m', { network: 'id-a' }),
      have('sharedDrives', 'd', { size: 50, region: 'ny2', network: 'id-a' }),
    ],
    memory: bindings('privateNetworks/a', 'machines/m', 'sharedDrives/d'),
    says: [
      'blocked privateNetworks/a (id-a); region "ny2" → "ca1"; it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
      'inSync machines/m (id-m); not told: template',
      'inSync sharedDrives/d (id-d)',
      'delete privateNetworks/a; of id-a; held: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
      'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete; held: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
    ],
  },
  {
    name: 'a replacement of what something refers to that is yet to be created',
    because: 'that waits for the new one',
    want: [
      network('a', { region: 'ca1' }, replace),
      machine('m', { network: declared('privateNetworks', 'a') }),
    ],
    have: [ubuntu, liveNetwork('a')],
    memory: bindings('privateNetworks/a'),
    says: [
      'drifted privateNetworks/a (id-a); region "ny2" → "ca1"',
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; network null → "a"',
      'delete privateNetworks/a; of id-a',
      'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ny2"; diskSize null → 50; network null → "a"; after privateNetworks/a:create',
    ],
  },
  {
    name: 'a replacement that differs in more',
    because: 'what could be written is written with the create',
    want: [machine('m', { region: 'ca1', machineType: 'C7' }, replace)],
    have: [ubuntu, liveMachine('m')],
    memory: bindings('machines/m'),
    says: [
      'drifted machines/m (id-m); machineType "C5" → "C7"; region "ny2" → "ca1"; not told: template',
      'delete machines/m; of id-m',
      'create machines/m; machineType null → "C7"; template null → "Ubuntu"; region null → "ca1"; diskSize null → 50; after machines/m:delete',
    ],
  },
  {
    name: 'a change that needs no replacement',
    because: 'it is written',
    want: [script('s', { isRunOnce: true }, replace)],
    have: [have('startupScripts', 's', { isRunOnce: false })],
    memory: bindings('startupScripts/s'),
    says: [
      'drifted startupScripts/s (id-s); isRunOnce false → true; not told: script',
      'update startupScripts/s; of id-s; fields isRunOnce; isRunOnce false → true',
    ],
  },
  {
    name: 'a name that is almost that of something live',
    because:
      'people overlook case, surrounding space, and Unicode forms, and another one costs money',
    want: [network('Lab'), network('ｄａｔａ'), network('own')],
    have: [
      liveNetwork('lab ', { id: '1' }),
      liveNetwork('data', { id: '2' }),
      liveNetwork('own', { id: '3' }),
      liveNetwork('OWN', { id: '4' }),
    ],
    says: [
      'missing privateNetworks/Lab; region null → "ny2"',
      'missing privateNetworks/ｄａｔａ; region null → "ny2"',
      'inSync privateNetworks/own (3)',
      'unmanaged privateNetworks/lab  (1); not in YAML',
      'unmanaged privateNetworks/data (2); not in YAML',
      'unmanaged privateNetworks/OWN (4); not in YAML',
      'create privateNetworks/Lab; region null → "ny2"; warning: the private network "lab " (1) is there, whose name differs only in case, surrounding space, or Unicode form; this creates another one',
      'create privateNetworks/ｄａｔａ; region null → "ny2"; warning: the private network "data" (2) is there, whose name differs only in case, surrounding space, or Unicode form; this creates another one',
      'bind privateNetworks/own to 3',
    ],
  },
  {
    name: 'a name that is almost that of another declared resource',
    because: 'validate warns of that',
    want: [network('Lab'), network('lab')],
    have: [liveNetwork('lab', { id: '1' })],
    memory: { bindings: new Map([['privateNetworks/lab', bound('1')]]) },
    says: [
      'missing privateNetworks/Lab; region null → "ny2"',
      'inSync privateNetworks/lab (1)',
      'create privateNetworks/Lab; region null → "ny2"',
    ],
  },
  {
    name: 'deletions',
    because: 'a network goes after its machines, and what refers to neither is alone',
    absent: [
      ['privateNetworks', 'n'],
      ['machines', 'a'],
      ['machines', 'b'],
      ['machines', 'c'],
    ],
    have: [
      liveNetwork('n'),
      liveMachine('a', { network: 'id-n' }),
      liveMachine('b', { network: 'id-n' }),
      liveMachine('c'),
      liveMachine('d', { network: 'id-other' }),
    ],
    memory: bindings('machines/a'),
    says: [
      'drifted privateNetworks/n (id-n)',
      'drifted machines/a (id-a)',
      'drifted machines/b (id-b)',
      'drifted machines/c (id-c)',
      'unmanaged machines/d (id-d); not in YAML',
      'delete machines/a; of id-a',
      'delete machines/b; of id-b',
      'delete privateNetworks/n; of id-n; after machines/a:delete, machines/b:delete',
      'delete machines/c; of id-c',
    ],
  },
  {
    name: 'a deletion of what is used',
    because: 'the API would refuse it, and the plan can see that',
    absent: [
      ['privateNetworks', 'n'],
      ['machines', 'a'],
    ],
    have: [
      liveNetwork('n'),
      liveMachine('a', { network: 'id-n' }),
      liveMachine('d', { network: 'id-n' }),
    ],
    says: [
      'blocked privateNetworks/n (id-n); machines/d (id-d) still uses it',
      'drifted machines/a (id-a)',
      'unmanaged machines/d (id-d); not in YAML',
      'delete machines/a; of id-a',
      'delete privateNetworks/n; of id-n; after machines/a:delete; held: machines/d (id-d) still uses it',
    ],
  },
  {
    name: 'a deletion of what a replaced resource uses',
    because: 'it waits for the replacement, and with a replacement that is held, it is held too',
    want: [
      machine('m', { region: 'ca1' }, replace),
      machine('kept', { region: 'ca1' }, replace),
      template('kept'),
    ],
    absent: [
      ['privateNetworks', 'n'],
      ['privateNetworks', 'other'],
    ],
    have: [
      ubuntu,
      liveNetwork('n'),
      liveNetwork('other'),
      liveMachine('m', { network: 'id-n' }),
      liveMachine('kept', { network: 'id-other' }),
      have('customTemplates', 't', { machine: 'id-kept' }),
    ],
    memory: bindings('machines/m', 'machines/kept', 'customTemplates/t'),
    says: [
      'drifted machines/m (id-m); region "ny2" → "ca1"; not told: template',
      'blocked machines/kept (id-kept); region "ny2" → "ca1"; not told: template; it is not replaced while customTemplates/t refers to it and stays; replace that too, or take the reference away',
      'inSync customTemplates/t (id-t)',
      'drifted privateNetworks/n (id-n)',
      'blocked privateNetworks/other (id-other); waits for machines/kept:delete',
      'delete machines/m; of id-m',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu"; region null → "ca1"; diskSize null → 50; after machines/m:delete',
      'delete machines/kept; of id-kept; held: it is not replaced while customTemplates/t refers to it and stays; replace that too, or take the reference away',
      'create machines/kept; machineType null → "C5"; template null → "Ubuntu"; region null → "ca1"; diskSize null → 50; after machines/kept:delete; held: it is not replaced while customTemplates/t refers to it and stays; replace that too, or take the reference away',
      'delete privateNetworks/n; of id-n; after machines/m:delete',
      'delete privateNetworks/other; of id-other; after machines/kept:delete; held: waits for machines/kept:delete',
    ],
  },
  {
    name: 'a deletion of what may be used',
    because: 'a list that broke off does not say that nothing uses it',
    absent: [['privateNetworks', 'n']],
    have: [liveNetwork('n')],
    partial: ['machines'],
    says: [
      'blocked privateNetworks/n (id-n); whether any of the machines uses it is not known: they could not be listed',
      'delete privateNetworks/n; of id-n; held: whether any of the machines uses it is not known: they could not be listed',
      'not complete',
    ],
  },
  {
    name: 'pruned among namesakes',
    because: 'the one that is bound is the one that is meant',
    prune: ['privateNetworks'],
    have: [liveNetwork('a'), liveNetwork('a', { id: '2' })],
    memory: bindings('privateNetworks/a'),
    says: [
      'drifted privateNetworks/a (id-a); not in YAML',
      'unmanaged privateNetworks/a (2); not in YAML',
      'delete privateNetworks/a; of id-a',
    ],
  },
  {
    name: 'bound, and not declared any more',
    because: 'what a list does not show to its end is forgotten, but for what was just created',
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
    says: [
      'orphaned privateNetworks/there (id-there); not in YAML',
      'forget privateNetworks/gone',
      'forget privateNetworks/created',
      'forget privateNetworks/nolonger',
      'forget privateNetworks/recognised',
      'not complete',
    ],
  },
  {
    name: 'protected from now on',
    because: 'the binding remembers it when it is not declared any more',
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
    says: [
      'inSync privateNetworks/a (id-a)',
      'inSync privateNetworks/b (id-b)',
      'inSync privateNetworks/c (id-c)',
      'bind privateNetworks/a to id-a, protected',
      'bind privateNetworks/b to id-b, protected',
      'bind privateNetworks/c to id-c',
    ],
  },
  {
    name: 'a lost answer',
    because: 'it may still appear',
    want: [network('a')],
    memory: {
      intents: new Map([['privateNetworks/a', sentAt('2026-11-21T09:59:00Z')]]),
    },
    says: [
      'pending privateNetworks/a; a create was sent at 2026-11-21T09:59:00.000Z and its answer was lost; it may still appear',
    ],
  },
  {
    name: 'an address whose create was lost, of a declared machine',
    because: 'it is known by its machine',
    want: [
      want('publicIps', 'x', { region: 'ny2', machine: declared('machines', 'a') }),
      machine('a'),
    ],
    have: [
      have('publicIps', 'free', { region: 'ny2', ip: 'free' }),
      have('publicIps', 'held', { region: 'ny2', ip: 'held', machine: 'id-a' }),
      liveMachine('a'),
    ],
    memory: {
      ...bindings('machines/a'),
      intents: new Map([['publicIps/x', sentAt('2026-11-21T09:59:00Z')]]),
    },
    says: [
      'inSync publicIps/x (id-held)',
      'inSync machines/a (id-a); not told: template',
      'unmanaged publicIps/free (id-free); not in YAML',
      'bind publicIps/x to id-held',
    ],
  },
  {
    name: 'two addresses that want one',
    because: 'the one that says more is served first, and it is bound',
    want: [
      want('publicIps', 'any', { region: 'ny2' }),
      want('publicIps', 'of', { region: 'ny2', machine: declared('machines', 'a') }),
      machine('a'),
    ],
    have: [have('publicIps', 'free', { region: 'ny2', ip: 'free' }), liveMachine('a')],
    memory: bindings('machines/a'),
    says: [
      'missing publicIps/any; region null → "ny2"',
      'drifted publicIps/of (id-free); machine [] → ["a"]',
      'inSync machines/a (id-a); not told: template',
      'create publicIps/any; region null → "ny2"',
      'assign publicIps/of; of id-free; machine: id-a; machine/a false → true',
      'bind publicIps/of to id-free',
    ],
  },
  {
    name: 'an ip that is not the one which is bound',
    because: 'the one that was bound is nobody’s, and taken in a later pass at the earliest',
    want: [
      want('publicIps', 'y', { region: 'ny2' }),
      want('publicIps', 'x', { region: 'ny2', ip: '2' }),
    ],
    have: ['1', '2'].map((ip) => have('publicIps', ip, { region: 'ny2', ip }, { id: ip })),
    memory: { bindings: new Map([['publicIps/x', bound('1')]]) },
    says: [
      'missing publicIps/y; region null → "ny2"',
      'inSync publicIps/x (2)',
      'unmanaged publicIps/1 (1); not in YAML',
      'create publicIps/y; region null → "ny2"',
      'bind publicIps/x to 2',
    ],
  },
])('$name: $because', ({ says, ...world }) => {
  expect(said(planFor(world))).toEqual(says);
});
