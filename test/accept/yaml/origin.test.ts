import { describe, expect, test } from 'vitest';
import { detourWithin, originOf } from '../../../src/accept/yaml/origin.ts';
import { positionAt } from '../../../src/model/text/offsets.ts';

interface Row {
  readonly name: string;
  readonly because: string;
  readonly text: string;
  /** Of the machine `a`. */
  readonly path: readonly (string | number)[];
  /** `LINE:COLUMN`, and for a value from elsewhere what it comes through. */
  readonly is: string | undefined;
}

const rows: readonly Row[] = [
  {
    name: 'its own line',
    because: 'the position is that of the value',
    text: 'machines:\n  a:\n    size: 50 # c\n',
    path: ['size'],
    is: '3:11',
  },
  {
    name: 'a flow map',
    because: 'entries may share a line',
    text: 'machines: { a: { size: 50 } }\n',
    path: ['size'],
    is: '1:24',
  },
  {
    name: 'a nested list',
    because: 'a path has keys and indexes',
    text: 'machines:\n  a:\n    env:\n      - { name: x }\n',
    path: ['env', 0, 'name'],
    is: '4:17',
  },
  {
    name: 'a value with an anchor',
    because: 'it is written here, whoever else uses it',
    text: 'machines:\n  a:\n    size: &s 50\n',
    path: ['size'],
    is: '3:14',
  },
  {
    name: 'an alias',
    because: 'the anchor has other uses',
    text: 'x-s: &s 50\nmachines:\n  a:\n    size: *s\n',
    path: ['size'],
    is: '1:9 alias 4:11',
  },
  {
    name: 'an alias for the whole resource',
    because: 'its fields are written elsewhere too',
    text: 'x-a: &a { size: 50 }\nmachines:\n  a: *a\n',
    path: ['size'],
    is: '1:17 alias 3:6',
  },
  {
    name: 'an alias for the whole kind',
    because: 'the name stands at the anchor',
    text: 'x-all: &all\n  a: { size: 50 }\nmachines: *all\n',
    path: ['size'],
    is: '2:14 alias 3:11',
  },
  {
    name: 'a merge key',
    because: 'the merged map has other uses',
    text: 'x-a: &a { size: 50 }\nmachines:\n  a:\n    <<: *a\n    b: 1\n',
    path: ['size'],
    is: '1:17 merge 4:5',
  },
  {
    name: 'a merge key with a list',
    because: 'the first map that has the key counts',
    text: 'x-a: &a { b: 1 }\nx-b: &b { size: 50 }\nmachines:\n  a: { <<: [*a, *b] }\n',
    path: ['size'],
    is: '2:17 merge 4:8',
  },
  {
    name: 'a value beside a merge key',
    because: 'its own value wins',
    text: 'x-a: &a { size: 50 }\nmachines:\n  a:\n    <<: *a\n    size: 100\n',
    path: ['size'],
    is: '5:11',
  },
  {
    name: 'a merge key in quotes',
    because: 'it is a key like any other',
    text: 'machines:\n  a:\n    "<<": { size: 50 }\n',
    path: ['size'],
    is: undefined,
  },
  {
    name: 'defaults',
    because: 'they may be in another document of the file',
    text: 'machines:\n  a: { b: 1 }\n---\ndefaults:\n  machines: { size: 50 }\n',
    path: ['size'],
    is: '5:21 defaults 5:3',
  },
  {
    name: 'a value beside defaults',
    because: 'its own value wins',
    text: 'defaults:\n  machines: { size: 50 }\nmachines:\n  a: { size: 100 }\n',
    path: ['size'],
    is: '4:14',
  },
  {
    name: 'a value that is not written',
    because: 'its place is behind the colon',
    text: 'machines:\n  a:\n    size: # none\n',
    path: ['size'],
    is: '3:10',
  },
  {
    name: 'a byte order mark',
    because: 'it has no column',
    text: '\uFEFFmachines: { a: { size: 50 } }\n',
    path: ['size'],
    is: '1:24',
  },
  {
    name: 'nothing',
    because: 'the field is not declared',
    text: 'machines:\n  a: { b: 1 }\n',
    path: ['size'],
    is: undefined,
  },
];

describe('originOf', () => {
  test.each(rows)('$name: $because', ({ text, path, is }) => {
    const at = positionAt(text, /(?<=[ {])"?a"?:/.exec(text)?.index ?? 0);
    const origin = originOf(text, { kind: 'machines', at, path });
    const { detour } = origin ?? {};
    const through = detour && ` ${detour.by} ${detour.through.line}:${detour.through.column}`;
    expect(origin && `${origin.at.line}:${origin.at.column}${through ?? ''}`).toBe(is);
    expect(origin?.place === undefined).toBe(is === undefined || detour !== undefined);
  });

  test.each([
    { text: 'a: { b: *x }\n', because: 'an alias', by: 'alias', column: 9 },
    { text: 'a: { <<: { b: 1 } }\n', because: 'a merge key', by: 'merge', column: 6 },
    { text: 'a: { b: 1 }\n', because: 'neither', by: undefined, column: undefined },
  ])('inside a value: $because', ({ text, by, column }) => {
    const anchored = `x: &x 1\n${text}`;
    const found = detourWithin(anchored, { document: 0, path: ['a'] });
    expect(found?.by).toBe(by);
    expect(found?.through.column).toBe(column);
  });
});
