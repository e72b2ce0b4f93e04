import { expect, test } from 'vitest';
import type { Desired, Observed } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/pass/snapshot.ts';
import { wasteText } from '../../src/report/money/wasteText.ts';
import { findWaste } from '../../src/waste/findWaste.ts';
import { catalog, have, now, want, type Live } from '../support/team.ts';

const day = 86_400;
const daysAgo = (days: number): number => now.getTime() / 1000 - days * day;
const rates = { attributes: { usageRate: 0.5, storageRate: 0.01 } };

const machine = (name: string, spec: object, over: Partial<Observed> = {}): Live =>
  have(
    'machines',
    name,
    { machineType: 'C5', diskSize: 50, state: 'running', network: 'n1', ...spec },
    { ...rates, ...over },
  );

interface Row {
  readonly because: string;
  readonly have: readonly Live[];
  readonly declared?: readonly Desired[];
  /** Kinds whose lists are incomplete. */
  readonly partial?: readonly string[];
  readonly found: readonly string[];
}

const kinds = ['machines', 'publicIps', 'sharedDrives', 'privateNetworks', 'snapshots'];

const snapshotOf = ({ have: lives, partial = [] }: Row): Snapshot =>
  new Map(
    kinds.map((kind) => {
      const items = lives.filter((live) => live.kind === kind);
      const byId = new Map(items.map((item) => [item.id, item]));
      const named = (name: string) => items.filter((item) => item.name === name);
      const listing = { kind, items, byId, named };
      return [
        kind,
        partial.includes(kind)
          ? { ...listing, complete: false as const, error: 'away' }
          : { ...listing, complete: true as const },
      ];
    }),
  );

const wasteIn = (row: Row) =>
  findWaste({
    kinds: catalog.kinds,
    snapshot: snapshotOf(row),
    resources: row.declared ?? [],
    memory: {
      bindings: new Map(
        (row.declared ?? []).map(({ address, name }) => [
          address,
          { id: `id-${name}`, boundAt: '', created: false, protected: false },
        ]),
      ),
      prices: new Map(),
    },
    prices: { sharedDrives: 0.0002 },
    now,
    offAfter: 14 * day * 1000,
  });

test.each<Row>([
  {
    because: 'an address that a machine has is in use',
    have: [
      have('publicIps', '203.0.113.7', { region: 'ny2', machine: 'id-a' }),
      have('publicIps', '203.0.113.8', { region: 'ny2' }),
    ],
    found: ['publicIps/203.0.113.8: no machine has it'],
  },
  {
    because: 'a drive needs a machine on its network',
    have: [
      machine('a', { autoShutdownEnabled: true }),
      have('sharedDrives', 'd', { size: 500, network: 'n1' }),
      have('sharedDrives', 'e', { size: 500, network: 'n2' }),
    ],
    found: ['sharedDrives/e: no machine is on its network'],
  },
  {
    because: 'a network needs a machine or a drive on it',
    have: [
      machine('a', { autoShutdownEnabled: true, network: 'id-n1' }),
      have('sharedDrives', 'd', { size: 500, network: 'id-n2' }),
      ...['n1', 'n2', 'n3'].map((name) => have('privateNetworks', name, { region: 'ny2' })),
    ],
    found: [
      'sharedDrives/d: no machine is on its network',
      'privateNetworks/n3: neither a machine nor a drive is on it',
    ],
  },
  {
    because: 'a snapshot outlives its machine',
    have: [
      machine('a', { autoShutdownEnabled: true }),
      have('snapshots', 's', { machine: 'id-a' }),
      have('snapshots', 't', { machine: 'id-gone' }),
    ],
    found: ['snapshots/t: its machine is gone'],
  },
  {
    because: 'a machine is off for more than the given time, at least since it was changed last',
    have: [
      machine('a', { state: 'off' }, { changedAt: daysAgo(15) }),
      machine('b', { state: 'off' }, { changedAt: daysAgo(13) }),
      machine('c', { state: 'off' }),
    ],
    found: ['machines/a: off for at least 15 days; its disk still costs'],
  },
  {
    because: 'a machine runs for ever if nothing stops it; who declares a state means it',
    have: [
      machine('a', {}),
      machine('b', { autoShutdownEnabled: true }),
      machine('c', {}),
      machine('d', {}),
    ],
    declared: [want('machines', 'c', { state: 'running' }), want('machines', 'd', {})],
    found: [
      'machines/a: runs, and neither an auto-shutdown nor a timetable will ever stop it',
      'machines/d: runs, and neither an auto-shutdown nor a timetable will ever stop it',
    ],
  },
  {
    because: 'a machine at work may be about to stop',
    have: [machine('a', { state: undefined }, { ready: false, transition: 'stopping' })],
    found: [],
  },
  {
    because: 'incomplete lists prove nothing about what depends on them',
    have: [
      have('sharedDrives', 'd', { size: 500, network: 'n2' }),
      have('snapshots', 's', { machine: 'id-gone' }),
      have('privateNetworks', 'n', { region: 'ny2' }),
    ],
    partial: ['machines'],
    found: [],
  },
])('$because', (row) => {
  expect(wasteIn(row).items.map(({ kind, name, reason }) => `${kind}/${name}: ${reason}`)).toEqual(
    row.found,
  );
  expect(wasteIn(row).incomplete).toEqual(
    (row.partial ?? []).map((kind) => ({ kind, error: 'away' })),
  );
});

test('each has its cost, since when, where it is declared, and the YAML that ends it', () => {
  const row: Row = {
    because: '',
    have: [
      machine('a', { state: 'off' }, { changedAt: daysAgo(15) }),
      machine('b', {}),
      have('sharedDrives', 'd', { size: 500, network: 'n2' }),
      have('snapshots', "it's: 1", { machine: 'id-gone' }),
    ],
    declared: [{ ...want('machines', 'b', {}), labels: { owner: 'ml' } }],
    found: [],
  };
  expect(wasteText(wasteIn(row))).toBe(
    [
      'machines/b  runs, and neither an auto-shutdown nor a timetable will ever stop it',
      '  372.30 USD/month · team.yaml:1:1 · owner=ml',
      '  id id-b',
      '    machines:',
      '      b:',
      '        state:',
      '          running: Mon-Fri 08:00-19:00',
      '',
      'sharedDrives/d  no machine is on its network',
      '  73.00 USD/month · not declared',
      '  id id-d',
      '    absent:',
      '      sharedDrives:',
      '        - d',
      '',
      'machines/a  off for at least 15 days; its disk still costs',
      '  7.30 USD/month · since 2026-11-06 at the latest · not declared',
      '  id id-a',
      '    absent:',
      '      machines:',
      '        - a',
      '',
      "snapshots/it's: 1  its machine is gone",
      '  cost not known · not declared',
      "  id id-it's: 1",
      '    absent:',
      '      snapshots:',
      `        - "it's: 1"`,
      '',
      '4 resources seem unused, at least 452.60 USD/month.',
      '',
    ].join('\n'),
  );
});

test('nothing unused, and a list that is not complete', () => {
  const row: Row = { because: '', have: [], partial: ['machines'], found: [] };
  expect(wasteText(wasteIn(row))).toBe(
    'machines could not be listed to the end, so something may be missing: away\nNothing that costs money seems unused in the lists that could be read.\n',
  );
});
