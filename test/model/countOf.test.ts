import { expect, test } from 'vitest';
import { countOf } from '../../src/model/text/countOf.ts';

test.each([
  { text: countOf(1, 'machine'), expected: '1 machine', because: 'one is singular' },
  { text: countOf(0, 'machine'), expected: '0 machines', because: 'none is plural' },
  { text: countOf(2, 'machine'), expected: '2 machines', because: 'more is plural' },
  { text: countOf(1, 'entry', 'entries'), expected: '1 entry', because: 'one is singular' },
  {
    text: countOf(2, 'entry', 'entries'),
    expected: '2 entries',
    because: 'the plural is irregular',
  },
])('$expected: $because', ({ text, expected }) => {
  expect(text).toBe(expected);
});
