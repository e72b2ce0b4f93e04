import { expect, test } from 'vitest';
import { interner, textInterner } from '../../src/model/interner.ts';

const list = (...items: readonly string[]): readonly string[] => items;

test('equal values become one object, others are unchanged', () => {
  const one = interner((items: readonly string[]) => items.join());
  const first = one(list('a', 'b'));
  expect(one(list('a', 'b'))).toBe(first);
  expect(one(list('a'))).toEqual(['a']);
});

test('beyond the limit new values are unchanged, and known ones are still shared', () => {
  const one = interner((items: readonly string[]) => items.join(), 1);
  const [known, more] = [one(list('a')), list('b')];
  expect(one(more)).toBe(more);
  const again = list('b');
  expect(one(again)).toBe(again);
  expect(one(list('a'))).toBe(known);
});

test('texts are unchanged', () => {
  const one = textInterner();
  expect(['a', 'b', 'a', ''].map(one)).toEqual(['a', 'b', 'a', '']);
});
