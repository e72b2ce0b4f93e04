import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, maxNames } from '../../src/desired/declare/namePattern.ts';

const namesOf = (text: string): readonly string[] => {
  const expansion = expand(text);
  if (!expansion.ok) throw new Error(expansion.message);
  return expansion.names;
};

describe('braces', () => {
  it.each<{ text: string; because: string; names: string }>([
    { text: 'a', because: 'no braces, one name', names: 'a' },
    { text: '', because: 'nothing is nothing', names: '' },
    { text: 'w-{1..3}', because: 'a range', names: 'w-1 w-2 w-3' },
    { text: 'w-{01..03}', because: 'a leading zero pads', names: 'w-01 w-02 w-03' },
    { text: '{8..010}', because: 'to the longer end', names: '008 009 010' },
    { text: '{0..2}', because: 'a zero alone does not', names: '0 1 2' },
    { text: '{3..1}', because: 'ranges run backwards, too', names: '3 2 1' },
    { text: '{-1..1}', because: 'and through zero', names: '-1 0 1' },
    { text: '{-01..1}', because: 'the sign counts for the width', names: '-01 000 001' },
    { text: '{1..10..3}', because: 'steps', names: '1 4 7 10' },
    { text: '{10..1..3}', because: 'backwards, too', names: '10 7 4 1' },
    { text: '{1..3..0}', because: 'a step of nothing is one', names: '1 2 3' },
    { text: '{1..3..-2}', because: 'the sign of a step says nothing', names: '1 3' },
    { text: '{a..e..2}', because: 'letters', names: 'a c e' },
    { text: '{C..A}', because: 'and capitals', names: 'C B A' },
    { text: '{a..C}', because: 'but not both, where signs lie between', names: '{a..C}' },
    { text: '{a,b}-{1,2}', because: 'the first varies slowest', names: 'a-1 a-2 b-1 b-2' },
    { text: 'a{,-b}', because: 'an alternative may be empty', names: 'a a-b' },
    { text: '{a}', because: 'one alternative is none', names: '{a}' },
    { text: '{}', because: 'nor is nothing', names: '{}' },
    { text: '{1..}', because: 'nor half a range', names: '{1..}' },
    { text: '{a1..3}', because: 'nor what only ends in a range', names: '{a1..3}' },
    { text: '{1..3a}', because: 'nor what only begins with one', names: '{1..3a}' },
    { text: '{aa..c}', because: 'nor a word and a letter', names: '{aa..c}' },
    { text: '{a..cc}', because: 'nor a letter and a word', names: '{a..cc}' },
    { text: '{1..30..12}', because: 'a step may be long', names: '1 13 25' },
    { text: '{a..z..12}', because: 'in letters, too', names: 'a m y' },
    { text: '{99..101}', because: 'a zero further on does not pad', names: '99 100 101' },
    { text: 'a,b-{1,2}', because: 'a comma outside is a comma', names: 'a,b-1 a,b-2' },
    { text: '{a,b{1,2}', because: 'after an open brace, too', names: '{a,b1 {a,b2' },
    { text: '{1,2}a,b}', because: 'or before one that closes nothing', names: '1a,b} 2a,b}' },
    { text: 'a{b', because: 'a brace alone is a brace', names: 'a{b' },
    { text: 'a}{b', because: 'as are two the wrong way round', names: 'a}{b' },
    { text: '{x{1..2}', because: 'or one too many', names: '{x1 {x2' },
    { text: '{{a,b}}', because: 'or around others, without a comma', names: '{a} {b}' },
  ])('$text: $because', ({ text, names }) => {
    expect(namesOf(text).join(' ')).toBe(names);
  });

  it.each<{ text: string; because: string; rule: string }>([
    { text: '{a,{b,c}}', because: 'braces in braces', rule: 'wrong-name' },
    { text: '{{1..2},b}', because: 'braces in braces', rule: 'wrong-name' },
    { text: `{1..${maxNames + 1}}`, because: 'one too many', rule: 'too-many-names' },
    {
      text: '{0..999999999999999999999}',
      because: 'more than can be counted',
      rule: 'too-many-names',
    },
    {
      text: '{0..999999999999}'.repeat(40),
      because: 'more than a number can hold',
      rule: 'too-many-names',
    },
    { text: `{a,${'b,'.repeat(511)}}`, because: 'too long to be a pattern', rule: 'wrong-name' },
    { text: `{${','.repeat(300_000)}`, because: 'nor is it searched', rule: 'wrong-name' },
  ])('$text: $because is a problem', ({ text, rule }) => {
    expect(expand(text)).toMatchObject({ ok: false, rule });
  });

  it('as many as are allowed, and no more', () => {
    expect(namesOf(`{1..${maxNames}}`)).toHaveLength(maxNames);
    expect(expand('{1..3}', 2)).toMatchObject({ ok: false, size: 3 });
  });
});

describe('laws', () => {
  const word = fc.stringMatching(/^[a-z-]{0,3}$/);
  const list = fc.array(word, { minLength: 2, maxLength: 4 });
  const range = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 5 }));

  it('as many names as alternatives multiplied, each alternative in its place, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, list), { maxLength: 3 }), (parts) => {
        const text = parts.map(([before, names]) => `${before}{${names.join(',')}}`).join('');
        const expected = parts.reduce<readonly string[]>(
          (starts, [before, names]) =>
            starts.flatMap((start) => names.map((name) => start + before + name)),
          [''],
        );
        expect(namesOf(text)).toEqual(expected);
      }),
    );
  });

  it('a range holds its numbers in order, and all of one width when it is padded', () => {
    fc.assert(
      fc.property(range, fc.boolean(), ([from, length], padded) => {
        const to = from + length;
        const names = namesOf(padded ? `{${from}..000${Math.max(to, 0)}}` : `{${from}..${to}}`);
        const end = padded ? Math.max(to, 0) : to;
        expect(names.map(Number)).toEqual(
          Array.from({ length: Math.abs(end - from) + 1 }, (_, i) => from + i),
        );
        const widths = new Set(names.map((name) => name.length));
        expect(padded ? widths.size : 1).toBe(1);
      }),
    );
  });

  it('never throws, and never makes more than it may', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[{}.,a0-9-]{0,30}$/), (text) => {
        const expansion = expand(text, 100);
        const size = expansion.ok ? expansion.names.length : expansion.message.length;
        expect(size).toBeGreaterThan(0);
        expect(expansion.ok ? size : 0).toBeLessThanOrEqual(100);
      }),
      { numRuns: 2000 },
    );
  });
});
