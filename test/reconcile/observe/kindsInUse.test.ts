import { expect, test } from 'vitest';
import { kindsInUse } from '../../../src/reconcile/observe/kindsInUse.ts';
import { catalog, declared, live, want } from '../../support/team.ts';

test('the kinds in use are those declared, referenced live, absent, bound, and pruned', () => {
  const source = { file: 'team.yaml', line: 1, column: 1 };
  const used = kindsInUse(
    catalog,
    [
      want('machines', 'm', {
        network: live('privateNetworks', 'n'),
        restorePointSnapshot: declared('snapshots', 's'),
      }),
    ],
    [{ address: 'models/x', kind: 'models', name: 'x', source }],
    [new Map([['projects/p', {}]])],
    ['datasets'],
  );
  expect(used.toSorted()).toEqual([
    'datasets',
    'machines',
    'models',
    'privateNetworks',
    'projects',
  ]);
});

test('a kind that does not exist is not in use if it is bound, and throws if it is declared', () => {
  const ghosts = [want('ghosts', 'g', {})];
  const kinds = kindsInUse(catalog, [], [], [new Map([['ghosts/g', {}]])], []);
  expect(kinds).toEqual([]);
  expect(() => kindsInUse(catalog, ghosts, [], [], [])).toThrow('there is no kind ghosts');
});
