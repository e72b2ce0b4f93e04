import { expect, test } from 'vitest';
import { toHtml } from '../../src/report/html.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { action, reportWith, resource } from '../support/reports.ts';

const { summary } = reportWith();
/** A report with one machine, blocked for the reason. */
const blocked = (name: string, reason: string) =>
  reportWith({
    summary: { ...summary, blocked: 1 },
    resources: [{ ...resource, status: 'blocked', name, reason }],
  });

const quiet = reportWith({ summary: { ...summary, inSync: 3 } });

test('Markdown has a summary line, a table of resources that are not in sync, and the figures', () => {
  const update = {
    ...action,
    id: 'machines/a:update',
    verb: 'update',
    changes: [
      { path: 'diskSize', desired: 100, observed: 50 },
      { path: 'state', desired: 'off', observed: 'running' },
    ],
  } as const;
  expect(
    toMarkdown(
      reportWith({
        complete: false,
        incomplete: [{ kind: 'datasets', error: 'GET /datasets answered 503' }],
        summary: { ...summary, drifted: 1, actions: { ...summary.actions, update: 1 } },
        actions: [update],
        estimate: { requests: 1, seconds: 1 },
      }),
    ),
  ).toBe(
    [
      '**1 to update**: 1 drifted.',
      '',
      '> `datasets could not be listed to the end, so none is created, deleted or called missing: GET /datasets answered 503`',
      '',
      '|  | what | resource | details |',
      '| --- | --- | --- | --- |',
      '| `~` | update | `machines/a` | `diskSize: 50 → 100, state: running → off` |',
      '',
      '`1 API call, about 1 s at the current rate`',
      '',
    ].join('\n'),
  );
  expect(toMarkdown(quiet)).toBe(
    '**All in sync, nothing to do**: 3 in sync.\n\n`0 API requests`\n',
  );
});

test.each([
  ['a|b', 'x', '`machines/a\\|b`', 'a bar would end the cell'],
  ['a`b', 'x', '`` machines/a`b ``', 'a backtick would end the code'],
  ['a\nb', 'x', '`machines/a\\u000ab`', 'a line break would end the row'],
  ['a', 'x | y', ' `x \\| y` |', 'a bar would end the cell'],
  ['a', 'x \\| y', ' `x \\\\u007c y` |', 'a backslash would unescape the bar'],
  ['a', 'x\\', ' `x\\` |', 'in code a backslash escapes nothing else'],
  ['a', '<img src=x>', ' `<img src=x>` |', 'markup is text'],
  ['a', '[x](http://y)', ' `[x](http://y)` |', 'a link is text'],
  ['a', 'https://evil.example', ' `https://evil.example` |', 'a URL does not become a link'],
  ['a', 'www.evil.example', ' `www.evil.example` |', 'nor does a host name'],
  ['a', 'ask @ops of ada@example.com', ' `ask @ops of ada@example.com` |', 'nobody is mentioned'],
  ['a', 'fixes #1, GH-2, a/b#3', ' `fixes #1, GH-2, a/b#3` |', 'no issue is referenced'],
  ['a', '&lt;b&gt; &#64;', ' `&lt;b&gt; &#64;` |', 'an entity stands for itself'],
  ['a', '``` x', ' ```` ``` x ```` |', 'a fence cannot be closed'],
  ['a', '', '', 'no reason'],
])('in Markdown, %j with the reason %j holds %j: %s', (name, reason, expected) => {
  const text = toMarkdown(blocked(name, reason));
  expect(text).toContain(expected);
  expect(text.split('\n').filter((line) => line.startsWith('| `'))).toHaveLength(1);
});

test('HTML is a standalone page in which text from the team is never markup', () => {
  const text = toHtml(blocked('<script>alert(1)</script>', `"><img src='x'>`));
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).toContain('machines/&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).toContain('&quot;&gt;&lt;img src=&#39;x&#39;&gt;');
  expect(text).not.toMatch(/<script|<img|https?:/);
  expect(text).toContain('<title>Holdfast: Not in sync</title>');
});

test('Markdown and HTML name what failed, as code and as text', () => {
  const report = reportWith({
    resources: [{ ...resource, status: 'failed', name: '<b>`@ops' }],
    summary: { ...summary, failed: 1 },
  });
  expect(toMarkdown(report)).toMatch(
    /^\*\*`` 1 failed: machines\/<b>`@ops ``\*\*\n\n\*\*Not in sync\*\*: 1 failed\./,
  );
  expect(toHtml(report)).toContain('<p class="red">1 failed: machines/&lt;b&gt;`@ops</p>');
  expect(toHtml(quiet)).not.toContain('<p class="red">');
});

test('HTML has the same contents as text', () => {
  const text = toHtml(quiet);
  expect(text).toContain('<h1 class="green">All in sync, nothing to do</h1>');
  expect(text).toContain('<p>3 in sync.</p>');
  expect(text).not.toContain('<table>');
});
