import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/setup/loadConfig.ts';
import type { Context } from '../../../src/setup/context.ts';
import { noTracer } from '../../../src/model/tracer.ts';
import { followConfig } from '../../../src/daemon/config/followConfig.ts';
import type { FollowedConfig } from '../../../src/daemon/config/followedConfig.ts';
import { formatProblem } from '../../../src/desired/problems/formats.ts';
import { catalog } from '../../fixtures/desired/catalog.ts';
import { addFiles, directoryOf, type Files } from '../../fixtures/desired/directory.ts';

const contextOf = (config: string, env: Record<string, string> = {}): Context => ({
  options: { config, format: 'text', logLevel: 'silent', color: false },
  env,
  log: pino({ level: 'silent' }),
  tracer: noTracer,
  out: () => undefined,
  err: () => undefined,
  status: { isShown: false, set: () => undefined, end: () => undefined },
  paint: (_, text) => text,
  leave: () => Promise.reject(new Error('nothing ends the process')),
});

async function followed(files: Files) {
  const directory = await directoryOf(files);
  const context = contextOf(directory);
  return { directory, context, config: await followConfig(context, catalog) };
}

const network = (name: string): string => `privateNetworks: { ${name}: { region: ny2 } }\n`;
const namesOf = (config: FollowedConfig) =>
  config.current().state.resources.map(({ name }) => name);

describe('an error ends with its cause', () => {
  it('a dangling link: once it is gone, the edit that came with it is in force', async () => {
    const { directory, config } = await followed({ 'team.yaml': network('one') });
    await symlink('nowhere.yaml', join(directory, 'link.yaml'));
    expect(await config.reload()).toBe(false);
    expect(config.error()).toBe(
      'link.yaml:1:1: this link leads to "nowhere.yaml", which does not exist',
    );

    await addFiles(directory, { 'team.yaml': network('two') });
    expect(await config.reload()).toBe(false);
    await rm(join(directory, 'link.yaml'));
    expect(await config.reload()).toBe(true);
    expect([config.error(), namesOf(config)]).toEqual([undefined, ['two']]);
  });

  it('a dangling link alone: what is in force is in force again, without an error', async () => {
    const { directory, config } = await followed({ 'team.yaml': network('one') });
    await symlink('nowhere.yaml', join(directory, 'link.yaml'));
    await config.reload();
    await rm(join(directory, 'link.yaml'));
    expect(await config.reload()).toBe(true);
    expect(config.error()).toBeUndefined();
  });

  it('the file of a secret that leads out of the directory, and back in', async () => {
    const yaml = 'teamSecrets: { s: { value: { sops: key, key: a } } }';
    const { directory, config } = await followed({ 'team.yaml': yaml });
    await symlink('/etc/hostname', join(directory, 'key'));
    await config.reload();
    expect(config.error()).toMatch(/outside the config directory/);
    await rm(join(directory, 'key'));
    await config.reload();
    expect(config.error()).toBeUndefined();
  });

  it('the config directory itself', async () => {
    const { directory, config } = await followed({ 'team.yaml': network('one') });
    await rename(directory, `${directory}-away`);
    await config.reload();
    expect(config.error()).toMatch(/the config directory .* does not exist/);
    await rename(`${directory}-away`, directory);
    await config.reload();
    expect(config.error()).toBeUndefined();
  });

  it('an exception, whatever made it', async () => {
    const directory = await directoryOf({ 'team.yaml': network('one') });
    const kinds = new Map(catalog.kinds);
    const config = await followConfig(contextOf(directory), { ...catalog, kinds });
    kinds.get = () => {
      throw new TypeError('nobody foresaw this');
    };
    await addFiles(directory, { 'team.yaml': network('two') });
    expect(await config.reload()).toBe(false);
    expect(config.error()).toBe(
      'team.yaml:1:1: this is a bug in Holdfast: TypeError: nobody foresaw this',
    );
    Reflect.deleteProperty(kinds, 'get');
    await addFiles(directory, { 'team.yaml': network('three') });
    expect(await config.reload()).toBe(true);
    expect(namesOf(config)).toEqual(['three']);
  });
});

it('an exception while it looks is an error of the config, and the next reload loads again', async () => {
  const directory = await directoryOf({ 'team.yaml': network('one') });
  let throws = false;
  const env = {
    get HOLDFAST_X() {
      if (throws) throw new TypeError('nobody foresaw this');
      return '';
    },
  };
  const config = await followConfig(contextOf(directory, env), catalog);
  throws = true;
  expect(await config.reload()).toBe(false);
  expect(config.error()).toBe('this is a bug in Holdfast: TypeError: nobody foresaw this');
  throws = false;
  expect(await config.reload()).toBe(true);
  expect(config.error()).toBeUndefined();
});

it('labels come into force, though the revision leaves them out', async () => {
  const labelled = (owner: string): string =>
    `privateNetworks: { one: { region: ny2, labels: { owner: ${owner} } } }\n`;
  const { directory, config } = await followed({ 'team.yaml': labelled('ml') });
  const { revision } = config.current().state;
  await addFiles(directory, { 'team.yaml': labelled('ops') });
  expect(await config.reload()).toBe(true);
  expect(config.current().state).toMatchObject({
    revision,
    resources: [{ name: 'one', labels: { owner: 'ops' } }],
  });
});

it('reloads that overlap are made one after the other', async () => {
  const { directory, config } = await followed({ 'team.yaml': network('one') });
  await addFiles(directory, { 'team.yaml': network('two') });
  const changes = await Promise.all([config.reload(), config.reload(), config.reload()]);
  expect(changes).toEqual([true, false, false]);
  expect(namesOf(config)).toEqual(['two']);
});

/** A change of a config directory or of the environment. */
type Edit =
  | { readonly do: 'write'; readonly name: string; readonly text: string }
  | { readonly do: 'remove' | 'pipe' | 'directory'; readonly name: string }
  | { readonly do: 'rename' | 'link'; readonly name: string; readonly to: string }
  | { readonly do: 'set'; readonly value: string };

const names = ['a.yaml', 'A.yaml', 'sub/b.yaml', 'sub', 'holdfast.yaml', 'run.sh', 'key'] as const;
const texts = [
  network('one'),
  network('two'),
  'startupScripts: { s: { script: { file: run.sh } } }',
  'teamSecrets: { s: { value: { file: key } } }',
  'teamSecrets: { t: { value: { sops: sub/key, key: a } } }',
  'settings: { mode: enforce }',
  'settings: { server: { token: { file: key } } }',
  'settings: { mode: wrong }',
  'no YAML: [',
  'unknown: { a: }',
  '\u{0}',
  '',
];
const targets = [
  'a.yaml',
  '../outside.yaml',
  'nowhere',
  '.',
  'sub',
  'run.sh',
  '/proc/self/environ',
];

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    do: fc.constant('write' as const),
    name: fc.constantFrom(...names),
    text: fc.constantFrom(...texts),
  }),
  fc.record({
    do: fc.constantFrom('remove' as const, 'pipe' as const, 'directory' as const),
    name: fc.constantFrom(...names),
  }),
  fc.record({
    do: fc.constant('rename' as const),
    name: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
  }),
  fc.record({
    do: fc.constant('link' as const),
    name: fc.constantFrom(...names),
    to: fc.constantFrom(...targets),
  }),
  fc.record({ do: fc.constant('set' as const), value: fc.constantFrom('', 'observe', 'x') }),
);

/** Makes the change; ignores a change that is not possible. */
async function apply(edit: Edit, directory: string, env: Record<string, string>): Promise<void> {
  if (edit.do === 'set') {
    env['HOLDFAST_MODE'] = edit.value;
    return;
  }
  const path = join(directory, edit.name);
  const clear = (): Promise<void> => rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true }).catch(() => undefined);
  try {
    if (edit.do === 'rename') return await rename(path, join(directory, edit.to));
    await clear();
    if (edit.do === 'write') await writeFile(path, edit.text);
    if (edit.do === 'pipe') execFileSync('mkfifo', [path]);
    if (edit.do === 'directory') await mkdir(path);
    if (edit.do === 'link') await symlink(edit.to, path);
  } catch {
    // A part of the path is not a directory now.
  }
}

it('after any edits, the followed config is what a fresh load says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 8 }), async (all) => {
      const directory = await directoryOf({ 'a.yaml': network('one'), 'run.sh': 'x' });
      await writeFile(join(directory, '../outside.yaml'), network('outside'));
      const env: Record<string, string> = {};
      const context = contextOf(directory, env);
      const config = await followConfig(context, catalog);
      let good = await loadConfig(context, catalog);
      for (const edit of all) {
        await apply(edit, directory, env);
        await config.reload();
        const fresh = await loadConfig(context, catalog);
        const error = fresh.ok ? undefined : fresh.problems.map(formatProblem).join('\n');
        expect(config.error()).toBe(error);
        if (fresh.ok) good = fresh;
        const { state, settings } = config.current();
        expect({ state, settings }).toEqual(
          good.ok && { state: good.state, settings: good.settings },
        );
      }
    }),
    { numRuns: 150, seed: 21 },
  );
});
