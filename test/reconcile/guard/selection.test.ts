import { describe, expect, test } from 'vitest';
import { parseSelector, type Selector } from '../../../src/model/selection/selector.ts';
import { selectActions } from '../../../src/reconcile/guard/selection.ts';
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
import {
  actionsOf,
  bindings,
  catalog,
  declared,
  planFor,
  want,
  type World,
} from '../../support/team.ts';

interface Row extends World {
  readonly name: string;
  readonly because: string;
  readonly only: readonly string[];
  readonly actions: readonly string[];
  /** What is only included, and why. */
  readonly included?: Readonly<Record<string, string>>;
  readonly unmatched?: readonly string[];
}

const selectorOf = (text: string): Selector => {
  const selector = parseSelector(text);
  if (!selector) throw new Error(`${text} is no selector`);
  return selector;
};

const selectedFrom = (only: readonly string[], world: World) =>
  selectActions(planFor(world), only.map(selectorOf), {
    kinds: catalog.kinds,
    resources: world.want ?? [],
    absent: (world.absent ?? []).map(([kind, name]) => ({
      address: `${kind}/${name}`,
      kind,
      name,
      source: { file: 'team.yaml', line: 1, column: 1 },
    })),
  });

const owned = (resource: ReturnType<typeof want>, owner: string) => ({
  ...resource,
  labels: { owner },
});

const replace = { onImmutableChange: 'replace' } as const;
const inNetwork = (name: string) => ({ network: declared('privateNetworks', name) });

const rows: readonly Row[] = [
  {
    name: 'one of several',
    because: 'the others are left alone',
    only: ['privateNetworks/a'],
    want: [network('a'), network('b')],
    actions: ['privateNetworks/a:create'],
  },
  {
    name: 'several selectors',
    because: 'each adds to the selection',
    only: ['privateNetworks/a', 'owner=ml'],
    want: [network('a'), owned(network('b'), 'ml'), owned(network('c'), 'ops'), network('d')],
    actions: ['privateNetworks/a:create', 'privateNetworks/b:create'],
  },
  {
    name: 'a reference',
    because: 'the machine cannot be without its network',
    only: ['machines/m'],
    want: [network('a'), network('b'), machine('m', inNetwork('a'))],
    have: [ubuntu],
    actions: ['privateNetworks/a:create', 'machines/m:create'],
    included: { 'privateNetworks/a': 'machines/m refers to it' },
  },
  {
    name: 'references of references',
    because: 'what is needed has needs of its own',
    only: ['startupScripts/s'],
    want: [
      network('a'),
      machine('m', inNetwork('a')),
      machine('other'),
      script('s', { assignedMachines: machinesNamed('m') }),
    ],
    have: [ubuntu],
    actions: ['privateNetworks/a:create', 'startupScripts/s:create', 'machines/m:create'],
    included: {
      'machines/m': 'startupScripts/s refers to it',
      'privateNetworks/a': 'machines/m refers to it',
    },
  },
  {
    name: 'what refers to a selected resource',
    because: 'the network needs no machine',
    only: ['privateNetworks/a'],
    want: [network('a'), machine('m', inNetwork('a'))],
    have: [ubuntu],
    actions: ['privateNetworks/a:create'],
  },
  {
    name: 'a required action of a resource that is not referred to',
    because: 'a machine has one startup script: the other one must release it first',
    only: ['startupScripts/b'],
    want: [
      machine('m'),
      script('a', { assignedMachines: [] }),
      script('b', { assignedMachines: machinesNamed('m') }),
    ],
    have: [ubuntu, liveMachine('m'), liveScript('a', 'id-m'), liveScript('b')],
    memory: bindings('machines/m', 'startupScripts/a', 'startupScripts/b'),
    actions: [
      'startupScripts/a:unassign(assignedMachines/m)',
      'startupScripts/b:assign(assignedMachines/m)',
    ],
    included: {
      'machines/m': 'startupScripts/b refers to it',
      'startupScripts/a': 'startupScripts/b:assign(assignedMachines/m) requires it',
    },
  },
  {
    name: 'an absent resource',
    because: 'its deletion is selected by its address',
    only: ['privateNetworks/a'],
    have: [liveNetwork('a'), liveNetwork('b')],
    absent: [
      ['privateNetworks', 'a'],
      ['privateNetworks', 'b'],
    ],
    actions: ['privateNetworks/a:delete'],
  },
  {
    name: 'an absent resource that is gone',
    because: 'there is nothing to do, and the name is no mistake',
    only: ['privateNetworks/a'],
    absent: [['privateNetworks', 'a']],
    actions: [],
  },
  {
    name: 'an orphan that is pruned',
    because: 'it is a resource of the team',
    only: ['privateNetworks/a'],
    have: [liveNetwork('a'), liveNetwork('b')],
    memory: bindings('privateNetworks/a', 'privateNetworks/b'),
    prune: ['privateNetworks'],
    actions: ['privateNetworks/a:delete'],
  },
  {
    name: 'a deletion that requires another one',
    because: 'nothing is deleted that is not selected',
    only: ['privateNetworks/a'],
    have: [ubuntu, liveNetwork('a'), liveMachine('m', { network: 'id-a' })],
    absent: [
      ['privateNetworks', 'a'],
      ['machines', 'm'],
    ],
    actions: [
      'privateNetworks/a:delete blocked: waits for machines/m:delete, which is not selected; to select it: --only machines/m',
    ],
  },
  {
    name: 'both deletions',
    because: 'the one that is required is selected too',
    only: ['privateNetworks/a', 'machines/m'],
    have: [ubuntu, liveNetwork('a'), liveMachine('m', { network: 'id-a' })],
    absent: [
      ['privateNetworks', 'a'],
      ['machines', 'm'],
    ],
    actions: ['machines/m:delete', 'privateNetworks/a:delete'],
  },
  {
    name: 'the replacement of what is only included',
    because: 'it would delete what is not selected',
    only: ['startupScripts/s'],
    want: [
      machine('m', { region: 'ca1' }, replace),
      script('s', { assignedMachines: machinesNamed('m') }),
    ],
    have: [ubuntu, liveMachine('m'), liveScript('s')],
    memory: bindings('machines/m', 'startupScripts/s'),
    actions: [
      'machines/m:delete blocked: it is included and not selected, and only what is selected is deleted; to select it: --only machines/m',
      'machines/m:create blocked: waits for machines/m:delete',
    ],
    included: { 'machines/m': 'startupScripts/s refers to it' },
  },
  {
    name: 'a replacement',
    because: 'it is selected itself',
    only: ['machines/m'],
    want: [machine('m', { region: 'ca1' }, replace)],
    have: [ubuntu, liveMachine('m')],
    memory: bindings('machines/m'),
    actions: ['machines/m:delete', 'machines/m:create'],
  },
  {
    name: 'the replacement of a network without that of its machines',
    because: 'the network cannot be deleted while they are in it',
    only: ['privateNetworks/a'],
    want: [
      network('a', { region: 'ca1' }, replace),
      machine('m', { ...inNetwork('a'), region: 'ca1' }, replace),
    ],
    have: [ubuntu, liveNetwork('a'), liveMachine('m', { network: 'id-a' })],
    memory: bindings('machines/m', 'privateNetworks/a'),
    actions: [
      'privateNetworks/a:delete blocked: waits for machines/m:delete, which is not selected; to select it: --only machines/m',
      'privateNetworks/a:create blocked: waits for privateNetworks/a:delete',
    ],
  },
  {
    name: 'selectors that select nothing',
    because: 'they are named, whatever the others select',
    only: ['privateNetworks/c', 'privateNetworks/a', 'owner=*'],
    want: [network('a')],
    actions: ['privateNetworks/a:create'],
    unmatched: ['privateNetworks/c', 'owner=*'],
  },
];

describe('a selection', () => {
  test.each(rows)(
    '$name: $because',
    ({ only, actions, included = {}, unmatched = [], ...world }) => {
      const { plan, selection } = selectedFrom(only, world);
      expect(actionsOf(plan)).toEqual(actions);
      expect(Object.fromEntries([...selection.included].filter(([, because]) => because))).toEqual(
        included,
      );
      expect(selection.unmatched).toEqual(unmatched);
      expect(selection.only).toEqual(only);
    },
  );

  test.each(rows)(
    '$name: the plan loses no assessment, and each action is kept or left out',
    (row) => {
      const whole = planFor(row);
      const { plan, selection } = selectedFrom(row.only, row);
      expect(plan.assessments.map(({ kind, name }) => `${kind}/${name}`)).toEqual(
        whole.assessments.map(({ kind, name }) => `${kind}/${name}`),
      );
      expect([...plan.actions.map(({ id }) => id), ...selection.leftOut].toSorted()).toEqual(
        whole.actions.map(({ id }) => id).toSorted(),
      );
    },
  );

  test.each(rows)('$name: of everything leaves the plan as it is', (row) => {
    const { plan } = selectedFrom(['*/*'], row);
    expect(plan).toEqual(planFor(row));
  });

  test('marks a resource whose action is blocked by it', () => {
    const row = rows.find(({ name }) => name === 'a deletion that requires another one');
    const { plan } = selectedFrom(row?.only ?? [], row ?? {});
    expect(plan.assessments.find(({ name }) => name === 'a')).toMatchObject({
      status: 'blocked',
      reason: expect.stringContaining('waits for machines/m:delete'),
    });
    expect(plan.assessments.find(({ name }) => name === 'm')).toMatchObject({ status: 'drifted' });
  });
});
