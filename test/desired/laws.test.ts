import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDesired, type Loaded } from '../../src/desired/load.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { addFiles, directoryOf, problemsIn } from '../fixtures/desired/directory.ts';

const valid = join(import.meta.dirname, '../fixtures/desired/valid');
const team = readFileSync(join(valid, 'team.yaml'), 'utf8');
const script = { 'scripts/install-docker.sh': 'x' };

/** A change of a text: some characters at a position are replaced. */
interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const pieces = [
  '',
  ' ',
  '\n',
  '  ',
  '- ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '#',
  '&a ',
  '*a',
  '*gpu',
  '<<: *gpu',
  '!x ',
  '!!int ',
  '|\n',
  '"',
  "'",
  '? ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\t',
  '{1..3}',
  '{a,b}',
  '{1..99999}',
  '__proto__',
  'null',
  '5',
  '.nan',
  '99999999999999999999',
  'machines:',
  'absent:',
  'defaults:',
  'settings:',
  'lifecycle: {}',
  'off',
  '\u{0}',
  '\u{feff}',
  '\u{2028}',
  '🤖',
];

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat({ max: team.length }),
  remove: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })),
});

const edited = (text: string, edits: readonly Edit[]): string =>
  edits.reduce(
    (now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove),
    text,
  );

const misplaced = (loaded: Loaded, text: string): readonly string[] => {
  if (loaded.ok) return [];
  const lines = text.split('\n');
  return loaded.problems
    .filter(({ file, line, column, message, rule }) => {
      const length = lines[line - 1]?.length ?? (line === lines.length + 1 ? 0 : -1);
      const inside = line >= 1 && column >= 1 && column <= length + 2;
      return file !== 'team.yaml' || !inside || message === '' || rule === '';
    })
    .map((problem) => JSON.stringify(problem));
};

describe('any text', () => {
  it('is loaded, or reported with a position in the file', async () => {
    const directory = await directoryOf(script);
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const text = edited(team, edits);
        await writeFile(join(directory, 'team.yaml'), text);
        const loaded = await loadDesired(directory, catalog);
        expect(loaded.ok ? 1 : loaded.problems.length).toBeGreaterThan(0);
        expect(misplaced(loaded, text)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is loaded or reported, whatever value replaces any other value', async () => {
    const directory = await directoryOf({});
    const odd = fc.jsonValue({ maxDepth: 3 });
    const name = fc.constantFrom(
      'machines',
      'template',
      'state',
      'lifecycle',
      'absent',
      'defaults',
      'env',
      'file',
      'live',
      'a',
      '__proto__',
    );
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      map: fc.dictionary(fc.oneof(name, fc.constantFrom(...catalog.kinds.keys())), tie('any'), {
        maxKeys: 4,
      }),
      any: fc.oneof({ maxDepth: 5 }, odd, tie('map'), fc.array(tie('any'), { maxLength: 3 })),
    })).map;
    await fc.assert(
      fc.asyncProperty(value, async (document) => {
        await addFiles(directory, { 'team.yaml': JSON.stringify(document) });
        const loaded = await loadDesired(directory, catalog);
        expect(misplaced(loaded, JSON.stringify(document))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same problems each time', async () => {
    const text = edited(team, [{ at: 300, remove: 3, insert: '5' }]);
    const problems = async () => {
      const directory = await directoryOf({ ...script, 'team.yaml': text });
      return problemsIn(await loadDesired(directory, catalog));
    };
    expect(await problems()).toEqual(await problems());
  });
});
