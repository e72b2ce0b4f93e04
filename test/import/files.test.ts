import { describe, expect, test } from 'vitest';
import { fileEntries } from '../../src/import/yaml/files.ts';
import { entryAt } from '../../src/import/yaml/locate.ts';
import { addEntries } from '../../src/import/yaml/merge.ts';

const network = { b: { region: 'ny2' } };

test('a name that would be a merge key is quoted', () => {
  expect(addEntries('', 'networks', { '<<': { region: 'ny2' } })).toBe(
    'networks:\n  "<<": { region: ny2 }\n',
  );
});

describe('adds entries, and keeps all existing bytes', () => {
  test.each([
    {
      because: 'a new file begins with the kind',
      before: '',
      after: 'networks:\n  b: { region: ny2 }\n',
    },
    {
      because: 'a file of comments keeps them',
      before: '# ours\n',
      after: '# ours\n\nnetworks:\n  b: { region: ny2 }\n',
    },
    {
      because: 'the end of the map is not the end of the file',
      before: 'networks:\n  a: {region: ca1}   # odd, and ours\n\nother: 1\n',
      after: 'networks:\n  a: {region: ca1}   # odd, and ours\n  b: { region: ny2 }\n\nother: 1\n',
    },
    {
      because: 'a new kind goes to the end',
      before: 'machines:\n  a: {}\n',
      after: 'machines:\n  a: {}\n\nnetworks:\n  b: { region: ny2 }\n',
    },
    {
      because: 'the indentation is that of the existing entries',
      before: 'networks:\n    a:\n        region: ca1\n',
      after: 'networks:\n    a:\n        region: ca1\n    b: { region: ny2 }\n',
    },
    {
      because: 'the last line lacks a line break',
      before: 'networks:\n  a: { region: ca1 }',
      after: 'networks:\n  a: { region: ca1 }\n  b: { region: ny2 }\n',
    },
    {
      because: 'line endings are those of the file',
      before: 'networks:\r\n  a: { region: ca1 }\r\n',
      after: 'networks:\r\n  a: { region: ca1 }\r\n  b: { region: ny2 }\r\n',
    },
    {
      because: 'comments that belong to the map stay inside it',
      before: 'networks:\n  a: { region: ca1 }\n  # the last one\n# of the file\n',
      after:
        'networks:\n  a: { region: ca1 }\n  # the last one\n  b: { region: ny2 }\n# of the file\n',
    },
    {
      because: 'the kind has no value yet',
      before: 'networks: # soon\nother: 1\n',
      after: 'networks: # soon\n  b: { region: ny2 }\nother: 1\n',
    },
    {
      because: 'a block scalar at the end keeps its lines',
      before: 'networks:\n  a:\n    note: |\n      one\n\n      two\n',
      after: 'networks:\n  a:\n    note: |\n      one\n\n      two\n  b: { region: ny2 }\n',
    },
    {
      because: 'anchors and merge keys are unchanged',
      before: 'networks:\n  a: &a { region: ca1 }\n  c: { <<: *a }\n',
      after: 'networks:\n  a: &a { region: ca1 }\n  c: { <<: *a }\n  b: { region: ny2 }\n',
    },
    {
      because: 'of several documents, the one with the kind',
      before: 'networks:\n  a: {}\n---\nother: 1\n',
      after: 'networks:\n  a: {}\n  b: { region: ny2 }\n---\nother: 1\n',
    },
    {
      because: 'if no document has the kind, the last one',
      before: 'one: 1\n---\nother: 1\n',
      after: 'one: 1\n---\nother: 1\n\nnetworks:\n  b: { region: ny2 }\n',
    },
  ])('$because', ({ before, after }) => {
    expect(addEntries(before, 'networks', network)).toBe(after);
  });

  test.each([
    { because: 'an empty map is in braces', before: 'networks: {}\n' },
    { because: 'a map with entries is in braces', before: 'networks: { a: { region: ca1 } }\n' },
    { because: 'the whole document is in braces', before: '{ other: 1 }\n' },
    { because: 'it is an alias', before: 'x-all: &all { a: {} }\nnetworks: *all\n' },
    {
      because: 'null is written explicitly',
      before: 'networks: ~\n',
    },
    {
      because: 'defaults of the file would apply to new entries',
      before: 'defaults:\n  networks: { region: ca1 }\nnetworks:\n  a: {}\n',
    },
    { because: 'a merge key may bring defaults', before: 'defaults: { <<: {} }\n' },
    {
      because: 'a merge key may bring the kind, which would then be lost',
      before: 'x-all: &all { networks: { a: {} } }\n<<: *all\n',
    },
    { because: 'the document has ended', before: 'other: 1\n...\n' },
    { because: 'the name is there already', before: 'networks:\n  b: {}\n' },
    { because: 'it is not YAML', before: 'networks: [\n' },
    { because: 'the document is a list', before: '- networks\n' },
  ])('refuses to add if $because', ({ before }) => {
    expect(addEntries(before, 'networks', network)).toBeUndefined();
  });

  test('writes values so that they are read back unchanged', () => {
    const entries = {
      '123': { state: 'off', text: 'one\n\n  two\n', on: 'true', list: ['a', { keep: true }] },
      toString: {},
      'a: b #c': { none: [] },
    };
    expect(addEntries('', 'things', entries)).toBe(
      [
        'things:',
        '  "123":',
        '    state: off',
        '    text: |',
        '      one',
        '',
        '        two',
        '    on: "true"',
        '    list:',
        '      - a',
        '      - { keep: true }',
        '  toString: {}',
        '  "a: b #c":',
        '    none: []',
        '',
      ].join('\n'),
    );
  });
});

describe('the file of an entry', () => {
  const entries = [
    { kind: 'networks', name: 'n10', spec: {} },
    { kind: 'machines', name: 'm', spec: {} },
    { kind: 'networks', name: 'n9', spec: {} },
  ];
  const filesOf = (layout: 'kind' | 'single', there: Record<string, string> = {}) => {
    const { texts, filed } = fileEntries(entries, {
      layout,
      maxBytes: 1000,
      textOf: (file) => there[file],
    });
    return {
      texts: Object.fromEntries(texts),
      filed: filed.map(({ kind, name, file }) => `${kind}/${name} ${file}`),
    };
  };

  test('one file for each kind, with names in natural order', () => {
    expect(filesOf('kind')).toEqual({
      texts: {
        'networks.yaml': 'networks:\n  n9: {}\n  n10: {}\n',
        'machines.yaml': 'machines:\n  m: {}\n',
      },
      filed: [
        'networks/n9 networks.yaml',
        'networks/n10 networks.yaml',
        'machines/m machines.yaml',
      ],
    });
  });

  test('one file for all', () => {
    expect(filesOf('single').texts).toEqual({
      'team.yaml': 'networks:\n  n9: {}\n  n10: {}\n\nmachines:\n  m: {}\n',
    });
  });

  test('as many files as needed for each to be read back', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      kind: 'machines',
      name: `m${i}`,
      spec: { note: 'x'.repeat(50) },
    }));
    const { texts, filed } = fileEntries(many, {
      layout: 'kind',
      maxBytes: 1000,
      textOf: () => undefined,
    });
    expect(filed.map(({ name }) => name)).toEqual(many.map(({ name }) => name));
    expect(new Set(filed.map(({ file }) => file))).toEqual(new Set(texts.keys()));
    expect([...texts.keys()].slice(0, 3)).toEqual([
      'machines.yaml',
      'machines-imported.yaml',
      'machines-imported-2.yaml',
    ]);
    for (const text of texts.values()) expect(text.length).toBeLessThanOrEqual(1000);
  });

  test('another file if one would become too large, in smaller parts if the YAML is longer than estimated', () => {
    const there = { 'machines.yaml': `# ${'x'.repeat(900)}\nmachines:\n  a: {}\n` };
    const spec = { text: 'x\n'.repeat(40) };
    const few = ['m1', 'm2', 'm3'].map((name) => ({ kind: 'machines', name, spec }));
    const { texts } = fileEntries(few, {
      layout: 'kind',
      maxBytes: 1000,
      textOf: (file) => ({ ...there })[file],
    });
    expect([...texts.keys()]).toEqual(['machines-imported.yaml', 'machines-imported-2.yaml']);
    for (const text of texts.values()) expect(text.length).toBeLessThanOrEqual(1000);
  });

  test('another file if nothing can be added to one, and a third', () => {
    const there = { 'machines.yaml': 'machines: {}\n', 'machines-imported.yaml': 'machines: {}\n' };
    expect(filesOf('kind', there).filed.at(-1)).toBe('machines/m machines-imported-2.yaml');
  });
});

test.each([
  [1, 1, undefined],
  [2, 3, { kind: 'a', name: 'x' }],
  [3, 5, { kind: 'a', name: 'x', field: 'field' }],
  [3, 12, { kind: 'a', name: 'x', field: 'field' }],
  [5, 1, undefined],
  [6, 3, { kind: 'b', name: 'y' }],
  [6, 8, { kind: 'b', name: 'y', field: 'one' }],
  [6, 16, { kind: 'b', name: 'y', field: 'two' }],
])('finds the entry and the field at %i:%i', (line, column, entry) => {
  const text = 'a:\n  x:\n    field: 1\n---\nb:\n  y: { one: 1, two: 2 }\n';
  expect(entryAt(text, { line, column })).toEqual(entry);
});
