import { expect, test } from 'vitest';
import { padded, widest } from '../../src/model/text/width.ts';

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
