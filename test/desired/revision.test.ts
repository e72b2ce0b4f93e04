import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { stateOf } from '../fixtures/desired/directory.ts';

const valid = join(import.meta.dirname, '../fixtures/desired/valid');
const team = readFileSync(join(valid, 'team.yaml'), 'utf8');
const script = { 'scripts/install-docker.sh': 'x' };

const revisionOf = async (files: Readonly<Record<string, string>>): Promise<string> =>
  (await stateOf({ ...script, ...files })).revision;

/** The same document with the entries of every map in another order. */
const shuffled = (
  value: unknown,
  order: (keys: readonly string[]) => readonly string[],
): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = new Map(Object.entries(value));
  return Object.fromEntries(
    order([...entries.keys()]).map((key) => [key, shuffled(entries.get(key), order)]),
  );
};

const json = (): Record<string, unknown> =>
  parseDocument(team, { merge: true }).toJS() as Record<string, unknown>;

describe('the revision', () => {
  it('is the same each time', async () => {
    expect(await revisionOf({ 'team.yaml': team })).toBe(await revisionOf({ 'team.yaml': team }));
  });

  it('does not depend on the order of keys', async () => {
    const revision = await revisionOf({ 'team.yaml': team });
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const order = (keys: readonly string[]) =>
          keys
            .map((key) => [numbers.next().value ?? 0, key] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, key]) => key);
        expect(await revisionOf({ 'team.yaml': JSON.stringify(shuffled(json(), order)) })).toBe(
          revision,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on how declarations are split into files and documents', async () => {
    const parts = Object.entries(json()).map(([kind, value]) => JSON.stringify({ [kind]: value }));
    const revision = await revisionOf({ 'team.yaml': team });
    expect(await revisionOf({ 'a.yaml': parts.join('\n---\n') })).toBe(revision);
    expect(await revisionOf(Object.fromEntries(parts.map((part, i) => [`${i}/x.yml`, part])))).toBe(
      revision,
    );
  });

  it('does not depend on the path of the directory, even if files of secrets are named', async () => {
    const files = {
      'team.yaml':
        'teamSecrets: { s: { value: { file: a/b } }, t: { value: { sops: x, key: k } } }\ndeployments: { d: { project: { id: p }, config: { path: models }, replicas: 1 }, e: { project: { id: p }, config: { path: 5 } } }',
    };
    expect(await revisionOf(files)).toBe(await revisionOf(files));
  });

  const base =
    'startupScripts: { s: { script: { file: s.sh } } }\nteamSecrets: { s: { value: { env: A } } }\n';
  it.each<{
    name: string;
    because: string;
    files: Readonly<Record<string, string>>;
    changes: boolean;
  }>([
    {
      name: 'a comment',
      because: 'it declares nothing',
      files: { 'team.yaml': `# x\n${base}` },
      changes: false,
    },
    {
      name: 'settings',
      because: 'they are not desired state',
      files: { 'team.yaml': base, 'holdfast.yaml': 'settings: { mode: enforce }' },
      changes: false,
    },
    {
      name: 'defaults written out',
      because: 'the values are the same',
      files: { 'team.yaml': base.replace('s.sh }', 's.sh }, lifecycle: { manage: enforce }') },
      changes: false,
    },
    {
      name: 'a script in a file',
      because: 'its text is part of the spec',
      files: { 'team.yaml': base, 's.sh': 'two' },
      changes: true,
    },
    {
      name: 'a long script in a file',
      because: 'its text is part of the spec',
      files: { 'team.yaml': base, 's.sh': 'x'.repeat(999) },
      changes: true,
    },
    {
      name: 'the variable of a secret',
      because: 'it is the source of the secret',
      files: { 'team.yaml': base.replace('env: A', 'env: B') },
      changes: true,
    },
    {
      name: 'a lifecycle',
      because: 'it is declared',
      files: { 'team.yaml': base.replace('s.sh }', 's.sh }, lifecycle: { manage: observe }') },
      changes: true,
    },
    {
      name: 'labels',
      because: 'they change nothing in the team, so an approved plan stays approved',
      files: { 'team.yaml': base.replace('s.sh }', 's.sh }, labels: { owner: ml }') },
      changes: false,
    },
    {
      name: 'an absent name',
      because: 'it will be deleted',
      files: { 'team.yaml': `${base}absent: { machines: [a] }` },
      changes: true,
    },
    {
      name: 'another resource',
      because: 'it will be created',
      files: { 'team.yaml': `${base}projects: { p: }` },
      changes: true,
    },
  ])('$name: $because', async ({ files, changes }) => {
    const before = await revisionOf({ 'team.yaml': base, 's.sh': 'one' });
    expect((await revisionOf({ 's.sh': 'one', ...files })) !== before).toBe(changes);
  });

  it('distinguishes absent names from each other and from declared ones', async () => {
    const revisions = await Promise.all(
      ['absent: { projects: [a] }', 'absent: { projects: [b] }', 'projects: { a: }'].map((yaml) =>
        revisionOf({ 'team.yaml': yaml }),
      ),
    );
    expect(new Set(revisions).size).toBe(3);
  });

  it('distinguishes long scripts', async () => {
    const of = (last: string) =>
      revisionOf({ 'team.yaml': base, 's.sh': `${'x'.repeat(9999)}${last}` });
    expect(await of('a')).not.toBe(await of('b'));
  });
});
