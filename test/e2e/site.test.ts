import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const isReady = existsSync(join(root, 'docs/node_modules/vitepress'));
if (!isReady)
  process.stderr.write(
    'SKIPPED: the site is not built, since "npm ci --prefix docs" has not run\n',
  );

/** What loads a file of another server: an element, a style, or a script. */
const loads = [
  /<(?:script|link|img|iframe|source|video)\b[^>]*?\s(?:src|href|srcset)="?(?:https?:)?\/\/[^">\s]*/g,
  /(?:url\(|@import\s*)["']?(?:https?:)?\/\/[^"')\s]*/g,
  /(?:\bfrom|\bimport|\bimport\(|\bfetch\(|\bnew (?:WebSocket|EventSource|Worker|URL)\()\s*["'`](?:https?|wss?):\/\/[^"'`]*/g,
];

describe.runIf(isReady)('the site', () => {
  let site = '';
  beforeAll(async () => {
    site = await mkdtemp(join(tmpdir(), 'holdfast-site-'));
    await run('npm', ['run', '-s', 'docs', '--', '--outDir', site], { cwd: root });
  });
  afterAll(() => rm(site, { recursive: true }));

  test('has a page for each page of docs/, and the schemas', async () => {
    const built = globSync('**/*.html', { cwd: site }).map((page) => page.replace(/html$/, 'md'));
    const pages = globSync('{*,decisions/*,kinds/*}.md', { cwd: join(root, 'docs') });
    expect(built.toSorted()).toEqual(
      [...pages.map((page) => page.replace('README', 'index')), '404.md'].toSorted(),
    );
    expect(existsSync(join(site, 'schema/report.json'))).toBe(true);
    expect(await readFile(join(site, 'index.html'), 'utf8')).toContain('href="/guards.html"');
  });

  test('loads nothing from another server', async () => {
    const files = globSync('**/*.{html,js,css}', { cwd: site });
    const text = (await Promise.all(files.map((file) => readFile(join(site, file), 'utf8')))).join(
      '\n',
    );
    expect(files.length).toBeGreaterThan(50);
    const loaded = loads.flatMap((pattern) => text.match(pattern) ?? []);
    // The theme would load icons of links to social networks, of which there are none.
    expect(loaded.filter((match) => !match.startsWith("url('https://api.iconify.design"))).toEqual(
      [],
    );
    expect(text).not.toContain('class="VPSocialLink');
  });
});
