import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, maxNames } from '../../src/desired/declare/namePattern.ts';

const namesOf = (text: string): readonly string[] => {
  const expansion = expand(text);
  if (!expansion.ok) throw new Error(expansion.message);
  return expansion.names;
};

describe('brace expansion', () => {
  it.each<{ text: string; because: string; names: string }>([
    { text: 'a', because: 'without braces there is one name', names: 'a' },
    { text: '', because: 'an empty text is one empty name', names: '' },
    { text: 'w-{1..3}', because: 'a range', names: 'w-1 w-2 w-3' },
    { text: 'w-{01..03}', because: 'a leading zero pads', names: 'w-01 w-02 w-03' },
    { text: '{8..010}', because: 'pads to the length of the longer end', names: '008 009 010' },
    { text: '{0..2}', because: 'a single zero does not pad', names: '0 1 2' },
    { text: '{3..1}', because: 'ranges may run backwards', names: '3 2 1' },
    { text: '{-1..1}', because: 'ranges may pass zero', names: '-1 0 1' },
    { text: '{-01..1}', because: 'the sign counts towards the width', names: '-01 000 001' },
    { text: '{1..10..3}', because: 'a step skips numbers', names: '1 4 7 10' },
    { text: '{10..1..3}', because: 'a step works backwards', names: '10 7 4 1' },
    { text: '{1..3..0}', because: 'a step of 0 counts as 1', names: '1 2 3' },
    { text: '{1..3..-2}', because: 'the sign of a step is ignored', names: '1 3' },
    { text: '{a..e..2}', because: 'letters have ranges too', names: 'a c e' },
    { text: '{C..A}', because: 'capitals have ranges', names: 'C B A' },
    {
      text: '{a..C}',
      because: 'mixed case is not a range: other characters lie between',
      names: '{a..C}',
    },
    { text: '{a,b}-{1,2}', because: 'the first varies slowest', names: 'a-1 a-2 b-1 b-2' },
    { text: 'a{,-b}', because: 'an alternative may be empty', names: 'a a-b' },
    { text: '{a}', because: 'one alternative is literal', names: '{a}' },
    { text: '{}', because: 'empty braces are literal', names: '{}' },
    { text: '{1..}', because: 'half a range is literal', names: '{1..}' },
    { text: '{a1..3}', because: 'a text that only ends in a range is literal', names: '{a1..3}' },
    {
      text: '{1..3a}',
      because: 'a text that only begins with a range is literal',
      names: '{1..3a}',
    },
    { text: '{aa..c}', because: 'a word and a letter are not a range', names: '{aa..c}' },
    { text: '{a..cc}', because: 'a letter and a word are not a range', names: '{a..cc}' },
    { text: '{1..30..12}', because: 'a step may have several digits', names: '1 13 25' },
    { text: '{a..z..12}', because: 'so may a step of letters', names: 'a m y' },
    { text: '{99..101}', because: 'a zero inside a number does not pad', names: '99 100 101' },
    { text: 'a,b-{1,2}', because: 'a comma outside braces is literal', names: 'a,b-1 a,b-2' },
    { text: '{a,b{1,2}', because: 'so is a comma after an unclosed brace', names: '{a,b1 {a,b2' },
    {
      text: '{1,2}a,b}',
      because: 'so is a comma before an unmatched closing brace',
      names: '1a,b} 2a,b}',
    },
    { text: 'a{b', because: 'a single brace is literal', names: 'a{b' },
    { text: 'a}{b', because: 'so are two in the wrong order', names: 'a}{b' },
    { text: '{x{1..2}', because: 'so is an extra opening brace', names: '{x1 {x2' },
    { text: '{{a,b}}', because: 'so are outer braces without a comma', names: '{a} {b}' },
  ])('$text: $because', ({ text, names }) => {
    expect(namesOf(text).join(' ')).toBe(names);
  });

  it.each<{ text: string; because: string; rule: string }>([
    { text: '{a,{b,c}}', because: 'nested alternatives are not supported', rule: 'wrong-name' },
    { text: '{{1..2},b}', because: 'nested ranges are not supported', rule: 'wrong-name' },
    {
      text: `{1..${maxNames + 1}}`,
      because: 'one name more than the maximum',
      rule: 'too-many-names',
    },
    {
      text: '{0..999999999999999999999}',
      because: 'more names than a safe integer',
      rule: 'too-many-names',
    },
    {
      text: '{0..999999999999}'.repeat(40),
      because: 'more names than a number can represent',
      rule: 'too-many-names',
    },
    {
      text: `{a,${'b,'.repeat(511)}}`,
      because: 'longer than a pattern may be',
      rule: 'wrong-name',
    },
    {
      text: `{${','.repeat(300_000)}`,
      because: 'refused without being searched',
      rule: 'wrong-name',
    },
  ])('$text: $because is a problem', ({ text, rule }) => {
    expect(expand(text)).toMatchObject({ ok: false, rule });
  });

  it('accepts exactly the maximum number of names', () => {
    expect(namesOf(`{1..${maxNames}}`)).toHaveLength(maxNames);
    expect(expand('{1..3}', 2)).toMatchObject({ ok: false, size: 3 });
  });
});

describe('laws', () => {
  const word = fc.stringMatching(/^[a-z-]{0,3}$/);
  const list = fc.array(word, { minLength: 2, maxLength: 4 });
  const range = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 5 }));

  it('the number of names is the product of the alternatives, in order', () => {
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

  it('a range lists its numbers in order, all of one width if padded', () => {
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

  it('never throws, and never expands to more than the maximum', () => {
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
