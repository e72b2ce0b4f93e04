import { describe } from 'vitest';
import { liveMachine, machine, ubuntu } from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, declared, live, want } from '../../support/team.ts';

const template = want('customTemplates', 't', { machine: declared('machines', 'm') });

describe('a custom template of a', () => {
  planTests([
    {
      name: 'machine that is off',
      because: 'a template is created from a machine that is off (FACTS 3.8)',
      want: [template, machine('m', { state: 'off' })],
      have: [liveMachine('m', { state: 'off' })],
      actions: ['customTemplates/t:create'],
      findings: ['missing customTemplates/t'],
    },
    {
      name: 'machine that this plan stops',
      because: 'the template is created after the stop',
      want: [template, machine('m', { state: 'off' })],
      have: [liveMachine('m')],
      actions: ['machines/m:stop', 'customTemplates/t:create'],
      findings: ['missing customTemplates/t', 'drifted machines/m'],
    },
    {
      name: 'machine that is declared running',
      because: 'the plan must not stop it',
      want: [template, machine('m', { state: 'running' })],
      have: [liveMachine('m')],
      actions: ['customTemplates/t:create blocked: machines/m must be off; set its state to off'],
      findings: ['blocked customTemplates/t: machines/m must be off; set its state to off'],
    },
    {
      name: 'unknown machine',
      because: 'both obstacles are reported',
      want: [want('customTemplates', 't', { machine: live('machines', 'm') })],
      actions: [
        'customTemplates/t:create blocked: there is no live machine "m"; machines/m must be off; set its state to off',
      ],
      findings: [
        'blocked customTemplates/t: there is no live machine "m"; machines/m must be off; set its state to off',
      ],
    },
  ]);

  wholePlanTests([
    {
      name: 'machine that this plan stops, whole plan',
      because: 'the create requires the stop',
      want: [template, machine('m', { state: 'off' })],
      have: [liveMachine('m')],
      memory: bindings('machines/m'),
      plan: [
        'missing customTemplates/t; machine null → "m"',
        'drifted machines/m (id-m); state "running" → "off"; unverifiable: template',
        'stop machines/m; of id-m; state "running" → "off"',
        'create customTemplates/t; machine null → "m"; after machines/m:stop',
      ],
    },
    {
      name: 'machine that this plan restarts',
      because: 'it does not stay off',
      want: [template, machine('m', { diskSize: 100 }, { allowStop: true })],
      have: [liveMachine('m')],
      memory: bindings('machines/m'),
      plan: [
        'blocked customTemplates/t; machine null → "m"; machines/m must be off; set its state to off',
        'drifted machines/m (id-m); diskSize 50 → 100; unverifiable: template',
        'create customTemplates/t; machine null → "m"; blocked: machines/m must be off; set its state to off',
        'stop machines/m; of id-m; state "running" → "off"',
        'update machines/m; of id-m; fields diskSize; diskSize 50 → 100; after machines/m:stop',
        'start machines/m; of id-m; state "off" → "running"; after machines/m:stop; after the end of machines/m:update',
      ],
    },
    {
      name: 'machine that is created running',
      because: 'it is never off',
      want: [template, machine('m', { state: 'running' })],
      have: [ubuntu],
      plan: [
        'blocked customTemplates/t; machine null → "m"; machines/m must be off; set its state to off',
        'missing machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; state null → "running"',
        'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; state null → "running"',
        'create customTemplates/t; machine null → "m"; after machines/m:create; blocked: machines/m must be off; set its state to off',
      ],
    },
    {
      name: 'pinned machine',
      because: 'the plan does not know its power, so the API decides',
      want: [want('customTemplates', 't', { machine: { by: 'id', kind: 'machines', id: 'id-m' } })],
      have: [liveMachine('m')],
      plan: [
        'missing customTemplates/t; machine null → "id-m"',
        'unmanaged machines/m (id-m); undeclared',
        'create customTemplates/t; machine null → "id-m"',
      ],
    },
  ]);
});
