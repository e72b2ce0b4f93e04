import { liveMachine, liveNetwork, machine, network, ubuntu } from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, declared, live, want } from '../../support/team.ts';

planTests([
  {
    name: 'new machine on a new network',
    because: 'the machine is created after its network',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [ubuntu],
    actions: ['privateNetworks/n:create', 'machines/m:create'],
    findings: ['missing machines/m', 'missing privateNetworks/n'],
  },
  {
    name: 'machine from a template of a new machine',
    because: 'all three are created in one pass',
    want: [
      machine('b', { template: declared('customTemplates', 't') }),
      want('customTemplates', 't', { machine: declared('machines', 'a') }),
      machine('a', { state: 'off' }),
    ],
    have: [ubuntu],
    actions: ['machines/a:create', 'customTemplates/t:create', 'machines/b:create'],
    findings: ['missing machines/b', 'missing customTemplates/t', 'missing machines/a'],
  },
  {
    name: 'move to a new network',
    because: 'the update runs after the create',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [liveMachine('m', { network: 'id-other' })],
    actions: ['privateNetworks/n:create', 'machines/m:update'],
    findings: ['drifted machines/m', 'missing privateNetworks/n'],
  },
  {
    name: 'unknown template',
    because: 'it blocks only its machine',
    want: [machine('m'), network('n')],
    actions: [
      'machines/m:create blocked: there is no live OS template "Ubuntu 22.04"',
      'privateNetworks/n:create',
    ],
    findings: [
      'blocked machines/m: there is no live OS template "Ubuntu 22.04"',
      'missing privateNetworks/n',
    ],
  },
  {
    name: 'template name that is not unique',
    because: 'an ambiguous reference is not resolved',
    want: [machine('m')],
    have: [ubuntu, { ...ubuntu, id: 'other' }],
    actions: ['machines/m:create blocked: 2 live OS templates are called "Ubuntu 22.04"'],
    findings: ['blocked machines/m: 2 live OS templates are called "Ubuntu 22.04"'],
  },
  {
    name: 'ambiguous network',
    because: 'it blocks the create of a machine on it',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [ubuntu, liveNetwork('n', { id: '1' }), liveNetwork('n', { id: '2' })],
    actions: ['machines/m:create blocked: privateNetworks/n is ambiguous'],
    findings: [
      'blocked machines/m: privateNetworks/n is ambiguous',
      'ambiguous privateNetworks/n: several resources answer to this name (1, 2); rename or delete all but one',
    ],
  },
]);

wholePlanTests([
  {
    name: 'move to a new network, whole plan',
    because: 'the update requires the create',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [liveMachine('m', { network: 'id-old' }), liveNetwork('old')],
    memory: bindings('machines/m'),
    plan: [
      'drifted machines/m (id-m); network "old" → "n"; unverifiable: template',
      'missing privateNetworks/n; region null → "ny2"',
      'unmanaged privateNetworks/old (id-old); undeclared',
      'create privateNetworks/n; region null → "ny2"',
      'update machines/m; of id-m; fields network; network "old" → "n"; after privateNetworks/n:create',
    ],
  },
  {
    name: 'move to an unknown network',
    because: 'the update is blocked, and the live network is shown by its name',
    want: [machine('m', { network: live('privateNetworks', 'n') })],
    have: [liveMachine('m', { network: 'id-old' }), liveNetwork('old')],
    memory: bindings('machines/m'),
    plan: [
      'blocked machines/m (id-m); network "old" → "n"; unverifiable: template; there is no live private network "n"',
      'unmanaged privateNetworks/old (id-old); undeclared',
    ],
  },
  {
    name: 'move to an ambiguous network',
    because: 'an ambiguous reference is not resolved',
    want: [machine('m', { network: declared('privateNetworks', 'n') }), network('n')],
    have: [liveMachine('m'), liveNetwork('n', { id: '1' }), liveNetwork('n', { id: '2' })],
    memory: bindings('machines/m'),
    plan: [
      'blocked machines/m (id-m); network null → "n"; unverifiable: template; privateNetworks/n is ambiguous',
      'ambiguous privateNetworks/n; several resources answer to this name (1, 2); rename or delete all but one',
    ],
  },
]);
