import { describe, expect, it } from 'vitest';
import type { ResourceKind } from '../../src/model/kind/kind.ts';
import {
  checkNames,
  isOneName,
  normalizeNames,
  nameExpander,
} from '../../src/desired/declare/expandNames.ts';
import { collectProblems } from '../../src/desired/problems/problems.ts';
import { catalog } from '../fixtures/desired/catalog.ts';

const at = { file: 'team.yaml', line: 3, column: 5 };

/** The private networks of the tests, with a rule for names. */
const withNames = (names: ResourceKind['names'], examples: ResourceKind['examples'] = []) => {
  const kind = catalog.kinds.get('privateNetworks');
  if (!kind) throw new Error('there are no private networks');
  return { ...kind, examples, ...(names && { names }) };
};

describe('isOneName', () => {
  it.each<{ text: string; is: boolean; because: string }>([
    { text: 'trainer-1', is: true, because: 'a plain name expands to itself' },
    { text: '{a', is: true, because: 'so does a single brace' },
    { text: '{a}', is: true, because: 'so do braces around one alternative' },
    { text: 'w-{1..2}', is: false, because: 'it expands to two names' },
    { text: 'w-{1..1}', is: false, because: 'it expands to another name' },
    { text: '{a,{b,c}}', is: false, because: 'nested braces are refused' },
    { text: 'a\nb', is: false, because: 'it contains a line break' },
    { text: '', is: false, because: 'it is empty' },
    { text: 'x'.repeat(128), is: true, because: 'it has the maximum length' },
    { text: 'x'.repeat(129), is: false, because: 'it is one character too long' },
  ])('$text: $is, $because', ({ text, is }) => {
    expect(isOneName(text)).toBe(is);
  });
});

describe('names with a rule', () => {
  const form = { pattern: '^[A-Z]+$', title: 'capitals', maxLength: 3 };
  const example = [{ name: 'ABC', spec: {} }];
  it.each<{
    name: string;
    kind: ResourceKind;
    names: readonly string[];
    problems: readonly string[];
  }>([
    { name: 'no rule', kind: withNames(undefined), names: ['ä', '1'], problems: [] },
    {
      name: 'valid names',
      kind: withNames(form, example),
      names: ['A', 'ABC'],
      problems: [],
    },
    {
      name: 'a name that does not match',
      kind: withNames(form, example),
      names: ['A', 'b', 'c'],
      problems: [
        'wrong-name: "b" is not a valid name for a private network: it takes capitals, at most 3 characters, such as ABC',
      ],
    },
    {
      name: 'a name that is too long, in a rule without an example',
      kind: withNames(form),
      names: ['ABCD'],
      problems: [
        'wrong-name: "ABCD" is not a valid name for a private network: it takes capitals, at most 3 characters',
      ],
    },
    {
      name: 'a rule without a title and a maximum length',
      kind: withNames({ pattern: '^\\p{Lu}+$' }),
      names: ['Ä'.repeat(128), 'Ä'.repeat(129)],
      problems: [
        `wrong-name: "${'Ä'.repeat(127)}…" is not a valid name for a private network: it takes what matches ^\\p{Lu}+$, at most 128 characters`,
      ],
    },
  ])('$name', ({ kind, names, problems }) => {
    const found = collectProblems();
    expect(checkNames(names, kind, at, found)).toBe(problems.length === 0);
    expect(found.list().map(({ rule, message }) => `${rule}: ${message}`)).toEqual(problems);
  });

  it('are in lower case for a case-insensitive kind', () => {
    expect(normalizeNames({ caseInsensitiveNames: true }, ['Ada', 'BOB'])).toEqual(['ada', 'bob']);
    expect(normalizeNames({}, ['Ada'])).toEqual(['Ada']);
    expect(normalizeNames(undefined, ['Ada'])).toEqual(['Ada']);
  });
});

it('counts the names of all braces against one limit, and reports it once', () => {
  const problems = collectProblems();
  const namesOf = nameExpander(problems);
  for (let i = 0; i < 100_001; i++) namesOf(`n-${i}`, at);
  for (let i = 0; i < 10; i++) expect(namesOf(`${i}-{1..9999}`, at)).toHaveLength(9999);

  expect(namesOf('a-{1..10}', at)).toHaveLength(10);
  expect(namesOf('b-{1..2}', at)).toEqual([]);
  expect(namesOf('b-{1..3}', { ...at, line: 4 })).toEqual([]);
  expect(namesOf('c-{1..10001}', { ...at, line: 5 })).toEqual([]);
  expect(namesOf('{a,{b,c}}', { ...at, line: 6 })).toEqual([]);
  expect(namesOf('d', at)).toEqual(['d']);
  expect(problems.list().map(({ line, rule, message }) => `${line} ${rule}: ${message}`)).toEqual([
    '3 too-many-names: with "b-{1..2}", braces expand to more than 100000 names in this config',
    '5 too-many-names: "c-{1..10001}" expands to 10001 names; the maximum is 10000',
    '6 wrong-name: "{a,{b,c}}" has nested braces, which are not supported',
  ]);
});
