import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { hasLabels, labelsText } from '../../../src/model/selection/labels.ts';
import { parseSelector, selects, type Selectable } from '../../../src/model/selection/selector.ts';
import { matchesPattern } from '../../../src/model/text/matchesPattern.ts';

const trainer: Selectable = {
  kind: 'machines',
  name: 'trainer-1',
  labels: { owner: 'ml', 'cost.centre': 'a/b', constructor: 'x' },
};

describe('a selector', () => {
  it.each<{ text: string; because: string; selected: boolean | undefined }>([
    { text: 'machines/trainer-1', because: 'it is its address', selected: true },
    { text: 'machines/trainer', because: 'a name is compared whole', selected: false },
    { text: 'machines/trainer-*', because: '* stands for the end', selected: true },
    { text: 'machines/*-1', because: '* stands for the start', selected: true },
    { text: '*/trainer-1', because: '* stands for a kind', selected: true },
    { text: 'm*s/t*r*1', because: '* may stand anywhere', selected: true },
    { text: 'machines/*', because: 'all of a kind', selected: true },
    { text: 'projects/*', because: 'another kind', selected: false },
    { text: 'Machines/trainer-1', because: 'case counts', selected: false },
    { text: 'owner=ml', because: 'it has the label', selected: true },
    { text: 'owner=*', because: 'it has the label with any value', selected: true },
    { text: 'owner=m*', because: '* stands for the end of a value', selected: true },
    { text: 'owner=ops', because: 'the label has another value', selected: false },
    { text: 'team=*', because: 'it does not have the label', selected: false },
    { text: 'cost.centre=a/b', because: 'a value may contain a slash', selected: true },
    { text: 'constructor=x', because: 'a label may be called so', selected: true },
    { text: 'toString=*', because: 'what every object has is no label', selected: false },
    { text: 'machines/a=b', because: 'a name may contain =', selected: false },
    { text: 'machines', because: 'a kind alone', selected: undefined },
    { text: 'machines/', because: 'no name', selected: undefined },
    { text: '/a', because: 'no kind', selected: undefined },
    { text: 'owner=', because: 'no value', selected: undefined },
    { text: '=ml', because: 'no label', selected: undefined },
    { text: '', because: 'nothing', selected: undefined },
  ])('$text: $because', ({ text, selected }) => {
    const selector = parseSelector(text);
    expect(selector && selects(selector, trainer)).toBe(selected);
  });

  it('selects a resource without labels by its address only', () => {
    const bare = { kind: 'machines', name: 'a' };
    const [byAddress, byLabel] = [parseSelector('machines/a'), parseSelector('owner=*')];
    expect(byAddress && selects(byAddress, bare)).toBe(true);
    expect(byLabel && selects(byLabel, bare)).toBe(false);
  });
});

test('a pattern matches as the regular expression of the same meaning does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(
      letters,
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
      (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text);
        expect(matchesPattern(text, pattern)).toBe(expected);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('labels', () => {
  it.each<{ because: string; labels: Selectable['labels']; wanted: object; has: boolean }>([
    { because: 'nothing is wanted', labels: undefined, wanted: {}, has: true },
    { because: 'all are equal', labels: { a: '1', b: '2' }, wanted: { a: '1', b: '2' }, has: true },
    { because: 'more do not matter', labels: { a: '1', b: '2' }, wanted: { b: '2' }, has: true },
    { because: 'one differs', labels: { a: '1', b: '2' }, wanted: { a: '1', b: '3' }, has: false },
    { because: 'one is missing', labels: { a: '1' }, wanted: { a: '1', b: '2' }, has: false },
    { because: 'there are none', labels: undefined, wanted: { a: '1' }, has: false },
    { because: 'a star is no pattern here', labels: { a: '1' }, wanted: { a: '*' }, has: false },
  ])('$because', ({ labels, wanted, has }) => {
    expect(hasLabels(labels, { ...wanted })).toBe(has);
  });

  it('are shown in their order', () => {
    expect(labelsText({ owner: 'ml', env: 'prod' })).toBe('owner=ml, env=prod');
    expect(labelsText(undefined)).toBe('');
  });
});
