import { expect, test } from 'vitest';
import { displayValue } from '../../../src/reconcile/compare/compare.ts';
import { live, text } from '../../support/team.ts';

test('a list of write-only values is displayed by their sources', () => {
  expect(displayValue({}, [text('a'), { from: 'keep' }])).toEqual(['(text)', '(kept)']);
});

test('a list of references is displayed by names, and by ids where they are pinned', () => {
  const users = [live('users', 'ada@example.com'), { by: 'id', kind: 'users', id: 'u1' }];
  expect(displayValue({ references: 'users' }, users)).toEqual(['ada@example.com', 'u1']);
});
