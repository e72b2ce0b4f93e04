import { expect, test } from 'vitest';
import { machine, ubuntu } from '../../support/machines.ts';
import { planFor, want } from '../../support/team.ts';

test('a lookup that was not read is requested', () => {
  expect(planFor({ want: [machine('m')], unlisted: ['osTemplates'] }).requiredLists).toEqual([
    { list: 'lookup', kind: 'osTemplates' },
  ]);
  expect(planFor({ want: [machine('m')], have: [ubuntu] }).requiredLists).toEqual([]);
});

test('a declared kind that was not listed throws', () => {
  const unlisted = ['privateNetworks'];
  const networks = [want('privateNetworks', 'n', { region: 'ny2' })];
  expect(() => planFor({ want: networks, unlisted })).toThrow('privateNetworks were not listed');
});
