import { expect, test } from 'vitest';
import { cutTo, padded, widest } from '../../src/model/text/width.ts';

test.each([
  { text: 'abc', columns: 'abc···', because: 'a letter takes one column' },
  { text: '日本', columns: '日本··', because: 'a wide character takes two columns' },
  { text: 'e\u0301', columns: 'e\u0301·····', because: 'a combining accent takes none' },
  { text: 'abcdefgh', columns: 'abcdefgh', because: 'a text that is too long stays whole' },
])('pads $text to six columns: $because', ({ text, columns }) => {
  expect(padded(text, 6).replaceAll(' ', '·')).toBe(columns);
});

test('signs of Holdfast take one column each', () => {
  expect(widest(['a → b'])).toBe(5);
  expect(widest(['日 → 本…'])).toBe(8);
});

test('the texts of a large team are measured', () => {
  expect(widest(Array.from({ length: 200_000 }, () => 'a'))).toBe(1);
});

test('the widest text is measured in columns', () => {
  expect(widest(['abc', '日本'])).toBe(4);
  expect(widest([])).toBe(0);
});

test.each([
  { text: 'abcdef', is: 'abcdef', because: 'it fits' },
  { text: 'abcdefg', is: 'abcde…', because: 'the sign takes one column' },
  { text: 'ab日本語', is: 'ab日…', because: 'half of a wide character cannot be shown' },
  {
    text: 'abcde\u0301fg',
    is: 'abcde\u0301…',
    because: 'a combining accent stays with its letter',
  },
])('cuts $text to six columns: $because', ({ text, is }) => {
  expect(cutTo(text, 6)).toBe(is);
  expect(widest([cutTo(text, 6)])).toBeLessThanOrEqual(6);
  expect(cutTo(text, 0)).toBe('');
});
