import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { documentSchema, settingsSchema } from '../../src/desired/editorSchema/documentSchema.ts';
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

/** An editor sees documents as written, with merge keys applied. */
const documentsIn = (text: string): readonly unknown[] =>
  parseAllDocuments(text, { merge: true }).map((document) => document.toJS() as unknown);

const yamlIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted();

describe('valid documents match the editor schema', () => {
  it('every valid fixture', async () => {
    const loaded = await loadDesired(join(fixtures, 'valid'), catalog);
    expect(problemsIn(loaded)).toEqual([]);

    const desired = compile(documentSchema(catalog));
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
    const desired = compile(documentSchema(own));
    for (const name of yamlIn(example).filter((file) => file !== 'holdfast.yaml'))
      for (const document of documentsIn(readFileSync(join(example, name), 'utf8')))
        expect(desired(document) ? [] : desired.errors, name).toEqual([]);
  });

  it('is plain JSON without Holdfast’s annotations', () => {
    const text = JSON.stringify([documentSchema(catalog), settingsSchema()]);
    expect(text.match(/"(immutable|referencesBy|sameRegion|timetable|secret)":(true|\{)/g)).toEqual(
      [
        '"secret":{', // a setting of that name
      ],
    );
    expect(JSON.parse(text)).toEqual([documentSchema(catalog), settingsSchema()]);
  });
});

const machine = { machineType: 'C5', template: { os: 'x' }, region: 'ny2', diskSize: 50 };
const machines = (more: object) => ({ machines: { a: { ...machine, ...more } } });

describe('invalid documents do not match the editor schema', () => {
  it.each<{ name: string; because: string; document: unknown }>([
    { name: 'a kind', because: 'it is unknown', document: { machine: {} } },
    { name: 'a field', because: 'it is unknown', document: machines({ machineTyp: 'C5' }) },
    { name: 'a required field', because: 'it is missing', document: { machines: { a: {} } } },
    {
      name: 'a word',
      because: 'it is not one of those allowed',
      document: machines({ region: 'ny1' }),
    },
    {
      name: 'a number',
      because: 'it is too large',
      document: machines({ autoSnapshotSaveCount: 10 }),
    },
    {
      name: 'a reference',
      because: 'its form is unknown',
      document: machines({ network: { liv: 'x' } }),
    },
    {
      name: 'a reference',
      because: 'it has two forms',
      document: machines({ template: { os: 'x', custom: 'y' } }),
    },
    {
      name: 'a reference',
      because: 'it cannot be kept',
      document: machines({ network: { keep: true } }),
    },
    {
      name: 'a reference',
      because: 'its name is empty',
      document: machines({ network: { live: '' } }),
    },
    {
      name: 'a reference',
      because: 'its id is empty',
      document: machines({ network: { id: '' } }),
    },
    {
      name: 'a reference',
      because: 'its form has no name',
      document: machines({ template: { custom: 5 } }),
    },
    {
      name: 'a reference',
      because: 'its form cannot be kept',
      document: machines({ template: { custom: { keep: true } } }),
    },
    {
      name: 'a list of names',
      because: 'one is not a name',
      document: machines({ accessors: [5] }),
    },
    {
      name: 'a list of names',
      because: 'it cannot be kept',
      document: machines({ accessors: [{ keep: true }] }),
    },
    {
      name: 'alternatives',
      because: 'it matches none of them',
      document: { deployments: { d: { project: 'p', config: {}, replicas: 'x' } } },
    },
    {
      name: 'a secret',
      because: 'it is in plain text',
      document: { teamSecrets: { s: { value: 'x' } } },
    },
    {
      name: 'a secret',
      because: 'the key of sops is missing',
      document: { teamSecrets: { s: { value: { sops: 'x' } } } },
    },
    {
      name: 'a timetable',
      because: 'a key is unknown',
      document: machines({ state: { runing: 'x' } }),
    },
    {
      name: 'a timetable',
      because: 'its exceptions are no list',
      document: machines({ state: { running: 'x', except: '2027-05-01' } }),
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
      because: 'the field is unknown',
      document: machines({ lifecycle: { ignoreChanges: ['diskSiz'] } }),
    },
    {
      name: 'additive',
      because: 'it is not a set',
      document: machines({ lifecycle: { additive: ['network'] } }),
    },
    {
      name: 'defaults',
      because: 'a field is unknown',
      document: { defaults: { machines: { machineTyp: 'x' } } },
    },
    { name: 'absent', because: 'it is not a list', document: { absent: { machines: 'a' } } },
    { name: 'absent', because: 'a kind is unknown', document: { absent: { machine: ['a'] } } },
  ])('$name: $because', ({ document }) => {
    expect(compile(documentSchema(catalog))(document)).toBe(false);
  });

  it.each<{ name: string; because: string; settings: object }>([
    { name: 'a setting', because: 'it is unknown', settings: { mod: 'enforce' } },
    { name: 'a setting', because: 'its value is not allowed', settings: { mode: 'x' } },
    { name: 'a token', because: 'it is in plain text', settings: { server: { token: 'x' } } },
    {
      name: 'a window',
      because: 'it has no duration',
      settings: { windows: [{ cron: '* * * * *' }] },
    },
  ])('$name: $because', ({ settings }) => {
    expect(compile(settingsSchema())({ settings })).toBe(false);
  });
});
