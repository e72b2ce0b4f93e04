import { link, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { virtualClock } from '../support/virtualClock.ts';
import { createSecretReaders, readSecret } from '../../src/secrets/read.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { directoryOf, load, problemsIn, problemsOf } from '../fixtures/desired/directory.ts';

const secret = (value: string): string => `teamSecrets: { s: { value: ${value} } }`;

describe('Holdfast’s own variables', () => {
  it.each([
    { name: 'PAPERSPACE_API_KEY', because: 'it is the key itself' },
    { name: 'PAPERSPACE_API_KEY_FILE', because: 'all of PAPERSPACE_* is reserved' },
    { name: 'HOLDFAST_TOKEN', because: 'it is the token of the server' },
    { name: 'HOLDFAST_STORE', because: 'its address may hold a password' },
    { name: 'HOLDFAST_SECRETS', because: 'configs may read HOLDFAST_SECRET_* only' },
    { name: 'HOLDFAST_SECRET', because: 'it lacks the underscore' },
    { name: 'paperspace_api_key', because: 'some systems ignore case' },
    { name: 'Holdfast_Token', because: 'some systems ignore case' },
    { name: 'SOPS_AGE_KEY', because: 'it opens every SOPS file' },
    { name: 'SOPS_AGE_KEY_FILE', because: 'it says where the identities are' },
    { name: 'OTEL_EXPORTER_OTLP_HEADERS', because: 'it has the token of the receiver of traces' },
  ])('$name is a problem at its line: $because', async ({ name }) => {
    expect(await problemsOf(secret(`{ env: ${name} }`))).toEqual([
      `1:35 own-credential: value of teamSecrets/s names ${name}, a variable of Holdfast’s own; of HOLDFAST_*, a config reads HOLDFAST_SECRET_* only; write { env: NAME }, { file: PATH }, { sops: FILE, key: a.b }, { from: PROVIDER, key: K } or { keep: true }`,
    ]);
  });

  it.each([
    { yaml: secret('{ env: " PAPERSPACE_API_KEY" }'), because: 'a name has no spaces' },
    { yaml: secret('{ env: "PAPERSPACE_API_KEY\\n" }'), because: 'a name has no line feeds' },
    { yaml: secret('{ env: "PAPERSPACE_API_KEY\\0" }'), because: 'a name has no NUL' },
    { yaml: secret('{ env: ＰAPERSPACE_API_KEY }'), because: 'a look-alike of P is not P' },
    { yaml: secret('{ env: PAPERSPACE_API_KEY }'), because: 'it is the key itself' },
    {
      yaml: 'startupScripts: { s: { script: { env: PAPERSPACE_API_KEY } } }',
      because: 'a script is sent, too',
    },
    {
      yaml: 'projects: { p: { secrets: { T: { env: HOLDFAST_TOKEN } } } }',
      because: 'a value of a map is sent, too',
    },
    {
      yaml: 'x-k: &k { env: HOLDFAST_TOKEN }\nprojects: { p: { secrets: { T: *k } } }',
      because: 'an alias is resolved first',
    },
    {
      yaml: 'defaults: { teamSecrets: { value: { env: PAPERSPACE_API_KEY } } }\nteamSecrets: { s: }',
      because: 'defaults count like fields of the spec',
    },
  ])('$yaml has a problem: $because', async ({ yaml }) => {
    expect(await problemsOf(yaml)).toHaveLength(1);
  });

  it.each(['HOLDFAST_SECRET_A', 'MY_HOLDFAST_TOKEN', 'PAPERSPACE', 'TOKEN'])(
    '%s is allowed',
    async (name) => {
      expect(await problemsOf(secret(`{ env: ${name} }`))).toEqual([]);
    },
  );

  it('are allowed in the operator’s settings', async () => {
    const loaded = await load(
      { 'holdfast.yaml': 'settings: { server: { token: { env: HOLDFAST_TOKEN } } }' },
      { env: { HOLDFAST_TOKEN: 'hunter2' } },
    );
    if (!loaded.ok || !loaded.settings.server.token) throw new Error(problemsIn(loaded).join());
    expect(await readSecret(loaded.settings.server.token, { HOLDFAST_TOKEN: 'hunter2' })).toBe(
      'hunter2',
    );
  });

  it('are not read for a config, even if it was loaded somehow', async () => {
    const read = createSecretReaders(
      { PAPERSPACE_API_KEY: 'hunter2', OTHER: 'x' },
      virtualClock(),
    )({});
    await expect(read({ from: 'env', name: 'PAPERSPACE_API_KEY' })).rejects.toThrow(/own$/);
    expect(await read({ from: 'env', name: 'OTHER' })).toBe('x');
  });
});

describe('the file of the API key', () => {
  const yaml = [
    'teamSecrets: { a: { value: { file: key } }, b: { value: { sops: linked, key: x } }, c: { value: { file: other } } }',
    'startupScripts: { s: { script: { file: linked } }, t: { script: { file: hard } } }',
  ].join('\n');

  const directory = async () => {
    const path = await directoryOf({ 'team.yaml': yaml, key: 'hunter2', other: 'x' });
    await symlink('key', join(path, 'linked'));
    await link(join(path, 'key'), join(path, 'hard'));
    return { path, env: { PAPERSPACE_API_KEY_FILE: join(path, 'key') } };
  };

  it.each([
    'PAPERSPACE_API_KEY_FILE',
    'SOPS_AGE_KEY_FILE',
    'OTEL_EXPORTER_OTLP_CLIENT_KEY',
    'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY',
  ])('of %s is refused under each of its names, for secrets and for texts', async (variable) => {
    const {
      path,
      env: { PAPERSPACE_API_KEY_FILE: file },
    } = await directory();
    const env = { [variable]: file };
    const told = problemsIn(await loadDesired(path, catalog, { env }));
    expect(
      told.map((problem) => problem.replace(/:.*/, '') + / of [a-zA-Z/]+/.exec(problem)),
    ).toEqual([
      '1 of teamSecrets/a',
      '1 of teamSecrets/b',
      '2 of startupScripts/s',
      '2 of startupScripts/t',
    ]);
    for (const problem of told)
      expect(problem).toMatch(
        /own-credential: .*: the file "\w+" holds a credential of Holdfast, which no config may/,
      );
  });

  it('is an ordinary file if another file holds the key', async () => {
    const { path } = await directory();
    const env = { PAPERSPACE_API_KEY_FILE: '/run/secrets/missing' };
    expect(problemsIn(await loadDesired(path, catalog, { env }))).toEqual([]);
  });

  it('is not read for a config, even if it became the key’s file after loading', async () => {
    const { path, env } = await directory();
    const read = createSecretReaders(env, virtualClock())({});
    await expect(read({ from: 'file', path: join(path, 'hard') })).rejects.toThrow(
      'hard holds a credential of Holdfast',
    );
    expect(await read({ from: 'file', path: join(path, 'other') })).toBe('x');
  });

  it('is allowed in the operator’s settings', async () => {
    const { path, env } = await directory();
    const loaded = await loadDesired(path, catalog, {
      env: { ...env, HOLDFAST_SERVER_TOKEN: '{ file: key }' },
    });
    expect(problemsIn(loaded).filter((problem) => problem.includes('HOLDFAST'))).toEqual([]);
  });
});
