import { describe } from 'vitest';
import type { Spec } from '../../../src/model/resource.ts';
import {
  liveMachine,
  liveNetwork,
  liveScript,
  machine,
  machinesNamed,
  network,
  script,
  ubuntu,
} from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, declared, have, pinned, want } from '../../support/team.ts';

const project = (over: Spec = {}) => want('projects', 'p', over);
const liveProject = have('projects', 'p', {});
const replace = { onImmutableChange: 'replace' } as const;

describe('lifecycle.manage: observe', () => {
  planTests([
    {
      name: 'drift',
      because: 'it is reported, not corrected',
      want: [script('s', { isRunOnce: true }, { manage: 'observe' })],
      have: [liveScript('s')],
      findings: ['drifted startupScripts/s: observed only (lifecycle.manage)'],
    },
    {
      name: 'drift of a relation',
      because: 'it is reported, not corrected',
      want: [script('s', { assignedMachines: [] }, { manage: 'observe' })],
      have: [liveScript('s', 'id-m'), liveMachine('m')],
      memory: bindings('startupScripts/s'),
      findings: [
        'drifted startupScripts/s: observed only (lifecycle.manage)',
        'unmanaged machines/m',
      ],
    },
    {
      name: 'script of a new machine',
      because: 'nothing is assigned to an observed script',
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
      name: 'missing network of a new machine',
      because: 'an observed network is not created, so the machine is blocked',
      want: [
        network('a', {}, { manage: 'observe' }),
        machine('m', { network: declared('privateNetworks', 'a') }),
      ],
      have: [ubuntu],
      actions: [
        'machines/m:create blocked: privateNetworks/a is not there and will not be created',
      ],
      findings: [
        'missing privateNetworks/a: observed only (lifecycle.manage)',
        'blocked machines/m: privateNetworks/a is not there and will not be created',
      ],
    },
    {
      name: 'missing member',
      because: 'the other members are assigned',
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
      name: 'immutable change with onImmutableChange: replace',
      because: 'nothing is deleted',
      want: [network('a', { region: 'ca1' }, { ...replace, manage: 'observe' })],
      have: [liveNetwork('a')],
      findings: [
        'drifted privateNetworks/a: observed only (lifecycle.manage); region is fixed at creation',
      ],
    },
  ]);

  wholePlanTests([
    {
      name: 'in sync',
      because: 'there is no drift',
      want: [network('a', {}, { manage: 'observe' })],
      have: [liveNetwork('a')],
      memory: bindings('privateNetworks/a'),
      plan: ['inSync privateNetworks/a (id-a)'],
    },
    {
      name: 'script of a new machine, whole plan',
      because: 'the create does not refer to the script',
      want: [
        machine('m'),
        script('boot', { assignedMachines: machinesNamed('m') }, { manage: 'observe' }),
      ],
      have: [ubuntu, liveScript('boot')],
      memory: bindings('startupScripts/boot'),
      plan: [
        'missing machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50',
        'inSync startupScripts/boot (id-boot); unverifiable: script',
        'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50',
      ],
    },
    {
      name: 'member of an observed relation',
      because: 'it is not unassigned, so it cannot move',
      want: [
        script('new', { assignedMachines: machinesNamed('a') }),
        script('old', { assignedMachines: [] }, { manage: 'observe' }),
        machine('a'),
      ],
      have: [liveScript('new'), liveScript('old', 'id-a'), liveMachine('a')],
      memory: bindings('startupScripts/new', 'startupScripts/old', 'machines/a'),
      plan: [
        'blocked startupScripts/new (id-new); unverifiable: script; assignedMachines: machines/a is held by startupScripts/old, which does not let go of it',
        'drifted startupScripts/old (id-old); assignedMachines ["a"] → []; unverifiable: script; observed only (lifecycle.manage)',
        'inSync machines/a (id-a); unverifiable: template',
      ],
    },
  ]);
});
