import { expect, test } from 'vitest';
import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import { parseSkipped, skippedIn } from '../../src/import/skippedFields.ts';
import { UserError } from '../../src/setup/context.ts';

const { kinds } = await loadCatalog();

test('the fields are those that any kind lists resource by resource', () => {
  const all = ['accessors', 'collaborators', 'models', 'secrets', 'tags', 'versions'];
  expect([...parseSkipped(all, kinds)]).toEqual(all);
});

test.each([
  { word: 'accesors', because: 'a typo is suggested', says: '; did you mean accessors?' },
  { word: 'assignedMachines', because: 'the list of the kind shows it', says: undefined },
  { word: 'diskSize', because: 'it has no members', says: undefined },
  { word: '', because: 'it is empty', says: undefined },
])('refuses "$word": $because', ({ word, says = '' }) => {
  const fields = 'accessors, versions, collaborators, tags, models, secrets';
  expect(() => parseSkipped(['tags', word], kinds)).toThrow(
    new UserError(`--without ${word}: write some of ${fields}${says}`),
  );
});

test('only kinds of which something was imported are named', () => {
  const entries = ['machines', 'projects', 'projects'].map((kind) => ({ kind }));
  const skipped = new Set(['versions', 'tags', 'accessors', 'secrets']);
  expect(skippedIn(entries, skipped, kinds)).toEqual([
    { kind: 'machines', field: 'accessors' },
    { kind: 'projects', field: 'tags' },
    { kind: 'projects', field: 'secrets' },
  ]);
});
