import { expect, test } from 'vitest';
import { bench, openOf } from '../support/passes.ts';
import { model } from '../support/projects.ts';
import { want } from '../support/team.ts';

test('a model cannot be changed or renamed', async () => {
  await using it = await bench();
  await it.pass([model]);
  const other = want('models', 'other', { description: 'Dogs' }, { formerName: 'classifier' });
  const report = await it.pass([other]);
  expect(report.actions).toEqual([]);
  expect(openOf(report)).toEqual([
    'blocked models/other: description is fixed at creation; name cannot be changed; lifecycle.onImmutableChange: replace deletes it and creates it again',
  ]);
});
