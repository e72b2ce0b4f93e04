import { describe, expect, it } from 'vitest';
import { problemsOf, stateOf } from '../fixtures/desired/directory.ts';

const settings = (providers: string): string =>
  `settings: { secrets: { providers: ${providers} } }`;
const exec = '{ exec: [op, read, "op://gpu/{key}"] }';
const op = `{ op: ${exec}, onepassword: ${exec} }`;
const secret = (value: string): string => `teamSecrets: { s: { value: ${value} } }`;

const forms =
  'write { env: NAME }, { file: PATH }, { sops: FILE, key: a.b }, { from: PROVIDER, key: K } or { keep: true }';

describe('a secret of a provider', () => {
  it('is resolved to its source', async () => {
    const files = { 'holdfast.yaml': settings(op), 'team.yaml': secret('{ from: op, key: hub }') };
    const { resources } = await stateOf(files);
    expect(resources[0]?.spec['value']).toEqual({ from: 'provider', provider: 'op', key: 'hub' });
  });

  it.each([
    {
      value: '{ from: onepasword, key: x }',
      is: '1:36 unknown-provider: value of teamSecrets/s is from "onepasword", and secrets.providers of settings has no such provider; did you mean onepassword?',
    },
    {
      value: '{ from: constructor, key: x }',
      is: '1:36 unknown-provider: value of teamSecrets/s is from "constructor", and secrets.providers of settings has no such provider',
    },
    {
      value: '{ from: op }',
      is: `1:21 missing-field: value of teamSecrets/s lacks the key beside from; ${forms}`,
    },
    {
      value: '{ from: op, key: x, file: y }',
      is: `1:48 unknown-field: value of teamSecrets/s has an unknown key here; ${forms}`,
    },
    {
      value: '{ from: [op], key: x }',
      is: `1:36 wrong-value: value of teamSecrets/s has a from that is not the name of a provider; ${forms}`,
    },
    {
      value: '{ from: op, key: -x }',
      is: `1:45 wrong-value: value of teamSecrets/s has a key that begins with -; ${forms}`,
    },
    {
      value: '{ from: op, key: "a\\nb" }',
      is: `1:45 wrong-value: value of teamSecrets/s has a key that has a control character; ${forms}`,
    },
    {
      value: '{ from: op, key: 5 }',
      is: `1:45 wrong-value: value of teamSecrets/s has a key that is not a string; ${forms}`,
    },
  ])('$value is a problem at its line', async ({ value, is }) => {
    const files = { 'holdfast.yaml': settings(op), 'team.yaml': secret(value) };
    expect(await problemsOf(files)).toEqual([is]);
  });

  it('is reported in defaults once, and not for a text that may be plain', async () => {
    const defaults = `defaults: { teamSecrets: { value: { from: x, key: k } } }\nteamSecrets: { a: , b: }`;
    expect(await problemsOf(defaults)).toEqual([
      '1:43 unknown-provider: value of defaults.teamSecrets is from "x", and secrets.providers of settings has no such provider',
    ]);
    const script = 'startupScripts: { s: { script: { from: op, key: x } } }';
    expect(await problemsOf(script)).toHaveLength(1);
  });
});

describe('providers in the settings', () => {
  const at = 'holdfast.yaml:1';

  it.each([
    {
      provider: '{}',
      is: [`${at}:37 wrong-value: the provider p has neither exec nor vault; it takes one of them`],
    },
    {
      provider: '{ exec: [a, "{key}"], vault: "https://v.example", auth: { tokenFile: t } }',
      is: [`${at}:37 wrong-value: the provider p has both exec and vault; it takes one of them`],
    },
    {
      provider: '{ vault: "https://v.example" }',
      is: [`${at}:37 wrong-value: the provider p has a vault, and lacks auth: { tokenFile: PATH }`],
    },
    {
      provider: '{ exec: [a, "{key}"], mount: x }',
      is: [`${at}:37 wrong-value: the provider p has mount, which belongs to vault`],
    },
    {
      provider: '{ vault: "https://v.example", auth: { tokenFile: t }, env: [A] }',
      is: [`${at}:37 wrong-value: the provider p has env, which belongs to exec`],
    },
    ...['[a, b]', '["{key}", b]', '[a, "{key}", "{key}"]', '["{key}", "{key}"]'].map((command) => ({
      provider: `{ exec: ${command} }`,
      is: [
        `${at}:48 wrong-value: exec is a program and its arguments, exactly one of which contains {key}`,
      ],
    })),
    ...['HOLDFAST_TOKEN', 'PAPERSPACE_API_KEY', 'paperspace_api_key'].map((name) => ({
      provider: `{ exec: [a, "{key}"], env: [${name}] }`,
      is: [
        `${at}:68 own-credential: env names ${name}, a variable of Holdfast’s own; of HOLDFAST_*, a provider gets HOLDFAST_SECRET_* only`,
      ],
    })),
    {
      provider: '{ vault: "http://v.example", auth: { tokenFile: t } }',
      is: [
        `${at}:49 wrong-value: vault is an address with https; the token goes over http to this machine only`,
      ],
    },
    {
      provider: '{ vault: "https://u:hunter2@v.example", auth: { tokenFile: t } }',
      is: [
        `${at}:49 wrong-value: vault is an address without a user, a query, and a fragment; the token is in auth.tokenFile`,
      ],
    },
    { provider: '{ vault: "http://127.0.0.1:8200", auth: { tokenFile: t } }', is: [] },
    { provider: '{ exec: [a, "x{key}"], env: [HOLDFAST_SECRET_A], timeout: 1s }', is: [] },
  ])('$provider', async ({ provider, is }) => {
    expect(await problemsOf({ 'holdfast.yaml': settings(`{ p: ${provider} }`) })).toEqual(is);
  });

  it('are not used by the settings themselves', async () => {
    const yaml = 'settings: { server: { token: { from: op, key: x } } }';
    expect(await problemsOf({ 'holdfast.yaml': yaml })).toEqual([
      expect.stringContaining('token of settings is not in a supported form'),
    ]);
  });
});
