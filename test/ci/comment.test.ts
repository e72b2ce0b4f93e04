import { describe, expect, test } from 'vitest';
import { annotations, limited } from '../../src/ci/annotations.ts';
import { invalidComment, markerOf, planComment, planSummary } from '../../src/ci/comment.ts';
import { terraformReport } from '../../src/ci/counts.ts';
import { actionOf, planWith } from './plans.ts';

const frame = { commit: 'a'.repeat(40), oneOfSeveral: false, broken: [] };

const manyActions = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) =>
    actionOf('update', 'planned', {
      name: `m-${index}`,
      changes: [{ path: 'diskSize', desired: field, observed: 50 }],
    }),
  );

describe('a comment', () => {
  test('begins with its marker, and names plan and commit', () => {
    const comment = planComment(planWith([]), frame);
    expect(comment.startsWith('<!-- holdfast:plan:default -->\n')).toBe(true);
    expect(comment).toContain('All in sync, nothing to do');
    expect(comment).toContain(`Plan \`d\`. Commit ${'a'.repeat(12)}.`);
  });

  test.each([
    [10, 'diskSize: ', undefined],
    [700, 'machines/m-699', 'without its fields'],
    [5000, '| machines | 5000 update |', 'These are its counts'],
  ])('of %i actions shows what fits, and says what is left out', (count, shown, said) => {
    const comment = planComment(planWith(manyActions(count, 'x'.repeat(59))), frame);
    expect(comment.length).toBeLessThanOrEqual(60_000);
    expect(comment).toContain(shown);
    const sentences = ['too long to be shown here with its fields', 'These are its counts'];
    const expected = { 'without its fields': sentences[0], 'These are its counts': sentences[1] };
    expect(sentences.filter((text) => comment.includes(text))).toEqual(
      said === undefined ? [] : [expected[said as keyof typeof expected]],
    );
  });

  test('the summary of the job has all of it, up to a megabyte', () => {
    const summary = planSummary(planWith(manyActions(2000, 'x'.repeat(59))), frame);
    expect(summary).toContain('diskSize: 50 → x');
    expect(summary).toContain('machines/m-1999');
    const large = planSummary(planWith(manyActions(20_000, 'é'.repeat(59))), frame);
    expect(Buffer.byteLength(large)).toBeLessThanOrEqual(1_000_000);
  });

  test('names the workspace if there are several', () => {
    const several = { ...frame, oneOfSeveral: true };
    const plan = { ...planWith([]), workspace: 'ml' };
    for (const text of [planComment(plan, several), invalidComment('ml', 1, several)])
      expect(text).toMatch(/^<!-- holdfast:plan:ml -->\n### Holdfast plan \(ml\)\n/);
    expect(planComment(plan, frame)).toContain('### Holdfast plan\n');
  });

  test('names the broken rules', () => {
    const comment = planComment(planWith([]), { ...frame, broken: ['--fail-on cost>5: more'] });
    expect(comment).toContain('**Failed**: `--fail-on cost>5: more`');
  });

  test.each([
    '@everyone',
    '`@everyone`',
    '``` @everyone',
    '</code><img src=x onerror=y>@everyone',
    '| @everyone |',
    '\n@everyone',
    '\n/close',
    '<!-- holdfast:plan:default -->',
    '[x](http://evil)',
  ])('shows %j as code', (text) => {
    const comment = planComment(
      planWith([actionOf('update', 'blocked', { name: text, error: text, note: text })]),
      frame,
    );
    const lines = comment.split('\n');
    expect(lines.filter((line) => /^\s*\/|^@/.test(line))).toEqual([]);
    expect(outsideCode(comment.replace(markerOf('default'), ''))).not.toMatch(
      /@|<(?!br>)|\]\(|evil/,
    );
  });

  test('of a config that is not valid says so', () => {
    expect(invalidComment('default', 3, { ...frame, commit: undefined })).toMatch(
      /^<!-- holdfast:plan:default -->\n[^]*not valid\*\*: 3 problems/,
    );
  });
});

/** The text outside of code spans, line by line: a span ends with as many backticks as it began with. */
const outsideCode = (markdown: string): string =>
  markdown
    .split('\n')
    .map((line) => line.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, ''))
    .join('\n');

const problem = (index: number) => ({
  file: 'team.yaml',
  line: index,
  column: 1,
  rule: 'r',
  message: `wrong ${index}`,
});
const some = (count: number) => Array.from({ length: count }, (_, index) => problem(index + 1));

describe('annotations', () => {
  test.each([
    [0, 0, 0, undefined],
    [10, 0, 10, undefined],
    [11, 0, 10, 'wrong 10 (and 1 more problem, see the log)'],
    [8, 5, 10, 'wrong 2 (and 3 more problems, see the log)'],
    [12, 5, 10, 'wrong 10 (and 7 more problems, see the log)'],
  ])('of %i problems and %i warnings are %i', (problems, warnings, shown, tenth) => {
    const result = limited({ problems: some(problems), warnings: some(warnings) });
    const all = [...result.problems, ...result.warnings];
    expect(all).toHaveLength(shown);
    expect(all.map(({ message }) => message).find((text) => text.includes('more'))).toBe(tenth);
  });

  test('name the file from the root of the repository', () => {
    expect(annotations({ problems: some(1), warnings: [] }, (file) => `config/${file}`)).toBe(
      '::error file=config/team.yaml,line=1,col=1,title=r::wrong 1\n',
    );
  });
});

test('the report for GitLab counts what is planned', () => {
  const verbs = ['create', 'update', 'assign', 'stop', 'delete'] as const;
  const actions = [
    ...verbs.map((verb) => actionOf(verb, 'planned')),
    actionOf('delete', 'blocked'),
  ];
  expect(terraformReport(planWith(actions))).toEqual({ create: 1, update: 3, delete: 1 });
});
