import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { authoringSchema, settingsSchema } from '../../src/desired/editorSchema/documentSchema.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { problemsIn } from '../fixtures/desired/directory.ts';

const fixtures = join(import.meta.dirname, '../fixtures/desired');
const example = join(import.meta.dirname, '../../config');

const compile = (schema: object): ValidateFunction =>
  new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
  }).compile(schema);

/** An editor sees documents as they are, merge keys carried out. */
const documentsIn = (text: string): readonly unknown[] =>
  parseAllDocuments(text, { merge: true }).map((document) => document.toJS() as unknown);

const yamlIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted();

describe('what loads is what an editor takes', () => {
  it('every fixture that is valid', async () => {
    const loaded = await loadDesired(join(fixtures, 'valid'), catalog);
    expect(problemsIn(loaded)).toEqual([]);

    const desired = compile(authoringSchema(catalog));
    const settings = compile(settingsSchema());
    for (const name of yamlIn(join(fixtures, 'valid')))
      for (const document of documentsIn(readFileSync(join(fixtures, 'valid', name), 'utf8'))) {
        const validate = name === 'holdfast.yaml' ? settings : desired;
        expect(validate(document) ? [] : validate.errors, name).toEqual([]);
      }
  });

  it('the example team, with the program’s own kinds', async () => {
    const own = await loadCatalog();
    expect(problemsIn(await loadDesired(example, own))).toEqual([]);
    const desired = compile(authoringSchema(own));
    for (const name of yamlIn(example).filter((file) => file !== 'holdfast.yaml'))
      for (const document of documentsIn(readFileSync(join(example, name), 'utf8')))
        expect(desired(document) ? [] : desired.errors, name).toEqual([]);
  });

  it('is plain JSON without annotations of ours', () => {
    const text = JSON.stringify([authoringSchema(catalog), settingsSchema()]);
    expect(text.match(/"(immutable|referencesBy|sameRegion|timetable|secret)":(true|\{)/g)).toEqual(
      [
        '"secret":{', // a setting of that name
      ],
    );
    expect(JSON.parse(text)).toEqual([authoringSchema(catalog), settingsSchema()]);
  });
});

const machine = { machineType: 'C5', template: { os: 'x' }, region: 'ny2', diskSize: 50 };
const machines = (more: object) => ({ machines: { a: { ...machine, ...more } } });

describe('what an editor underlines', () => {
  it.each<{ name: string; because: string; document: unknown }>([
    { name: 'a kind', because: 'of unknown name', document: { machine: {} } },
    { name: 'a field', because: 'of unknown name', document: machines({ machineTyp: 'C5' }) },
    { name: 'a required field', because: 'it is missing', document: { machines: { a: {} } } },
    {
      name: 'a word',
      because: 'it is none of those allowed',
      document: machines({ region: 'ny1' }),
    },
    {
      name: 'a number',
      because: 'it is too large',
      document: machines({ autoSnapshotSaveCount: 10 }),
    },
    {
      name: 'a reference',
      because: 'of unknown form',
      document: machines({ network: { liv: 'x' } }),
    },
    {
      name: 'a reference',
      because: 'of two forms',
      document: machines({ template: { os: 'x', custom: 'y' } }),
    },
    {
      name: 'a reference',
      because: 'which cannot be kept',
      document: machines({ network: { keep: true } }),
    },
    { name: 'a reference', because: 'of no name', document: machines({ network: { live: '' } }) },
    { name: 'a reference', because: 'of no id', document: machines({ network: { id: '' } }) },
    {
      name: 'a reference',
      because: 'whose form holds no name',
      document: machines({ template: { custom: 5 } }),
    },
    {
      name: 'a reference',
      because: 'whose form cannot be kept',
      document: machines({ template: { custom: { keep: true } } }),
    },
    { name: 'a list of names', because: 'one is none', document: machines({ accessors: [5] }) },
    {
      name: 'a list of names',
      because: 'none of them can be kept',
      document: machines({ accessors: [{ keep: true }] }),
    },
    {
      name: 'alternatives',
      because: 'it is none of them',
      document: { deployments: { d: { project: 'p', config: {}, replicas: 'x' } } },
    },
    {
      name: 'a secret',
      because: 'it stands there',
      document: { teamSecrets: { s: { value: 'x' } } },
    },
    {
      name: 'a secret',
      because: 'half of sops is missing',
      document: { teamSecrets: { s: { value: { sops: 'x' } } } },
    },
    {
      name: 'a timetable',
      because: 'a key is unknown',
      document: machines({ state: { runing: 'x' } }),
    },
    {
      name: 'a state',
      because: 'it is neither running nor off',
      document: machines({ state: 'on' }),
    },
    {
      name: 'a lifecycle',
      because: 'a key is unknown',
      document: machines({ lifecycle: { alowStop: true } }),
    },
    {
      name: 'ignoreChanges',
      because: 'it is no field',
      document: machines({ lifecycle: { ignoreChanges: ['diskSiz'] } }),
    },
    {
      name: 'additive',
      because: 'it is no set',
      document: machines({ lifecycle: { additive: ['network'] } }),
    },
    {
      name: 'defaults',
      because: 'of an unknown field',
      document: { defaults: { machines: { machineTyp: 'x' } } },
    },
    { name: 'absent', because: 'it is no list', document: { absent: { machines: 'a' } } },
    { name: 'absent', because: 'of an unknown kind', document: { absent: { machine: ['a'] } } },
  ])('$name: $because', ({ document }) => {
    expect(compile(authoringSchema(catalog))(document)).toBe(false);
  });

  it.each<{ name: string; because: string; settings: object }>([
    { name: 'a setting', because: 'of unknown name', settings: { mod: 'enforce' } },
    { name: 'a setting', because: 'of a wrong word', settings: { mode: 'x' } },
    { name: 'a token', because: 'it stands there', settings: { server: { token: 'x' } } },
    { name: 'a window', because: 'it has no end', settings: { windows: [{ cron: '* * * * *' }] } },
  ])('$name: $because', ({ settings }) => {
    expect(compile(settingsSchema())({ settings })).toBe(false);
  });
});
