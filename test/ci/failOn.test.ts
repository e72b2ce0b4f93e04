import { describe, expect, test } from 'vitest';
import type { Report, ReportedAction } from '../../src/model/pass/report.ts';
import { brokenRules, parseFailRule, type FailRule } from '../../src/ci/failOn.ts';
import { actionOf, costOf, planWith } from './plans.ts';

const parsed: readonly (readonly [text: string, rule: FailRule | undefined])[] = [
  ['deletions', { on: 'deletions' }],
  ['blocked', { on: 'blocked' }],
  ['cost>5', { on: 'cost', over: 5 }],
  ['cost>0.25', { on: 'cost', over: 0.25 }],
  ['cost>0', { on: 'cost', over: 0 }],
  ['', undefined],
  ['cost', undefined],
  ['cost>', undefined],
  ['cost>x', undefined],
  ['cost>-1', undefined],
  ['cost>1e9', undefined],
  ['cost>NaN', undefined],
  ['cost>=5', undefined],
  ['cost>5 ', undefined],
  ['Deletions', undefined],
];

test.each(parsed)('"%s" is parsed', (text, rule) => {
  expect(parseFailRule(text)).toEqual(rule);
});

type Ruled = readonly [
  text: string,
  actions: readonly ReportedAction[],
  possibleCost: Report['cost'],
  isBroken: boolean,
  because: string,
];

const ruled: readonly Ruled[] = [
  ['deletions', [actionOf('delete', 'planned')], costOf(0), true, 'by a deletion'],
  ['deletions', [actionOf('delete', 'blocked')], costOf(0), true, 'by one that a limit blocks now'],
  ['deletions', [actionOf('update', 'planned')], costOf(0), false, 'but not by an update'],
  ['blocked', [actionOf('update', 'blocked')], costOf(0), true, 'by a blocked action'],
  ['blocked', [actionOf('delete', 'planned')], costOf(0), false, 'but not by a planned one'],
  ['cost>5', [], costOf(5.01), true, 'by a higher cost'],
  ['cost>5', [], costOf(5), false, 'but not by the limit itself'],
  ['cost>5', [], costOf(Number.NaN), true, 'by a cost that is no number'],
  ['cost>5', [], costOf(0, ['H100']), true, 'by an unknown price'],
  ['cost>999999999', [], costOf(0, ['H100']), true, 'by an unknown price, whatever the limit'],
];

describe('a rule is broken', () => {
  test.each(ruled)('%s', (text, actions, possibleCost, isBroken) => {
    const rule = parseFailRule(text);
    const report = planWith(actions);
    expect(brokenRules(rule ? [rule] : [], { report, possibleCost })).toHaveLength(
      isBroken ? 1 : 0,
    );
  });
});
