import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { loadDesired, type Loaded } from '../../src/desired/load.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { addFiles, directoryOf, problemsIn, stateOf } from '../fixtures/desired/directory.ts';

const valid = join(import.meta.dirname, '../fixtures/desired/valid');
const team = readFileSync(join(valid, 'team.yaml'), 'utf8');
const script = { 'scripts/install-docker.sh': 'x' };

const revisionOf = async (files: Readonly<Record<string, string>>): Promise<string> =>
  (await stateOf({ ...script, ...files })).revision;

/** The same document with the entries of every map in another order. */
const shuffled = (
  value: unknown,
  order: (keys: readonly string[]) => readonly string[],
): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = new Map(Object.entries(value));
  return Object.fromEntries(
    order([...entries.keys()]).map((key) => [key, shuffled(entries.get(key), order)]),
  );
};

const json = (): Record<string, unknown> =>
  parseDocument(team, { merge: true }).toJS() as Record<string, unknown>;

describe('the revision', () => {
  it('is the same each time', async () => {
    expect(await revisionOf({ 'team.yaml': team })).toBe(await revisionOf({ 'team.yaml': team }));
  });

  it('does not depend on the order of keys', async () => {
    const revision = await revisionOf({ 'team.yaml': team });
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const order = (keys: readonly string[]) =>
          keys
            .map((key) => [numbers.next().value ?? 0, key] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, key]) => key);
        expect(await revisionOf({ 'team.yaml': JSON.stringify(shuffled(json(), order)) })).toBe(
          revision,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on which files and documents say what', async () => {
    const parts = Object.entries(json()).map(([kind, value]) => JSON.stringify({ [kind]: value }));
    const revision = await revisionOf({ 'team.yaml': team });
    expect(await revisionOf({ 'a.yaml': parts.join('\n---\n') })).toBe(revision);
    expect(await revisionOf(Object.fromEntries(parts.map((part, i) => [`${i}/x.yml`, part])))).toBe(
      revision,
    );
  });

  it('does not depend on where the directory is, whatever files of secrets are named', async () => {
    const files = {
      'team.yaml':
        'teamSecrets: { s: { value: { file: a/b } }, t: { value: { sops: x, key: k } } }',
    };
    expect(await revisionOf(files)).toBe(await revisionOf(files));
  });

  const base =
    'startupScripts: { s: { script: { file: s.sh } } }\nteamSecrets: { s: { value: { env: A } } }\n';
  it.each<{
    name: string;
    because: string;
    files: Readonly<Record<string, string>>;
    changes: boolean;
  }>([
    {
      name: 'a comment',
      because: 'it says nothing',
      files: { 'team.yaml': `# x\n${base}` },
      changes: false,
    },
    {
      name: 'settings',
      because: 'they are no desired state',
      files: { 'team.yaml': base, 'holdfast.yaml': 'settings: { mode: enforce }' },
      changes: false,
    },
    {
      name: 'defaults that are spelled out',
      because: 'they are the same',
      files: { 'team.yaml': base.replace('s.sh }', 's.sh }, lifecycle: { manage: enforce }') },
      changes: false,
    },
    {
      name: 'a script in its file',
      because: 'its text is declared',
      files: { 'team.yaml': base, 's.sh': 'two' },
      changes: true,
    },
    {
      name: 'a long script in its file',
      because: 'its text is declared',
      files: { 'team.yaml': base, 's.sh': 'x'.repeat(999) },
      changes: true,
    },
    {
      name: 'the variable of a secret',
      because: 'it says where the secret is',
      files: { 'team.yaml': base.replace('env: A', 'env: B') },
      changes: true,
    },
    {
      name: 'a lifecycle',
      because: 'it is declared',
      files: { 'team.yaml': base.replace('s.sh }', 's.sh }, lifecycle: { manage: observe }') },
      changes: true,
    },
    {
      name: 'what is absent',
      because: 'it is to be deleted',
      files: { 'team.yaml': `${base}absent: { machines: [a] }` },
      changes: true,
    },
    {
      name: 'a resource more',
      because: 'it is to be made',
      files: { 'team.yaml': `${base}projects: { p: }` },
      changes: true,
    },
  ])('$name: $because', async ({ files, changes }) => {
    const before = await revisionOf({ 'team.yaml': base, 's.sh': 'one' });
    expect((await revisionOf({ 's.sh': 'one', ...files })) !== before).toBe(changes);
  });

  it('tells long scripts apart', async () => {
    const of = (last: string) =>
      revisionOf({ 'team.yaml': base, 's.sh': `${'x'.repeat(9999)}${last}` });
    expect(await of('a')).not.toBe(await of('b'));
  });
});

/** A change of a text: some letters at a place are replaced by others. */
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

describe('whatever is written', () => {
  it('is loaded or told what is wrong, with a place in the file', async () => {
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

  it('is loaded or told what is wrong, if any value stands in place of any other', async () => {
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

  it('loads the same problems each time', async () => {
    const text = edited(team, [{ at: 300, remove: 3, insert: '5' }]);
    const problems = async () => {
      const directory = await directoryOf({ ...script, 'team.yaml': text });
      return problemsIn(await loadDesired(directory, catalog));
    };
    expect(await problems()).toEqual(await problems());
  });
});
