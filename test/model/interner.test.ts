import { expect, test } from 'vitest';
import { oneOfEach, oneOfEachText } from '../../src/model/interner.ts';

const list = (...items: readonly string[]): readonly string[] => items;

test('values that are equal are one, others stay', () => {
  const one = oneOfEach((items: readonly string[]) => items.join());
  const first = one(list('a', 'b'));
  expect(one(list('a', 'b'))).toBe(first);
  expect(one(list('a'))).toEqual(['a']);
});

test('beyond the most that differ, each stays its own, and those that are known are one', () => {
  const one = oneOfEach((items: readonly string[]) => items.join(), 1);
  const [known, more] = [one(list('a')), list('b')];
  expect(one(more)).toBe(more);
  const again = list('b');
  expect(one(again)).toBe(again);
  expect(one(list('a'))).toBe(known);
});

test('texts are what they were', () => {
  const one = oneOfEachText();
  expect(['a', 'b', 'a', ''].map(one)).toEqual(['a', 'b', 'a', '']);
});
