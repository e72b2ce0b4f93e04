import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { loadDesired } from '../../src/desired/load.ts';
import { loadSettings } from '../../src/desired/loadSettings.ts';
import { settingsSchema } from '../../src/desired/settings/settingsSchema.ts';
import { catalog } from '../support/team.ts';
import { blocksOf, userPages } from '../support/docs.ts';

/** The pages with YAML for other programs, which other tests check. */
const ofOthers = new Set([
  'docs/ci.md',
  'docs/install.md',
  'docs/monitoring.md',
  'docs/tracing.md',
]);

/** The pages whose blocks are excerpts of a config, and what these may lack. */
const excerpts = /^docs\/(?:kinds\/\w+|git|secrets|time)\.md$/;
const lacks = /, which is not declared; write|^missing field |has no such provider$/;

const indented = (text: string): string => text.replaceAll(/^/gm, '    ');

/** The settings in a block, of which the block may show a part; undefined if it has none. */
function settingsIn(text: string, value: object): string | undefined {
  const keys = Object.keys(value);
  if (Array.isArray(value)) return `settings:\n  notify:\n${indented(text)}`;
  if (keys.join() === 'settings') return text;
  return keys.every((key) => key in (settingsSchema.properties ?? {}))
    ? `settings:\n${indented(text)}`
    : undefined;
}

/** What is wrong with a block: as YAML, as settings of the operator, or as a desired state. */
async function problemsOf(page: string, text: string): Promise<readonly string[]> {
  const document = parseDocument(text);
  const value = document.toJS() as object;
  if (document.errors.length > 0) return document.errors.map(({ message }) => message);
  const settings = settingsIn(text, value);
  const isDesired = Object.keys(value).every(
    (key) => catalog.kinds.has(key) || key === 'defaults' || key === 'absent',
  );
  if (settings === undefined && !isDesired)
    return ofOthers.has(page) ? [] : ['it is neither a desired state nor settings'];
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-docs-'));
  try {
    const path = join(directory, 'team.yaml');
    await writeFile(path, settings ?? text);
    const loaded =
      settings === undefined
        ? await loadDesired(directory, catalog)
        : await loadSettings(catalog, { operator: { path, by: '--settings' } });
    const problems = loaded.ok ? [] : loaded.problems.map(({ message }) => message);
    return problems.filter((message) => !excerpts.test(page) || !lacks.test(message));
  } finally {
    await rm(directory, { recursive: true });
  }
}

const blocks = userPages.flatMap(blocksOf);

test('every config in the docs is valid', async () => {
  const yaml = blocks.filter(({ language }) => language === 'yaml');
  expect(yaml.length).toBeGreaterThan(30);
  const checked = await Promise.all(
    yaml.map(async ({ page, line, text }) => ({
      at: `${page}:${line}`,
      problems: await problemsOf(page, text),
    })),
  );
  expect(checked.filter(({ problems }) => problems.length > 0)).toEqual([]);
});

test('every block of JSON is JSON', () => {
  for (const { text } of blocks.filter(({ language }) => language === 'json'))
    expect(JSON.parse(text)).toBeTypeOf('object');
});

test.each([
  ['an unknown field', 'README.md', 'machines:\n  a: { machineTipe: A4000 }\n'],
  ['a field that is missing', 'README.md', 'machines:\n  a: { region: ny2 }\n'],
  ['an unknown kind', 'docs/time.md', 'machine: {}\n'],
  ['a wrong value of a setting', 'docs/git.md', 'git: { interval: soon }\n'],
  ['a wrong sink', 'docs/notifications.md', '- slak: { env: URL }\n'],
  ['YAML that is none', 'docs/ci.md', 'on: [\n'],
])('%s is found', async (_, page, text) => {
  expect(await problemsOf(page, text)).not.toEqual([]);
});
