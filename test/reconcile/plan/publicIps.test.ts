import { liveMachine, machine, ubuntu } from '../../support/machines.ts';
import { planTests, wholePlanTests } from '../../support/planRows.ts';
import { bindings, bound, declared, have, live, pinned, sentAt, want } from '../../support/team.ts';

const address = (name: string, over: object = {}) =>
  want('publicIps', name, { region: 'ny2', ...over });
const of = (name: string) => ({ machine: declared('machines', name) });
const liveAddress = (ip: string, over: object = {}) =>
  have('publicIps', ip, { ip, region: 'ny2', ...over }, { id: ip });
const [one, two] = ['192.0.2.1', '192.0.2.2'];
const boundTo = (...pairs: [string, string][]) => ({
  bindings: new Map(pairs.map(([name, ip]) => [`publicIps/${name}` as const, bound(ip)])),
});
const assigned = liveAddress('192.0.2.1', { machine: 'id-m' });

const replace = { onImmutableChange: 'replace' } as const;

planTests([
  {
    name: 'ip of another declared address',
    because: 'an address declared by ip is matched first',
    want: [address('any'), address('this', { ip: one })],
    have: [liveAddress(one)],
    actions: ['publicIps/any:create'],
    findings: ['missing publicIps/any'],
  },
  {
    name: 'ip, with a binding to another address',
    because: 'the declared ip takes precedence over the binding',
    want: [address('gate', { ip: two })],
    have: [liveAddress(one), liveAddress(two)],
    memory: boundTo(['gate', one]),
    findings: [`unmanaged publicIps/${one}`],
  },
  {
    name: 'ip that is not live',
    because: 'the API chooses addresses, so none can be created for it',
    want: [address('gate', { ip: two })],
    have: [liveAddress(one)],
    actions: [
      `publicIps/gate:create blocked: there is no public IP whose ip is ${two}, and the API chooses it`,
    ],
    findings: [
      `blocked publicIps/gate: there is no public IP whose ip is ${two}, and the API chooses it`,
      `unmanaged publicIps/${one}`,
    ],
  },
  {
    name: 'machine that has an address',
    because: 'the machine keeps its address',
    want: [address('gate', { machine: live('machines', 'theirs') })],
    have: [liveMachine('theirs'), liveAddress(one), liveAddress(two, { machine: 'id-theirs' })],
    findings: [`unmanaged machines/theirs`, `unmanaged publicIps/${one}`],
  },
  {
    name: 'pinned machine that has an address',
    because: 'the machine keeps its address',
    want: [address('x', { machine: pinned('machines', 'id-m') })],
    have: [assigned, liveMachine('m')],
    findings: ['unmanaged machines/m'],
  },
  {
    name: 'machine name that is not unique',
    because: 'an ambiguous reference is not resolved',
    want: [address('x', { machine: live('machines', 'm') })],
    have: [assigned, liveMachine('m'), liveMachine('m', {}, { id: '2' })],
    actions: ['publicIps/x:create'],
    findings: [
      'blocked publicIps/x: machine: 2 live machines are called "m"',
      'unmanaged machines/m',
      'unmanaged machines/m',
      'unmanaged publicIps/192.0.2.1',
    ],
  },
  {
    name: 'machine in an incomplete list',
    because: 'the reference cannot be resolved',
    want: [address('x', { machine: live('machines', 'm') })],
    have: [assigned, liveMachine('m')],
    partial: ['machines'],
    actions: ['publicIps/x:create'],
    findings: [
      'blocked publicIps/x: machine: machines could not be listed',
      'unmanaged machines/m',
      'unmanaged publicIps/192.0.2.1',
    ],
  },
  {
    name: 'addresses of another region or in use',
    because: 'only an unassigned address of the region matches',
    want: [address('gate')],
    have: [liveAddress(one, { region: 'ca1' }), liveAddress(two, { machine: 'id-theirs' })],
    actions: ['publicIps/gate:create'],
    findings: [
      'missing publicIps/gate',
      `unmanaged publicIps/${one}`,
      `unmanaged publicIps/${two}`,
    ],
  },
  {
    name: 'machine that has another address',
    because: 'a machine has one address, so that one is unassigned first',
    want: [machine('a'), address('x', { machine: null }), address('y', of('a'))],
    have: [liveMachine('a'), liveAddress(one, { machine: 'id-a' }), liveAddress(two)],
    memory: boundTo(['x', one], ['y', two]),
    actions: ['publicIps/x:unassign(machine/a)', 'publicIps/y:assign(machine/a)'],
    findings: ['drifted publicIps/x', 'drifted publicIps/y'],
  },
]);

wholePlanTests([
  {
    name: 'move to another machine',
    because: 'an address has one machine, so it is unassigned first',
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
    plan: [
      'drifted publicIps/x (id-x); machine ["a"] → ["b"]',
      'inSync machines/a (id-a); unverifiable: template',
      'inSync machines/b (id-b); unverifiable: template',
      'unassign publicIps/x; of id-x; machine: id-a; machine/a true → false',
      'assign publicIps/x; of id-x; machine: id-b; machine/b false → true; after publicIps/x:unassign(machine/a)',
    ],
  },
  {
    name: 'machine that is replaced',
    because: 'the delete unassigns the address, and it is assigned to the new machine',
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
    plan: [
      'drifted publicIps/x (id-x); machine ["a"] → ["a"]',
      'drifted machines/a (id-a); region "ny2" → "ca1"; unverifiable: template',
      'delete machines/a; of id-a',
      'create machines/a; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ca1"; diskSize null → 50; after machines/a:delete',
      'assign publicIps/x; of id-x; machine: new machines/a; machine/a false → true; after machines/a:delete, machines/a:create',
    ],
  },
  {
    name: 'new address for a new machine',
    because: 'it is assigned after both creates',
    want: [
      want('publicIps', 'x', { region: 'ny2', machine: declared('machines', 'a') }),
      machine('a'),
    ],
    have: [ubuntu],
    plan: [
      'missing publicIps/x; region null → "ny2"',
      'missing machines/a; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50',
      'create publicIps/x; region null → "ny2"',
      'create machines/a; machineType null → "C5"; template null → "Ubuntu 22.04"; region null → "ny2"; diskSize null → 50',
      'assign publicIps/x; machine: new machines/a; machine/a false → true; after publicIps/x:create, machines/a:create',
    ],
  },
  {
    name: 'create without a response',
    because: 'the address is matched by its machine',
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
    plan: [
      'inSync publicIps/x (id-held)',
      'inSync machines/a (id-a); unverifiable: template',
      'unmanaged publicIps/free (id-free); undeclared',
      'bind publicIps/x to id-held',
    ],
  },
  {
    name: 'two declared addresses, one live',
    because: 'the more specific one is matched first, and bound',
    want: [
      want('publicIps', 'any', { region: 'ny2' }),
      want('publicIps', 'of', { region: 'ny2', machine: declared('machines', 'a') }),
      machine('a'),
    ],
    have: [have('publicIps', 'free', { region: 'ny2', ip: 'free' }), liveMachine('a')],
    memory: bindings('machines/a'),
    plan: [
      'missing publicIps/any; region null → "ny2"',
      'drifted publicIps/of (id-free); machine [] → ["a"]',
      'inSync machines/a (id-a); unverifiable: template',
      'create publicIps/any; region null → "ny2"',
      'assign publicIps/of; of id-free; machine: id-a; machine/a false → true',
      'bind publicIps/of to id-free',
    ],
  },
  {
    name: 'ip other than the bound one',
    because: 'the formerly bound address becomes unmanaged, and is not matched in this plan',
    want: [
      want('publicIps', 'y', { region: 'ny2' }),
      want('publicIps', 'x', { region: 'ny2', ip: '2' }),
    ],
    have: ['1', '2'].map((ip) => have('publicIps', ip, { region: 'ny2', ip }, { id: ip })),
    memory: { bindings: new Map([['publicIps/x', bound('1')]]) },
    plan: [
      'missing publicIps/y; region null → "ny2"',
      'inSync publicIps/x (2)',
      'unmanaged publicIps/1 (1); undeclared',
      'create publicIps/y; region null → "ny2"',
      'bind publicIps/x to 2',
    ],
  },
]);
