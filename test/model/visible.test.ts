import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/model/pass/explanation.ts';
import type { Graph } from '../../src/model/pass/graph.ts';
import { defaultLifecycle } from '../../src/model/resource.ts';
import { jsonText, visible, visibleData, visibleLines } from '../../src/model/text/visible.ts';
import { explanationText } from '../../src/report/explanationText.ts';
import { toDot, toMermaid } from '../../src/report/graphText.ts';
import { toHtml } from '../../src/report/html.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { toSvg } from '../../src/report/graphSvg.ts';
import { toText } from '../../src/report/text.ts';
import { action, reportWith, resource } from '../support/reports.ts';

describe('invisible characters are escaped', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', String.raw`\u001b[31mred\u001b[0m`, 'a terminal would colour'],
    ['a\u0007\u0008\u007f', String.raw`a\u0007\u0008\u007f`, 'a terminal would ring and delete'],
    ['a\u009b2J', String.raw`a\u009b2J`, 'C1 also starts sequences'],
    ['a\r\nb\tc', String.raw`a\u000d\u000ab\u0009c`, 'it would end or overwrite a line'],
    [
      'a\u2028b\u2029c\u0085d',
      String.raw`a\u2028b\u2029c\u0085d`,
      'some programs treat these as line ends',
    ],
    ['\u202etxt.exe', String.raw`\u202etxt.exe`, 'it would be shown backwards'],
    ['\u2066a\u2069\u200e\u200f\u061c', String.raw`\u2066a\u2069\u200e\u200f\u061c`, 'likewise'],
    ['a\u200bb\u2060c\ufeffd\u00ade', String.raw`a\u200bb\u2060c\ufeffd\u00ade`, 'it is invisible'],
    ['\u{e0061}\u3164\u180e', String.raw`\udb40\udc61\u3164\u180e`, 'it is invisible'],
    ['a\ud800b', String.raw`a\ud800b`, 'half a character'],
    ['a\ufe0fb\u200dc', String.raw`a\ufe0fb\u200dc`, 'they are invisible outside emoji'],
    ['👩‍🔬 ✈️ 👩🏽‍🔬', '👩‍🔬 ✈️ 👩🏽‍🔬', 'they join emoji'],
    ['é ü 名 Ω ∑ — “x”', 'é ü 名 Ω ∑ — “x”', 'all of it is visible'],
    ['::error::x', String.raw`\u003a:error::x`, 'a CI job would execute it'],
    [' \u00a0::error::x', ' \u00a0\\u003a:error::x', 'leading white space does not prevent that'],
    ['a::b', 'a::b', 'it is not at the start of a line'],
    ['x ##[error]y', String.raw`x \u0023#[error]y`, 'an older command syntax, anywhere in a line'],
    [
      '##vso[task.setvariable]',
      String.raw`\u0023#vso[task.setvariable]`,
      'Azure Pipelines’ command',
    ],
    ['## [x]', '## [x]', 'it is not a command'],
  ])('%j', (text, expected, because) => {
    expect(visible(text), because).toBe(expected);
  });

  test('lines keep their ends, and JSON keeps its values', () => {
    expect(visibleLines('a\n::b\u001b\n')).toBe('a\n\\u003a:b\\u001b\n');
    expect(visibleData('::error::\u202e\n')).toBe('::error::\\u202e\n');
    const value = { '\u202e': ['\u009b', '\u{e0061}', '##[x', '\ud800', '👩‍🔬', '\n'] };
    expect(JSON.parse(jsonText(value, 2))).toEqual(value);
    expect(jsonText(value)).toMatch(/^[\u0020-\u007e\p{Emoji}\u200d]*$/u);
  });
});

/** Any text, often with characters that are special in a terminal, a log, a CI job, Markdown, HTML, or JSON. */
const foreign = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '\n::error::x',
        '::set-output name=x::y',
        '##[error]',
        '\u001b]0;x\u0007',
        '\u009b',
        '\u202e',
        '\r',
        '\u2028',
        '\u200b',
        '\ud83d',
        '|',
        '\\|',
        '`',
        '<b>',
        '@ops',
        '#1',
        '"',
        '\\',
      ),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));

/** Characters on which a terminal, a log, or a CI job would act. */
const hidden =
  /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

function expectVisible(text: string): void {
  expect(hidden.exec(text)?.[0].codePointAt(0)).toBeUndefined();
  expect(text).not.toMatch(/##\w*\[/);
  for (const line of text.split('\n')) expect(line).not.toMatch(/^\s*::/);
}

const at = '2026-11-21T10:00:00.000Z';

const reportOf = (name: string, value: string, error: string) =>
  reportWith({
    complete: false,
    incomplete: [{ kind: 'machines', error }],
    summary: { ...reportWith().summary, failed: 1 },
    cost: { ...reportWith().cost, unpriced: [value] },
    resources: [
      {
        ...resource,
        name,
        status: 'failed',
        reason: error,
        source: { file: name, line: 1, column: 1 },
      },
      {
        ...resource,
        name: value,
        status: 'drifted',
        changes: [{ path: name, desired: value, observed: error }],
      },
    ],
    actions: [
      {
        ...action,
        name,
        id: `machines/${name}:update`,
        verb: 'update',
        changes: [{ path: 'x', desired: value, observed: error }],
      },
      {
        ...action,
        name,
        id: `machines/${name}:delete`,
        verb: 'delete',
        resourceId: value,
        liveName: error,
      },
      {
        ...action,
        name,
        id: `machines/${name}:create`,
        verb: 'create',
        outcome: 'failed',
        error,
        note: value,
        changes: [{ path: name, desired: value, observed: null }],
      },
      {
        ...action,
        name,
        id: `scripts/${name}:assign(x/${value})`,
        verb: 'assign',
        outcome: 'blocked',
        error,
      },
    ],
  });

const explanationOf = (name: string, value: string, error: string): Explanation =>
  ({
    schema: 'holdfast/explanation/v1',
    kind: 'machines',
    name,
    status: 'failed',
    since: at,
    reason: error,
    suspended: null,
    declared: {
      source: { file: name, line: 1, column: 1 },
      spec: { [name]: value },
      lifecycle: { ...defaultLifecycle, formerName: value },
    },
    absent: null,
    live: {
      id: value,
      name: value,
      spec: { x: error },
      members: {},
      settled: true,
      activity: value,
      failure: error,
      fixed: null,
      facts: { [value]: error },
    },
    changes: [{ path: name, desired: value, observed: error }],
    unverifiable: [name],
    actions: [],
    setbacks: [{ action: `machines/${name}:create`, failures: 1, at, retryAt: null, error }],
    refersTo: [{ path: name, to: value }],
    referredToBy: [{ path: name, from: value }],
    readings: { [name]: null },
    companions: { events: [value, error] },
    unread: { [name]: error },
    history: [],
  }) as unknown as Explanation;

const graphOf = (name: string, value: string): Graph => ({
  nodes: [
    { address: `machines/${name}`, declared: true },
    { address: `scripts/${value}`, declared: false },
  ],
  edges: [{ from: `machines/${name}`, to: `scripts/${value}`, path: value }],
});

describe('names, values, and errors are visible in all formats', () => {
  const outputs: Readonly<Record<string, (name: string, value: string, error: string) => string>> =
    {
      text: (...texts) => toText(reportOf(...texts)),
      Markdown: (...texts) => toMarkdown(reportOf(...texts)),
      HTML: (...texts) => toHtml(reportOf(...texts)),
      explanation: (...texts) => explanationText(explanationOf(...texts)),
      Mermaid: (name, value) => toMermaid(graphOf(name, value)),
      Graphviz: (name, value) => toDot(graphOf(name, value)),
      SVG: (name, value) => toSvg(graphOf(name, value)),
      JSON: (...texts) => jsonText(reportOf(...texts), 2),
    };

  test.each(Object.entries(outputs))('in %s', (_format, print) => {
    fc.assert(
      fc.property(foreign, foreign, foreign, (name, value, error) =>
        expectVisible(print(`n${name}`, value, error)),
      ),
      { numRuns: 300 },
    );
  });

  test.each(['Markdown', 'Mermaid', 'Graphviz', 'SVG', 'JSON'])(
    'they add no line in %s',
    (format) => {
      const print = outputs[format] ?? (() => '');
      const lines = print('a', 'b', 'c').split('\n').length;
      fc.assert(
        fc.property(foreign, foreign, foreign, (name, value, error) => {
          // A live name that equals the declared one is not shown.
          fc.pre(value !== `n${name}`);
          expect(print(`n${name}`, value, error).split('\n')).toHaveLength(lines);
        }),
        { numRuns: 100 },
      );
    },
  );

  test('in Markdown they are not markup, links, or mentions', () => {
    fc.assert(
      fc.property(foreign, foreign, foreign, (name, value, error) => {
        const markdown = toMarkdown(reportOf(`n${name}`, value, error));
        for (const line of markdown.split('\n').filter((row) => row.startsWith('|'))) {
          const cells = line.split(/(?<!\\)\|/);
          expect(cells).toHaveLength(6);
          const outside = (cells[4] ?? '').replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
          expect(outside).toMatch(/^[\s\w-]*(<br>)*[\s\w-]*$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
