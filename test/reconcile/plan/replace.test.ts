import { describe } from 'vitest';
import {
  liveMachine,
  liveNetwork,
  machine,
  network,
  script,
  ubuntu,
} from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, declared, have, kindWithout, want } from '../../support/team.ts';

const replace = { onImmutableChange: 'replace' } as const;

describe('lifecycle.onImmutableChange: replace', () => {
  planTests([
    {
      name: 'kind without a delete call',
      because: 'no second one is created beside it',
      kinds: [kindWithout('privateNetworks', 'remove')],
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a')],
      actions: [
        'privateNetworks/a:delete blocked: the API cannot delete a private network',
        'privateNetworks/a:create blocked: the API cannot delete a private network',
      ],
      findings: ['blocked privateNetworks/a: the API cannot delete a private network'],
    },
    {
      name: 'not ready',
      because: 'it is pending',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a', { ready: false })],
      findings: ['pending privateNetworks/a: the API is at work on it'],
    },
    {
      name: 'not ready, with a dependant',
      because: 'it is kept for now, so its dependant is in sync',
      want: [
        network('a', { region: 'ca1' }, replace),
        machine('m', { network: declared('privateNetworks', 'a') }),
      ],
      have: [liveNetwork('a', { ready: false }), liveMachine('m', { network: 'id-a' })],
      findings: ['pending privateNetworks/a: the API is at work on it'],
    },
    {
      name: 'not ready, failed',
      because: 'it will never become ready',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a', { ready: false, failure: 'it broke' })],
      actions: ['privateNetworks/a:delete', 'privateNetworks/a:create'],
      findings: ['drifted privateNetworks/a'],
    },
    {
      name: 'incomplete list',
      because: 'an unlisted resource may refer to it',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a')],
      memory: bindings('privateNetworks/a'),
      partial: ['privateNetworks'],
      actions: [
        'privateNetworks/a:delete blocked: privateNetworks could not be listed to the end',
        'privateNetworks/a:create blocked: privateNetworks could not be listed to the end',
      ],
      findings: ['blocked privateNetworks/a: privateNetworks could not be listed to the end'],
    },
    {
      name: 'member',
      because: 'it is assigned to the new one',
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
      name: 'member that another resource declares',
      because: 'only the delete frees the member',
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

  wholePlanTests([
    {
      name: 'network',
      because: 'the create requires the delete',
      want: [network('a', { region: 'ca1' }, replace)],
      have: [liveNetwork('a')],
      memory: bindings('privateNetworks/a'),
      plan: [
        'drifted privateNetworks/a (id-a); region "ny2" → "ca1"',
        'delete privateNetworks/a; of id-a',
        'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete',
      ],
    },
    {
      name: 'dependant that is kept',
      because: 'it would lose what it refers to',
      want: [
        network('a', { region: 'ca1' }, replace),
        machine('m', { network: declared('privateNetworks', 'a') }),
      ],
      have: [liveNetwork('a'), liveMachine('m', { network: 'id-a' })],
      memory: bindings('privateNetworks/a', 'machines/m'),
      plan: [
        'blocked privateNetworks/a (id-a); region "ny2" → "ca1"; it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
        'inSync machines/m (id-m); unverifiable: template',
        'delete privateNetworks/a; of id-a; blocked: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
        'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete; blocked: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
      ],
    },
    {
      name: 'dependant that is replaced too',
      because: 'it is deleted first and created last',
      want: [
        network('a', { region: 'ca1' }, replace),
        machine('m', { network: declared('privateNetworks', 'a'), region: 'ca1' }, replace),
        machine('other', { region: 'ca1' }, replace),
      ],
      have: [ubuntu, liveNetwork('a'), liveMachine('m', { network: 'id-a' }), liveMachine('other')],
      memory: bindings('privateNetworks/a', 'machines/m', 'machines/other'),
      plan: [
        'drifted privateNetworks/a (id-a); region "ny2" → "ca1"',
        'drifted machines/m (id-m); region "ny2" → "ca1"; network "a" → "a"; unverifiable: template',
        'drifted machines/other (id-other); region "ny2" → "ca1"; unverifiable: template',
        'delete machines/m; of id-m',
        'delete privateNetworks/a; of id-a; after machines/m:delete',
        'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete',
        'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ca1"; diskSize null → 50; network null → "a"; after privateNetworks/a:create, machines/m:delete',
        'delete machines/other; of id-other',
        'create machines/other; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ca1"; diskSize null → 50; after machines/other:delete',
      ],
    },
    {
      name: 'drive on a network whose replacement is blocked',
      because: 'the network is kept, so the drive and its data are kept too',
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
      plan: [
        'blocked privateNetworks/a (id-a); region "ny2" → "ca1"; it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
        'inSync machines/m (id-m); unverifiable: template',
        'inSync sharedDrives/d (id-d)',
        'delete privateNetworks/a; of id-a; blocked: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
        'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete; blocked: it is not replaced while machines/m refers to it and stays; replace that too, or take the reference away',
      ],
    },
    {
      name: 'dependant that is created',
      because: 'its create requires that of the new one',
      want: [
        network('a', { region: 'ca1' }, replace),
        machine('m', { network: declared('privateNetworks', 'a') }),
      ],
      have: [ubuntu, liveNetwork('a')],
      memory: bindings('privateNetworks/a'),
      plan: [
        'drifted privateNetworks/a (id-a); region "ny2" → "ca1"',
        'missing machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; network null → "a"',
        'delete privateNetworks/a; of id-a',
        'create privateNetworks/a; region null → "ca1"; after privateNetworks/a:delete',
        'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; network null → "a"; after privateNetworks/a:create',
      ],
    },
    {
      name: 'other changes',
      because: 'the create sends them',
      want: [machine('m', { region: 'ca1', machineType: 'C7' }, replace)],
      have: [ubuntu, liveMachine('m')],
      memory: bindings('machines/m'),
      plan: [
        'drifted machines/m (id-m); machineType "C5" → "C7"; region "ny2" → "ca1"; unverifiable: template',
        'delete machines/m; of id-m',
        'create machines/m; machineType null → "C7"; template null → "Ubuntu 22.04"; region null → "ca1"; diskSize null → 50; after machines/m:delete',
      ],
    },
    {
      name: 'mutable change only',
      because: 'it is an update',
      want: [script('s', { isRunOnce: true }, replace)],
      have: [have('startupScripts', 's', { isRunOnce: false })],
      memory: bindings('startupScripts/s'),
      plan: [
        'drifted startupScripts/s (id-s); isRunOnce false → true; unverifiable: script',
        'update startupScripts/s; of id-s; fields isRunOnce; isRunOnce false → true',
      ],
    },
  ]);
});
