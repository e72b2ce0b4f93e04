import { expect, test } from 'vitest';
import { referencesOf } from '../../../../src/reconcile/plan/relations/references.ts';
import { catalog, want } from '../../../support/team.ts';

test('a resource of a kind that does not exist has no references', () => {
  expect(referencesOf(catalog.kinds, want('ghosts', 'g', { network: 'n' }))).toEqual([]);
});
