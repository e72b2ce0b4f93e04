import { describe, expect, test } from 'vitest';
import type { Address, Desired } from '../../../../src/model/resource.ts';
import { dependencyOrder } from '../../../../src/reconcile/plan/fates/dependencyOrder.ts';
import type { Match } from '../../../../src/reconcile/plan/matching/match.ts';
import { machine, machinesNamed, network, script } from '../../../support/machines.ts';
import { catalog, declared, have, pinned, want } from '../../../support/team.ts';

interface Row {
  readonly because: string;
  /** In the order of the YAML. All are missing, unless they are named in `live`. */
  readonly resources: readonly Desired[];
  readonly live?: readonly Address[];
  /** The owners of the relations that the create of an address carries. */
  readonly carried?: Readonly<Record<Address, Address>>;
  readonly order: readonly Address[];
}

const onNetwork = machine('m', { network: declared('privateNetworks', 'n') });
const replaced = { onImmutableChange: 'replace' };

const rows: readonly Row[] = [
  {
    because: 'a missing machine comes after the missing network that it names',
    resources: [onNetwork, network('n')],
    order: ['privateNetworks/n', 'machines/m'],
  },
  {
    because: 'the order of the YAML stays if every resource is live and none can be replaced',
    resources: [onNetwork, network('n')],
    live: ['machines/m', 'privateNetworks/n'],
    order: ['machines/m', 'privateNetworks/n'],
  },
  {
    because: 'the network that a live machine names may be replaced',
    resources: [onNetwork, network('n', {}, replaced)],
    live: ['machines/m', 'privateNetworks/n'],
    order: ['privateNetworks/n', 'machines/m'],
  },
  {
    because: 'a network that is named by its id is not looked for',
    resources: [machine('m', { network: pinned('privateNetworks', 'n') }), network('n')],
    order: ['machines/m', 'privateNetworks/n'],
  },
  {
    because: 'a script does not wait for the machines that are assigned to it afterwards',
    resources: [script('s', { assignedMachines: machinesNamed('m') }), machine('m')],
    order: ['startupScripts/s', 'machines/m'],
  },
  {
    because: 'the create of a machine carries the script that lists it',
    resources: [machine('m'), script('s', { assignedMachines: machinesNamed('m') })],
    carried: { 'machines/m': 'startupScripts/s' },
    order: ['startupScripts/s', 'machines/m'],
  },
  {
    because: 'the create of a machine carries its accessors',
    resources: [
      machine('m', { accessors: [declared('teamMembers', 'ada@example.com')] }),
      want('teamMembers', 'ada@example.com', {}),
    ],
    order: ['teamMembers/ada@example.com', 'machines/m'],
  },
  {
    because: 'a deployment mentions its container registry',
    resources: [
      want('deployments', 'd', {
        project: declared('projects', 'p'),
        config: { image: 'registry.example.com/a', containerRegistry: 'r', env: [] },
      }),
      want('containerRegistries', 'r', {}),
      want('projects', 'p', {}),
    ],
    order: ['containerRegistries/r', 'projects/p', 'deployments/d'],
  },
  {
    because: 'a circle is cut where it is met first',
    resources: [
      machine('m', { restorePointSnapshot: declared('snapshots', 's') }),
      want('snapshots', 's', { machine: declared('machines', 'm') }),
    ],
    order: ['snapshots/s', 'machines/m'],
  },
];

describe('the order in which fates are decided', () => {
  test.each(rows)('$because', ({ resources, live = [], carried = {}, order }) => {
    const matchOf = ({ address, kind, name, spec }: Desired): Match =>
      live.includes(address)
        ? { is: 'found', live: have(kind, name, spec), new: false }
        : { is: 'missing' };
    const byAddress = new Map(
      resources.map((desired) => [
        desired.address,
        { desired, binding: undefined, found: matchOf(desired) },
      ]),
    );
    const ordered = dependencyOrder({
      catalog,
      matches: { byAddress, claimed: new Set() },
      carriedBy: (address) => {
        const owner = carried[address];
        return owner === undefined ? [] : [{ field: 'startupScript', owner }];
      },
    });
    expect(ordered.map(({ desired }) => desired.address)).toEqual(order);
  });
});
