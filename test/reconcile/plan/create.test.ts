import {
  liveNetwork,
  liveScript,
  machine,
  machinesNamed,
  network,
  script,
  ubuntu,
} from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, bound, declared, kindWithout, live, want } from '../../support/team.ts';

planTests([
  {
    name: 'missing',
    because: 'a declared resource without a match is created',
    want: [network('a')],
    actions: ['privateNetworks/a:create'],
    findings: ['missing privateNetworks/a'],
  },
  {
    name: 'missing, with a kept write-only value',
    because: 'there is no value to create it with',
    want: [script('s', { script: { from: 'keep' } })],
    actions: [
      'startupScripts/s:create blocked: script is { keep: true }, so there is nothing to create it with',
    ],
    findings: [
      'blocked startupScripts/s: script is { keep: true }, so there is nothing to create it with',
    ],
  },
  {
    name: 'missing, with an unreadable secret',
    because: 'it blocks only its resource',
    want: [script('s'), script('t')],
    have: [liveScript('t')],
    memory: { bindings: new Map([['startupScripts/t', bound('id-t')]]) },
    written: {
      unreadable: (address) =>
        address === 'startupScripts/s' ? 'script: X is not set' : undefined,
    },
    actions: ['startupScripts/s:create blocked: script: X is not set'],
    findings: ['blocked startupScripts/s: script: X is not set'],
  },
  {
    name: 'kind without a create call',
    because: 'the reason names the kind, and dependants are blocked',
    kinds: [kindWithout('privateNetworks', 'create')],
    want: [network('a'), machine('m', { network: declared('privateNetworks', 'a') })],
    have: [ubuntu],
    actions: ['machines/m:create blocked: privateNetworks/a is not there and will not be created'],
    findings: [
      'blocked privateNetworks/a: the API cannot create a private network',
      'blocked machines/m: privateNetworks/a is not there and will not be created',
    ],
  },
  {
    name: 'update-only field of a new machine',
    because: 'an update sets it once machine and snapshot exist, though each refers to the other',
    want: [
      machine('a', { restorePointSnapshot: declared('snapshots', 's') }),
      want('snapshots', 's', { machine: declared('machines', 'a') }),
    ],
    have: [ubuntu],
    actions: ['machines/a:create', 'snapshots/s:create', 'machines/a:update'],
    findings: ['missing machines/a', 'missing snapshots/s'],
  },
]);

wholePlanTests([
  {
    name: 'machine with network, script and restore point',
    because: 'the create sends the fields, and an update afterwards the update-only ones',
    want: [
      machine('m', {
        network: declared('privateNetworks', 'n'),
        restorePointEnabled: true,
        restorePointSnapshot: declared('snapshots', 's'),
      }),
      network('n'),
      want('snapshots', 's', { machine: declared('machines', 'm') }),
      script('boot', { assignedMachines: machinesNamed('m') }),
    ],
    have: [ubuntu],
    plan: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; network null → "n"; restorePointEnabled null → true; restorePointSnapshot null → "s"',
      'missing privateNetworks/n; region null → "ny2"',
      'missing snapshots/s; machine null → "m"',
      'missing startupScripts/boot; script null → "(text)"',
      'create privateNetworks/n; region null → "ny2"',
      'create startupScripts/boot; script null → "(text)"',
      'create machines/m; carries startupScript new startupScripts/boot; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; network null → "n"; restorePointEnabled null → true; restorePointSnapshot null → "s"; after privateNetworks/n:create, startupScripts/boot:create',
      'create snapshots/s; machine null → "m"; after machines/m:create',
      'update machines/m; fields restorePointEnabled restorePointSnapshot; restorePointEnabled null → true; restorePointSnapshot null → "s"; after machines/m:create, snapshots/s:create',
    ],
  },
  {
    name: 'machine of a live script',
    because: 'the create refers to the script by its id',
    want: [machine('m'), script('boot', { assignedMachines: machinesNamed('m') })],
    have: [ubuntu, liveScript('boot')],
    memory: bindings('startupScripts/boot'),
    plan: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50',
      'inSync startupScripts/boot (id-boot); unverifiable: script',
      'create machines/m; carries startupScript id-boot; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50',
    ],
  },
  {
    name: 'restore point with an unknown snapshot',
    because: 'only the update after the create is blocked',
    want: [machine('m', { restorePointSnapshot: live('snapshots', 'none') })],
    have: [ubuntu],
    plan: [
      'missing machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; restorePointSnapshot null → "none"',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; restorePointSnapshot null → "none"',
      'update machines/m; fields restorePointSnapshot; restorePointSnapshot null → "none"; after machines/m:create; blocked: there is no live snapshot "none"',
    ],
  },
  {
    name: 'template whose list was not read',
    because: 'the list is requested, and the create is blocked until it is read',
    want: [machine('m')],
    unlisted: ['osTemplates'],
    plan: [
      'blocked machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; osTemplates were not listed',
      'create machines/m; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50; blocked: osTemplates were not listed',
      'list osTemplates',
    ],
  },
  {
    name: 'name that resembles a live one',
    because:
      'a difference in case, space or Unicode form is easily overlooked, and a second resource costs money',
    want: [network('Lab'), network('ｄａｔａ'), network('own')],
    have: [
      liveNetwork('lab ', { id: '1' }),
      liveNetwork('data', { id: '2' }),
      liveNetwork('own', { id: '3' }),
      liveNetwork('OWN', { id: '4' }),
    ],
    plan: [
      'missing privateNetworks/Lab; region null → "ny2"',
      'missing privateNetworks/ｄａｔａ; region null → "ny2"',
      'inSync privateNetworks/own (3)',
      'unmanaged privateNetworks/lab  (1); undeclared',
      'unmanaged privateNetworks/data (2); undeclared',
      'unmanaged privateNetworks/OWN (4); undeclared',
      'create privateNetworks/Lab; region null → "ny2"; warning: the private network "lab " (1) is there, whose name differs only in case, surrounding space, or Unicode form; this creates another one',
      'create privateNetworks/ｄａｔａ; region null → "ny2"; warning: the private network "data" (2) is there, whose name differs only in case, surrounding space, or Unicode form; this creates another one',
      'bind privateNetworks/own to 3',
    ],
  },
  {
    name: 'name that resembles a declared one',
    because: 'validate warns of that',
    want: [network('Lab'), network('lab')],
    have: [liveNetwork('lab', { id: '1' })],
    memory: { bindings: new Map([['privateNetworks/lab', bound('1')]]) },
    plan: [
      'missing privateNetworks/Lab; region null → "ny2"',
      'inSync privateNetworks/lab (1)',
      'create privateNetworks/Lab; region null → "ny2"',
    ],
  },
]);
