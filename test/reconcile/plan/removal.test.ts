import { liveMachine, liveNetwork, machine, ubuntu } from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, bound, declared, have, kindWithout, want } from '../../support/team.ts';

const replace = { onImmutableChange: 'replace' } as const;

planTests([
  {
    name: 'orphaned',
    because: 'a resource is not deleted because it is no longer declared',
    have: [liveNetwork('a')],
    memory: { bindings: new Map([['privateNetworks/a', bound('id-a')]]) },
    findings: ['orphaned privateNetworks/a'],
  },
  {
    name: 'pruned',
    because: 'settings.prune deletes the orphaned resources of the kinds that it lists',
    have: [liveNetwork('a'), liveNetwork('b')],
    memory: { bindings: new Map([['privateNetworks/a', bound('id-a')]]) },
    prune: ['privateNetworks'],
    actions: ['privateNetworks/a:delete'],
    findings: ['drifted privateNetworks/a', 'unmanaged privateNetworks/b'],
  },
  {
    name: 'pruned, protected',
    because: 'preventDeletion applies after its declaration is removed',
    have: [liveNetwork('a')],
    memory: { bindings: new Map([['privateNetworks/a', bound('id-a', { protected: true })]]) },
    prune: ['privateNetworks'],
    actions: [
      'privateNetworks/a:delete blocked: lifecycle.preventDeletion was set when it was last declared',
    ],
    findings: [
      'blocked privateNetworks/a: lifecycle.preventDeletion was set when it was last declared',
    ],
  },
  {
    name: 'absent',
    because: 'a resource listed in absent is deleted',
    have: [liveNetwork('a')],
    absent: [['privateNetworks', 'a']],
    actions: ['privateNetworks/a:delete'],
    findings: ['drifted privateNetworks/a'],
  },
  {
    name: 'absent, not live',
    because: 'there is nothing to delete',
    absent: [['privateNetworks', 'a']],
  },
  {
    name: 'absent, with a duplicate name',
    because: 'an ambiguous name is not deleted',
    have: [liveNetwork('a', { id: '1' }), liveNetwork('a', { id: '2' })],
    absent: [['privateNetworks', 'a']],
    findings: Array.from(
      { length: 2 },
      () =>
        'ambiguous privateNetworks/a: 2 live resources bear this name; delete the right one by hand',
    ),
  },
  {
    name: 'absent, with dependants',
    because: 'a network is deleted after its machines',
    have: [liveNetwork('n'), liveMachine('m', { network: 'id-n' })],
    absent: [
      ['privateNetworks', 'n'],
      ['machines', 'm'],
    ],
    actions: ['machines/m:delete', 'privateNetworks/n:delete'],
    findings: ['drifted privateNetworks/n', 'drifted machines/m'],
  },
  {
    name: 'absent, not ready',
    because: 'a machine runs one job at a time',
    absent: [
      ['machines', 'm'],
      ['machines', 'n'],
    ],
    have: [
      liveMachine('m', {}, { ready: false, transition: undefined }),
      liveMachine('n', {}, { ready: false, transition: 'starting' }),
    ],
    actions: [
      'machines/m:delete blocked: the API is at work on it',
      'machines/n:delete blocked: starting',
    ],
    findings: ['blocked machines/m: the API is at work on it', 'blocked machines/n: starting'],
  },
  {
    name: 'absent, read-only',
    because: 'its reason blocks the deletion',
    absent: [['teamMembers', 'ada']],
    have: [have('teamMembers', 'ada', { role: 'owner' }, { readOnlyReason: 'ada is the owner' })],
    actions: ['teamMembers/ada:delete blocked: ada is the owner'],
    findings: ['blocked teamMembers/ada: ada is the owner'],
  },
  {
    name: 'absent, of a kind without a delete call',
    because: 'it is kept, and the reason is reported',
    kinds: [kindWithout('privateNetworks', 'remove')],
    absent: [['privateNetworks', 'a']],
    have: [liveNetwork('a')],
    actions: ['privateNetworks/a:delete blocked: the API cannot delete a private network'],
    findings: ['blocked privateNetworks/a: the API cannot delete a private network'],
  },
]);

wholePlanTests([
  {
    name: 'network with machines',
    because: 'its deletion requires that of its machines, and of no others',
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
    plan: [
      'drifted privateNetworks/n (id-n)',
      'drifted machines/a (id-a)',
      'drifted machines/b (id-b)',
      'drifted machines/c (id-c)',
      'unmanaged machines/d (id-d); undeclared',
      'delete machines/a; of id-a',
      'delete machines/b; of id-b',
      'delete privateNetworks/n; of id-n; after machines/a:delete, machines/b:delete',
      'delete machines/c; of id-c',
    ],
  },
  {
    name: 'resource in use',
    because: 'the API would refuse to delete it',
    absent: [
      ['privateNetworks', 'n'],
      ['machines', 'a'],
    ],
    have: [
      liveNetwork('n'),
      liveMachine('a', { network: 'id-n' }),
      liveMachine('d', { network: 'id-n' }),
    ],
    plan: [
      'blocked privateNetworks/n (id-n); machines/d (id-d) still uses it',
      'drifted machines/a (id-a)',
      'unmanaged machines/d (id-d); undeclared',
      'delete machines/a; of id-a',
      'delete privateNetworks/n; of id-n; after machines/a:delete; blocked: machines/d (id-d) still uses it',
    ],
  },
  {
    name: 'resource used by a replaced one',
    because: 'its deletion waits for the replacement, and is blocked with it',
    want: [
      machine('m', { region: 'ca1' }, replace),
      machine('kept', { region: 'ca1' }, replace),
      want('customTemplates', 't', { machine: declared('machines', 'kept') }),
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
    plan: [
      'drifted machines/m (id-m); region "ny2" → "ca1"; unverifiable: template',
      'blocked machines/kept (id-kept); region "ny2" → "ca1"; unverifiable: template; it is not replaced while customTemplates/t refers to it and stays; replace that too, or take the reference away',
      'inSync customTemplates/t (id-t)',
      'drifted privateNetworks/n (id-n)',
      'blocked privateNetworks/other (id-other); waits for machines/kept:delete',
      'delete machines/m; of id-m',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ca1"; diskSize null → 50; after machines/m:delete',
      'delete machines/kept; of id-kept; blocked: it is not replaced while customTemplates/t refers to it and stays; replace that too, or take the reference away',
      'create machines/kept; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ca1"; diskSize null → 50; after machines/kept:delete; blocked: it is not replaced while customTemplates/t refers to it and stays; replace that too, or take the reference away',
      'delete privateNetworks/n; of id-n; after machines/m:delete',
      'delete privateNetworks/other; of id-other; after machines/kept:delete; blocked: waits for machines/kept:delete',
    ],
  },
  {
    name: 'incomplete list of dependants',
    because: 'an unlisted machine may use it',
    absent: [['privateNetworks', 'n']],
    have: [liveNetwork('n')],
    partial: ['machines'],
    plan: [
      'blocked privateNetworks/n (id-n); whether any of the machines uses it is not known: they could not be listed',
      'delete privateNetworks/n; of id-n; blocked: whether any of the machines uses it is not known: they could not be listed',
      'not complete',
    ],
  },
  {
    name: 'pruned, with a duplicate name',
    because: 'only the bound resource is deleted',
    prune: ['privateNetworks'],
    have: [liveNetwork('a'), liveNetwork('a', { id: '2' })],
    memory: bindings('privateNetworks/a'),
    plan: [
      'drifted privateNetworks/a (id-a); undeclared',
      'unmanaged privateNetworks/a (2); undeclared',
      'delete privateNetworks/a; of id-a',
    ],
  },
]);
