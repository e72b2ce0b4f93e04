import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSettings } from '../../src/desired/loadSettings.ts';
import { silentLog } from '../../src/model/log.ts';
import type { Context } from '../../src/setup/context.ts';
import { openRootRepository } from '../../src/setup/rootRepository.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { temporaryDirectory, testRepository } from '../support/git.ts';

const names = Array.from({ length: 30 }, (_, index) => `team-${index + 10}`);

test('a workspace that a commit changes is loaded before those that it does not', async () => {
  const source = await testRepository();
  const files = names.map((name) => [`${name}/team.yaml`, `# ${name}\n`]);
  await source.commit(Object.fromEntries(files));
  const env = {
    HOLDFAST_GIT_URL: source.url,
    HOLDFAST_STORE: `sqlite:${join(await temporaryDirectory(), 'state.db')}`,
    PATH: process.env['PATH'],
  };
  const loaded = await loadSettings(catalog, { env });
  if (!loaded.ok || !loaded.settings.git) throw new Error('the settings are not valid');
  const config = { settings: loaded.settings, git: loaded.settings.git };
  using root = openRootRepository({ env, log: silentLog } as unknown as Context, config);
  const { places } = await root.find('team-*');
  expect(places.map(({ name }) => name)).toEqual(names);
  const parts = names.map((name) => ({ name, source: root.part(config, name) }));
  let order: string[] = [];
  const loadAll = async (): Promise<readonly string[]> => {
    order = [];
    const load = async ({ name, source: part }: (typeof parts)[number]): Promise<void> => {
      await part.load(catalog, { env, source: 'git' }, await part.latest());
      order.push(name);
    };
    await Promise.all(parts.map(load));
    return order;
  };
  await loadAll();
  const [last = ''] = names.slice(-1);
  const commit = await source.commit({ [`${last}/team.yaml`]: '# changed\n' });
  const triggers: string[] = [];
  using _ = root.listen((trigger) => void triggers.push(trigger));
  await root.lookUp('webhook');
  expect(triggers).toEqual(['webhook']);
  expect((await parts[0]?.source.latest())?.id).toBe(commit);
  // Four are loaded at a time.
  expect((await loadAll()).indexOf(last)).toBeLessThan(10);
});
