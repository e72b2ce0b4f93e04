import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDesired, type Overrides } from '../../src/desired/load.ts';
import { loadSettings } from '../../src/desired/loadSettings.ts';
import { formatProblem } from '../../src/desired/problems/formats.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';

/** Loads the workspace `ml`: with the root settings, and with settings of its own. */
async function load(root: string, own: string, mayNameKey = true) {
  const config = await directoryOf({
    'holdfast.yaml': `settings: ${root}\n`,
    'teams/ml/holdfast.yaml': `settings: ${own}\n`,
    'teams/ml/team.yaml': '{}\n',
  });
  const overrides: Overrides = {
    operator: { path: join(config, 'holdfast.yaml'), by: '--settings' },
    workspace: { name: 'ml', mayNameKey },
  };
  const loaded = await loadDesired(join(config, 'teams/ml'), catalog, overrides);
  return {
    settings: loaded.ok ? loaded.settings : loaded.problems.map(formatProblem),
    problems: loaded.ok ? [] : loaded.problems.map(formatProblem),
    root: await loadSettings(catalog, overrides),
  };
}

test('the name of the workspace is in its key, its reports, and the links to its pages', async () => {
  const { settings } = await load(
    '{ workspaces: teams/*, apiKey: { file: "/run/keys/{workspace}" }, reports: { directory: /r }, server: { publicUrl: "https://x.example/" } }',
    '{}',
  );
  expect(settings).toMatchObject({
    apiKey: { from: 'file', path: '/run/keys/ml' },
    reports: { directory: '/r/ml' },
    server: { publicUrl: 'https://x.example/workspaces/ml' },
  });
  expect((await load('{ workspaces: teams/* }', '{}')).settings).toMatchObject({
    apiKey: null,
    reports: { directory: '.holdfast/reports/ml' },
    server: { publicUrl: null },
  });
});

test('the root settings are as they are written', async () => {
  const { root } = await load('{ workspaces: "*", apiKey: { file: "k/{workspace}" } }', '{}');
  expect(root).toMatchObject({ ok: true, settings: { workspaces: '*' } });
  const { root: wrong } = await load('{ workspaces: ../x, schedul: null }', '{}');
  expect(wrong).toMatchObject({
    ok: false,
    problems: [
      { message: expect.stringContaining('it takes a relative pattern of directories') },
      { message: expect.stringContaining('unknown field "schedul"') },
    ],
  });
});

test('a workspace may set what the root settings list, and its key if they are in the config', async () => {
  const root = '{ workspaces: teams/*, repoMaySet: [mode] }';
  const own = '{ mode: enforce, apiKey: { file: key } }';
  expect((await load(root, own)).settings).toMatchObject({ mode: 'enforce' });
  const listed = '{ workspaces: teams/*, repoMaySet: [mode, apiKey] }';
  expect((await load(listed, own, false)).settings).toMatchObject({ mode: 'enforce' });
  for (const [settings, mayNameKey, refused] of [
    [own, false, 'apiKey'],
    ['{ store: "sqlite:x" }', true, 'store'],
    ['{ workspaces: "*" }', true, 'workspaces'],
    ['{ prune: [machines] }', true, 'prune'],
  ] as const)
    expect((await load(root, settings, mayNameKey)).problems).toEqual([
      expect.stringContaining(`${refused} of settings is not for holdfast.yaml to set`),
    ]);
  expect((await load('{ repoMaySet: [workspaces] }', '{}')).problems).toEqual([
    expect.stringContaining('only the operator sets workspaces, because it says which'),
  ]);
});
