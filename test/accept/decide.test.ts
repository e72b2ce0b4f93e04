import { describe, expect, test } from 'vitest';
import { decide } from '../../src/accept/fields/decide.ts';
import { fieldAt } from '../../src/accept/fields/fields.ts';
import { subjectOf } from '../../src/accept/team.ts';
import { kindOf } from '../../src/reconcile/kindOf.ts';
import { completeListing } from '../../src/reconcile/observe/observe.ts';
import { catalog, declared, have, live, pinned, text, want } from '../support/team.ts';

const networks = ['research', 'other', 'twin', 'twin'].map((name, index) => ({
  ...have('privateNetworks', name, {}),
  id: `n${index}`,
}));
const users = ['ada@example.com', 'grace@example.com'].map((name) => have('users', name, {}));
const machines = ['a', 'b-1', 'b-2', 'alone'].map((name) => have('machines', name, {}));
const idOf = (name: string): string => machines.find((one) => one.name === name)?.id ?? '';

const snapshot = new Map([
  ['privateNetworks', completeListing({ name: 'privateNetworks' }, networks)],
  ['users', completeListing({ name: 'users' }, users)],
  ['machines', completeListing({ name: 'machines' }, machines)],
]);

interface Row {
  readonly because: string;
  readonly kind: string;
  readonly path: string;
  readonly declared: unknown;
  /** The value as the YAML has it. Default: it does not matter. */
  readonly written?: unknown;
  readonly live: unknown;
  readonly to: unknown;
}

const refused = (because: string) => ({ is: 'refused', because });
const set = (value: unknown) => ({ is: 'set', value });

const rows: readonly Row[] = [
  {
    because: 'plain values are written as they are',
    kind: 'machines',
    path: 'diskSize',
    declared: 50,
    live: 100,
    to: set(100),
  },
  {
    because: 'a declared resource is referred to by its name',
    kind: 'machines',
    path: 'network',
    declared: live('privateNetworks', 'other'),
    live: 'n0',
    to: set('research'),
  },
  {
    because: 'another one is referred to as live',
    kind: 'machines',
    path: 'network',
    declared: declared('privateNetworks', 'research'),
    live: 'n1',
    to: set({ live: 'other' }),
  },
  {
    because: 'two have this name, and ids are for those who pin them',
    kind: 'machines',
    path: 'network',
    declared: declared('privateNetworks', 'research'),
    live: 'n2',
    to: refused('the live value is n2, which has no name of its own among privateNetworks'),
  },
  {
    because: 'the YAML pins an id',
    kind: 'machines',
    path: 'network',
    declared: pinned('privateNetworks', 'n0'),
    live: 'n2',
    to: set({ id: 'n2' }),
  },
  {
    because: 'no list shows the default network',
    kind: 'machines',
    path: 'network',
    declared: declared('privateNetworks', 'research'),
    live: 'default',
    to: refused('the live value is default, which has no name of its own among privateNetworks'),
  },
  {
    because: 'an optional field without a live value goes',
    kind: 'machines',
    path: 'autoShutdownTimeout',
    declared: 8,
    live: undefined,
    to: { is: 'remove' },
  },
  {
    because: 'a required field cannot go',
    kind: 'machines',
    path: 'diskSize',
    declared: 50,
    live: null,
    to: refused('it is required, and the live resource has no value there'),
  },
  {
    because: 'null is the declaration of no machine',
    kind: 'publicIps',
    path: 'machine',
    declared: declared('machines', 'a'),
    live: undefined,
    to: set(null),
  },
  {
    because: 'a state is a value like any other',
    kind: 'machines',
    path: 'state',
    declared: 'running',
    live: 'off',
    to: set('off'),
  },
  {
    because: 'no timetable follows from a state',
    kind: 'machines',
    path: 'state',
    declared: { running: 'Mon-Fri 08:00-19:00' },
    live: 'off',
    to: refused('it is a timetable, and the live state does not say which one to write'),
  },
  {
    because: 'Holdfast itself switched it off',
    kind: 'machines',
    path: 'autoShutdownEnabled',
    declared: true,
    live: false,
    to: refused('Holdfast changed it for another change, and will restore it'),
  },
  {
    because: 'scripts are write-only',
    kind: 'startupScripts',
    path: 'script',
    declared: text('echo canary'),
    live: undefined,
    to: refused('the API never shows its value'),
  },
  {
    because: 'an environment may hold secrets',
    kind: 'deployments',
    path: 'config.env[0].value',
    declared: { env: [{ name: 'A', value: 'old' }] },
    live: { env: [{ name: 'A', value: 'canary' }] },
    to: refused('its live value may be a secret'),
  },
  {
    because: 'a list of names expands, and a range stays as a whole',
    kind: 'startupScripts',
    path: 'assignedMachines',
    declared: ['a', 'b-1', 'b-2'].map((name) => declared('machines', name)),
    written: ['a', 'b-{1..2}'],
    live: ['b-1', 'b-2', 'alone'].map(idOf),
    to: { is: 'members', removed: [0], added: [{ live: 'alone' }] },
  },
  {
    because: 'half of a range cannot go',
    kind: 'startupScripts',
    path: 'assignedMachines',
    declared: ['b-1', 'b-2'].map((name) => declared('machines', name)),
    written: ['b-{1..2}'],
    live: [idOf('b-1')],
    to: refused('"b-{1..2}" is a range of names, and only some of them are members'),
  },
];

describe('decide', () => {
  test.each(rows)('$kind: $path, $because', (row) => {
    const kind = kindOf(catalog.kinds, row.kind);
    const [top = ''] = row.path.split('.');
    const desired = want(row.kind, 'it', { [top]: row.declared });
    const observed = have(row.kind, 'it', { [top]: row.live });
    const names = [
      'privateNetworks/research',
      'machines/a',
      'machines/b-1',
      'machines/b-2',
    ] as const;
    const subject = subjectOf(
      { kind, desired, live: observed, catalog, snapshot },
      {
        desired: new Map(names.map((address) => [address, desired])),
        memory: {
          obligations: new Map([
            [
              desired.address,
              { id: observed.id, fields: { autoShutdownEnabled: true }, at: '', reason: '' },
            ],
          ]) as never,
        },
      },
      {
        resources: [
          { kind: 'privateNetworks', name: 'research', id: 'n0' },
          ...['a', 'b-1', 'b-2'].map((name) => ({ kind: 'machines', name, id: idOf(name) })),
        ],
      },
    );
    const field = fieldAt(kind.schema, desired.spec, row.path);
    if (!field) throw new Error(`${row.path} is not declared`);
    expect(decide(subject, field, row.written)).toEqual(row.to);
  });
});
