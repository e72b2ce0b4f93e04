import { describe, expect, test } from 'vitest';
import { edit, type Edit } from '../../../src/accept/yaml/edit.ts';
import type { Step } from '../../../src/accept/yaml/parsed.ts';

interface Row {
  readonly name: string;
  readonly because: string;
  readonly text: string;
  readonly path: readonly Step[];
  readonly change: Edit;
  /** Undefined: it cannot be done safely. */
  readonly to: string | undefined;
}

const set = (value: unknown): Edit => ({ is: 'set', value });
const remove: Edit = { is: 'remove' };
const members = (removed: readonly number[], added: readonly unknown[]): Edit => ({
  is: 'members',
  removed,
  added,
});

const rows: readonly Row[] = [
  {
    name: 'a number with a comment',
    because: 'the comment and the space before it belong to whoever wrote them',
    text: 'a:\n  size: 50   # GB\n  b: 1\n',
    path: ['a', 'size'],
    change: set(100),
    to: 'a:\n  size: 100   # GB\n  b: 1\n',
  },
  {
    name: 'a text in single quotes',
    because: 'quotes stay',
    text: "a: 'x' # c\n",
    path: ['a'],
    change: set('y'),
    to: "a: 'y' # c\n",
  },
  {
    name: 'a text in double quotes',
    because: 'quotes stay',
    text: 'a: "x"\n',
    path: ['a'],
    change: set('y: z'),
    to: 'a: "y: z"\n',
  },
  {
    name: 'a plain text that becomes ambiguous',
    because: 'without quotes it would be a boolean',
    text: 'a: x\n',
    path: ['a'],
    change: set('true'),
    to: 'a: "true"\n',
  },
  {
    name: 'a value in a flow map',
    because: 'the line has other values',
    text: 'a: { u: 1, size: 50, v: [1,2] } # c\n',
    path: ['a', 'size'],
    change: set(100),
    to: 'a: { u: 1, size: 100, v: [1,2] } # c\n',
  },
  {
    name: 'a text in a flow map',
    because: 'a comma there needs quotes',
    text: 'a: {size: x}\n',
    path: ['a', 'size'],
    change: set('y, z'),
    to: 'a: {size: "y, z"}\n',
  },
  {
    name: 'a value that is not written',
    because: 'it goes behind the colon',
    text: 'a:   # none\nb: 1\n',
    path: ['a'],
    change: set(1),
    to: 'a: 1   # none\nb: 1\n',
  },
  {
    name: 'a block text',
    because: 'a description may have one line now',
    text: 'a: |\n  one\n  two\nb: 1\n',
    path: ['a'],
    change: set('three'),
    to: 'a: three\nb: 1\n',
  },
  {
    name: 'a text with several lines',
    because: 'escapes keep it on the line',
    text: 'a: x # c\n',
    path: ['a'],
    change: set('one\ntwo'),
    to: 'a: "one\\ntwo" # c\n',
  },
  {
    name: 'a value with an anchor',
    because: 'the aliases of the document need it',
    text: 'a: &x 1\nb: *x\n',
    path: ['a'],
    change: set(2),
    to: 'a: &x 2\nb: *x\n',
  },
  {
    name: 'a reference form',
    because: 'only the name differs',
    text: 'a: { live: "x" } # c\n',
    path: ['a'],
    change: set({ live: 'y' }),
    to: 'a: { live: "y" } # c\n',
  },
  {
    name: 'a reference form that becomes a name',
    because: 'the resource is declared now',
    text: 'a: { live: x } # c\n',
    path: ['a'],
    change: set('y'),
    to: 'a: y # c\n',
  },
  {
    name: 'a block map that becomes a text',
    because: 'its lines go',
    text: 'a: # c\n  live: x\nb: 1\n',
    path: ['a'],
    change: set('y'),
    to: 'a: y # c\nb: 1\n',
  },
  {
    name: 'a nested object',
    because: 'only the parts that differ change',
    text: 'a:\n  u: 1 # u\n  # about v\n  v: { w: 2, x: 3 }\n  y: 4\n',
    path: ['a'],
    change: set({ u: 1, v: { w: 5, x: 3 }, z: [6] }),
    to: 'a:\n  u: 1 # u\n  # about v\n  v: { w: 5, x: 3 }\n  z: [6]\n',
  },
  {
    name: 'a key of a block map',
    because: 'it goes with its line, and the comments of others stay',
    text: 'a:\n  # about u\n  u: 1\n  v: 2 # v\n  # about w\n  w: 3\n',
    path: ['a', 'v'],
    change: remove,
    to: 'a:\n  # about u\n  u: 1\n  # about w\n  w: 3\n',
  },
  {
    name: 'a key with a block',
    because: 'the block goes too',
    text: 'a:\n  u:\n    x: 1\n    # end\n  w: 3\n',
    path: ['a', 'u'],
    change: remove,
    to: 'a:\n    # end\n  w: 3\n',
  },
  {
    name: 'the only key of a block map',
    because: 'an empty map is not null',
    text: 'a: # c\n  u: 1\nb: 1\n',
    path: ['a', 'u'],
    change: remove,
    to: 'a: {} # c\nb: 1\n',
  },
  {
    name: 'the first key of a flow map',
    because: 'its comma goes too',
    text: 'a: { u: 1, v: 2 }\n',
    path: ['a', 'u'],
    change: remove,
    to: 'a: { v: 2 }\n',
  },
  {
    name: 'the last key of a flow map',
    because: 'its comma goes too',
    text: 'a: { u: 1, v: 2 }\n',
    path: ['a', 'v'],
    change: remove,
    to: 'a: { u: 1 }\n',
  },
  {
    name: 'the first key of an item',
    because: 'the dash is on its line',
    text: 'a:\n  - u: 1\n    v: 2\n',
    path: ['a', 0, 'u'],
    change: remove,
    to: undefined,
  },
  {
    name: 'members of a block list',
    because: 'items keep their comments',
    text: 'a:\n  - x # x\n  # about y\n  - y\n  - z # z\nb: 1\n',
    path: ['a'],
    change: members([1], ['new']),
    to: 'a:\n  - x # x\n  # about y\n  - z # z\n  - new\nb: 1\n',
  },
  {
    name: 'members of a flow list',
    because: 'the rest of the line stays',
    text: 'a: [x, "y", z] # c\n',
    path: ['a'],
    change: members([0, 2], ['p', { live: 'q' }]),
    to: 'a: ["y", "p", { live: q }] # c\n',
  },
  {
    name: 'all members of a block list at the column of its key',
    because: 'an empty list is not null',
    text: 'a:\n- x\n- y\nb: 1\n',
    path: ['a'],
    change: members([0, 1], []),
    to: 'a: []\nb: 1\n',
  },
  {
    name: 'a member of an empty list',
    because: 'there is no item to follow',
    text: 'a: []\n',
    path: ['a'],
    change: members([], ['x']),
    to: 'a: [x]\n',
  },
  {
    name: 'a list of another length',
    because: 'equal items stay',
    text: 'a:\n  - { n: 1 } # one\n  - { n: 2 }\n  - { n: 3 }\n',
    path: ['a'],
    change: set([{ n: 1 }, { n: 9 }]),
    to: 'a:\n  - { n: 1 } # one\n  - { n: 9 }\n',
  },
  {
    name: 'Windows line ends',
    because: 'a new line ends as the others do',
    text: 'a:\r\n  - x\r\nb: 1\r\n',
    path: ['a'],
    change: members([], ['y']),
    to: 'a:\r\n  - x\r\n  - y\r\nb: 1\r\n',
  },
  {
    name: 'the end of a file without a line end',
    because: 'the file still has none',
    text: 'a:\n  - x',
    path: ['a'],
    change: members([], ['y']),
    to: 'a:\n  - x\n  - y',
  },
  {
    name: 'a document behind another',
    because: 'the place names the first one here',
    text: 'a: 1\n---\na: 1\n',
    path: ['a'],
    change: set(2),
    to: 'a: 2\n---\na: 1\n',
  },
];

describe('edit', () => {
  test.each(rows)('$name: $because', ({ text, path, change, to }) => {
    expect(edit(text, { document: 0, path }, change)).toBe(to);
  });

  test('a text that is not YAML is not changed', () => {
    expect(edit('a: [1\n', { document: 0, path: ['a'] }, set(1))).toBeUndefined();
  });
});
