import { execFileSync } from 'node:child_process';
import {
  mkdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configChanged } from '../../src/desired/files/configChanges.ts';
import { loadDesired } from '../../src/desired/load.ts';
import type { WriteOnly } from '../../src/model/resource.ts';
import { readSecret } from '../../src/secrets/read.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import {
  addFiles,
  directoryOf,
  problemsIn,
  problemsOf,
  type Files,
} from '../fixtures/desired/directory.ts';

const network = (name: string) => `privateNetworks: { ${name}: { region: ny2 } }\n`;

const namesIn = async (directory: string): Promise<readonly string[]> => {
  const loaded = await loadDesired(directory, catalog);
  if (!loaded.ok) throw new Error(problemsIn(loaded).join('\n'));
  return loaded.state.resources.map(({ name, source }) => `${name} in ${source.file}`);
};

const problemsAt = async (directory: string) => problemsIn(await loadDesired(directory, catalog));

describe('the files that are read', () => {
  it('are all .yaml and .yml files below the directory, by name, except names that begin with a dot', async () => {
    const directory = await directoryOf({
      'b.yml': network('b'),
      'a/z.yaml': network('az'),
      'a.yaml': network('a'),
      'README.md': 'no YAML: [',
      '.hidden.yaml': 'no YAML: [',
      '.git/x.yaml': 'no YAML: [',
      'A.YAML.bak': 'no YAML: [',
      'a.yaml.bak': 'no YAML: [',
    });
    expect(await namesIn(directory)).toEqual(['a in a.yaml', 'az in a/z.yaml', 'b in b.yml']);
  });

  it('are the files of a ConfigMap, each once, before and after its data is swapped', async () => {
    const directory = await directoryOf({
      '..2026_1/team.yaml': network('one'),
      '..2026_1/run.sh': 'one',
      '..2026_2/team.yaml': network('two'),
    });
    await symlink('..2026_1', join(directory, '..data'));
    await symlink('..data/team.yaml', join(directory, 'team.yaml'));
    expect(await namesIn(directory)).toEqual(['one in team.yaml']);

    await symlink('..2026_2', join(directory, '..new'));
    await rename(join(directory, '..new'), join(directory, '..data'));
    expect(await namesIn(directory)).toEqual(['two in team.yaml']);
  });

  it('are those of the directory that a link to the config directory leads to', async () => {
    const directory = await directoryOf({
      'team.yaml': 'startupScripts: { s: { script: { file: run.sh } } }',
      'run.sh': 'x',
    });
    await symlink(directory, `${directory}-link`);
    expect(await namesIn(`${directory}-link`)).toEqual(['s in team.yaml']);
  });

  it('are read once each, whatever links lead to them, and a loop of links ends', async () => {
    const directory = await directoryOf({
      'team.yaml': network('n'),
      'sub/other.yaml': network('o'),
    });
    await symlink('team.yaml', join(directory, 'again.yaml'));
    await symlink('.', join(directory, 'loop'));
    await symlink('../sub', join(directory, 'sub/loop'));
    await symlink('sub', join(directory, 'also'));
    await symlink('README', join(directory, 'broken-but-no-yaml'));
    expect(await namesIn(directory)).toEqual(['o in sub/other.yaml', 'n in team.yaml']);
  });
});

describe('many configs', () => {
  it('are loaded a few at a time, so that other work of the process goes on between', async () => {
    const directory = await directoryOf({ 'a.yaml': network('a') });
    let running = 0;
    let most = 0;
    const overrides = {
      get env() {
        running += 1;
        most = Math.max(most, running);
        return {};
      },
    };
    const load = async (): Promise<boolean> => {
      const { ok } = await loadDesired(directory, catalog, overrides);
      running -= 1;
      return ok;
    };
    const loaded = await Promise.all(Array.from({ length: 40 }, load));
    expect(loaded.every(Boolean)).toBe(true);
    // Some of these have ended, and their callers do not know yet.
    expect(most).toBeLessThan(10);
  });
});

describe('files that cannot be read', () => {
  it.each<{ name: string; because: string; files: Files; problems: readonly string[] }>([
    {
      name: 'no YAML',
      because: 'an empty directory is more likely a mistake than an empty team',
      files: { 'README.md': '' },
      problems: [expect.stringMatching(/^\.:1:1 no-files: no YAML files in .*config$/)],
    },
    {
      name: 'bytes that are not UTF-8',
      because: 'guessing an encoding would change names',
      files: { 'sub/a.yaml': Uint8Array.from([0x61, 0xff]), 'b.yaml': network('b') },
      problems: ['sub/a.yaml:1:1 unreadable: this file is not UTF-8'],
    },
    {
      name: 'a file of more than 4 MiB',
      because: 'it is not configuration',
      files: { 'a.yaml': '#'.repeat(4 * 1024 * 1024 + 1) },
      problems: ['a.yaml:1:1 unreadable: this file is larger than 4194304 bytes'],
    },
    {
      name: 'a script of more than 1 MiB',
      because: 'it is not a script',
      files: {
        'team.yaml': 'startupScripts: { s: { script: { file: run.sh } } }',
        'run.sh': '#'.repeat(1024 * 1024 + 1),
      },
      problems: [
        '1:40 unreadable: script of startupScripts/s: the file "run.sh" is larger than 1048576 bytes',
      ],
    },
    {
      name: 'a script that is not UTF-8',
      because: 'it could not be sent unchanged',
      files: {
        'team.yaml': 'startupScripts: { s: { script: { file: run.sh } } }',
        'run.sh': Uint8Array.from([0xff]),
      },
      problems: ['1:40 unreadable: script of startupScripts/s: the file "run.sh" is not UTF-8'],
    },
    {
      name: 'references to names that an unreadable file may declare',
      because: 'they are not a second problem',
      files: {
        'a.yaml': Uint8Array.from([0xff]),
        'team.yaml': 'snapshots: { s: { machine: m } }',
      },
      problems: ['a.yaml:1:1 unreadable: this file is not UTF-8'],
    },
  ])('$name: $because', async ({ files, problems }) => {
    expect(await problemsAt(await directoryOf(files))).toEqual(problems);
  });

  it('reads a file and a script of the maximum size', async () => {
    const files = {
      'team.yaml': `startupScripts: { s: { script: { file: run.sh } } }\n`.padEnd(
        4 * 1024 ** 2,
        '#',
      ),
      'run.sh': '#'.repeat(1024 ** 2),
    };
    expect(await namesIn(await directoryOf(files))).toEqual(['s in team.yaml']);
  });

  it('reads a file for a script, and only locates it for a secret', async () => {
    const directory = await directoryOf({
      'team.yaml':
        'teamSecrets: { s: { value: { file: both } } }\nstartupScripts: { s: { script: { file: both } }, t: { script: { file: both } } }',
      both: 'x',
    });
    const loaded = await loadDesired(directory, catalog);
    expect(loaded.ok && loaded.state.resources.map(({ spec }) => Object.values(spec))).toEqual([
      [{ from: 'file', path: join(directory, 'both'), within: directory }],
      [{ from: 'value', value: 'x' }],
      [{ from: 'value', value: 'x' }],
    ]);
  });

  it('accepts an empty file, which declares nothing', async () => {
    expect(await namesIn(await directoryOf({ 'team.yaml': '' }))).toEqual([]);
  });

  it('reports a directory that is missing, or not a directory', async () => {
    const directory = await directoryOf({ 'team.yaml': '' });
    expect(await problemsAt(join(directory, 'missing'))).toEqual([
      expect.stringMatching(/^\.:1:1 unreadable: the config directory .*missing does not exist$/),
    ]);
    expect(await problemsAt(join(directory, 'team.yaml'))).toEqual([
      '.:1:1 unreadable: this is not a directory',
    ]);
  });

  it('refuses links that lead out, for YAML, directories, and scripts; ignores others', async () => {
    const directory = await directoryOf({
      'team.yaml': 'startupScripts: { s: { script: { file: run.sh } } }',
    });
    await addFiles(join(directory, '..'), {
      'outside/team.yaml': network('n'),
      'outside/run.sh': 'x',
    });
    await symlink('../outside/team.yaml', join(directory, 'link.yaml'));
    await symlink('../outside', join(directory, 'sub'));
    await symlink('../outside/run.sh', join(directory, 'run.sh'));
    await symlink('../outside/run.sh', join(directory, 'nobody.sh'));
    expect(await problemsAt(directory)).toEqual([
      'link.yaml:1:1 outside-directory: this link leads out of the config directory, to "../outside/team.yaml"',
      'sub:1:1 outside-directory: this link leads out of the config directory, to "../outside"',
      '1:40 outside-directory: script of startupScripts/s: the file "run.sh" is outside the config directory',
    ]);
  });

  it('refuses a secret’s file behind a link that leads out', async () => {
    const directory = await directoryOf({
      'team.yaml': 'teamSecrets: { s: { value: { file: key } } }',
    });
    await symlink('/etc/passwd', join(directory, 'key'));
    expect(await problemsAt(directory)).toEqual([
      '1:36 outside-directory: value of teamSecrets/s: the file "key" is outside the config directory',
    ]);
  });

  it('reports links to nothing and to themselves, and does not wait for a pipe', async () => {
    const directory = await directoryOf({ 'team.yaml': network('n') });
    await symlink('nothing.yaml', join(directory, 'broken.yaml'));
    await symlink('self.yaml', join(directory, 'self.yaml'));
    execFileSync('mkfifo', [join(directory, 'pipe.yaml')]);
    expect(await problemsAt(directory)).toEqual([
      'broken.yaml:1:1 unreadable: this link leads to "nothing.yaml", which does not exist',
      'pipe.yaml:1:1 unreadable: this file is not a regular file',
      'self.yaml:1:1 unreadable: this link leads to "self.yaml", which is a link that leads back to itself',
    ]);
  });

  it('neither waits for a file without an end nor holds it in memory', async () => {
    const directory = await directoryOf({
      'team.yaml':
        'startupScripts: { s: { script: { file: pipe } }, t: { script: { file: sparse } } }',
      'sparse.yaml': '',
      sparse: '',
    });
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    for (const name of ['sparse', 'sparse.yaml']) await truncate(join(directory, name), 2 ** 31);
    const before = process.memoryUsage.rss();
    expect(await problemsAt(directory)).toEqual([
      'sparse.yaml:1:1 unreadable: this file is larger than 4194304 bytes',
      '1:40 unreadable: script of startupScripts/s: the file "pipe" is not a regular file',
      '1:71 unreadable: script of startupScripts/t: the file "sparse" is larger than 1048576 bytes',
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 29);
  });

  it('reports the files beyond the limit on the total size', async () => {
    const directory = await directoryOf({});
    const comment = '#'.repeat(4 * 1024 ** 2);
    for (let i = 10; i < 44; i += 1) await writeFile(join(directory, `${i}.yaml`), comment);
    expect(await problemsAt(directory)).toEqual([
      '42.yaml:1:1 too-large: this file is not read: those before it hold 134217728 bytes together',
      '43.yaml:1:1 too-large: this file is not read: those before it hold 134217728 bytes together',
    ]);
  });

  it('reports a file with more tokens than the limit', async () => {
    const directory = await directoryOf({ 'team.yaml': `x-a: [\n${'  a,a,\n'.repeat(400_000)}]` });
    expect(await problemsAt(directory)).toEqual([
      expect.stringMatching(
        /^\d{6}:\d too-large: this file holds more than 2000000 tokens up to here; split it/,
      ),
    ]);
  });

  it('never rejects while files come and go', async () => {
    const directory = await directoryOf({ 'team.yaml': network('n') });
    const stop = new AbortController();
    const churn = async () => {
      while (!stop.signal.aborted) {
        await writeFile(join(directory, 'x.yaml'), network('x'));
        await mkdir(join(directory, 'd'), { recursive: true });
        await writeFile(join(directory, 'd/y.yaml'), network('y'));
        await unlink(join(directory, 'x.yaml'));
        await rm(join(directory, 'd'), { recursive: true, force: true });
      }
    };
    const churning = churn();
    for (let i = 0; i < 50; i++) await loadDesired(directory, catalog);
    stop.abort();
    await churning;
    expect(await namesIn(directory)).toEqual(['n in team.yaml']);
  });
});

/** Long after the last write. */
const later = (): number => Date.now() + 60_000;

describe('the hash of the inputs of a load', () => {
  const files = {
    'team.yaml':
      'startupScripts: { s: { script: { file: run.sh } } }\nteamSecrets: { t: { value: { file: key } } }\n',
    'run.sh': 'one',
    key: 'one',
    'unused.sh': 'one',
    'holdfast.yaml': 'settings: {}\n',
  };

  it.each<{ name: string; because: string; change: Files; changes: boolean }>([
    { name: 'nothing', because: 'it depends only on the files', change: {}, changes: false },
    {
      name: 'YAML',
      because: 'even a comment moves lines',
      change: { 'team.yaml': `${files['team.yaml']}#` },
      changes: true,
    },
    {
      name: 'a new file',
      because: 'it may declare something',
      change: { 'new.yaml': '' },
      changes: true,
    },
    {
      name: 'the settings',
      because: 'they take effect',
      change: { 'holdfast.yaml': '' },
      changes: true,
    },
    {
      name: 'a named file',
      because: 'its text is part of a spec',
      change: { 'run.sh': 'two' },
      changes: true,
    },
    {
      name: 'a secret in a file',
      because: 'only passes read it, each time anew',
      change: { key: 'two' },
      changes: false,
    },
    {
      name: 'a file that is not named',
      because: 'it is not an input',
      change: { 'unused.sh': 'two' },
      changes: false,
    },
    {
      name: 'a hidden file',
      because: 'it is skipped',
      change: { '.x.yaml': 'x' },
      changes: false,
    },
  ])('$name: $because', async ({ change, changes }) => {
    const directory = await directoryOf(files);
    const { inputs } = await loadDesired(directory, catalog);
    const before = await configChanged(directory, inputs, {}, undefined, later());
    expect(before.hash).toBe(inputs.hash);
    await addFiles(directory, change);
    for (const after of [
      await configChanged(directory, inputs, {}),
      await configChanged(directory, inputs, {}, before.seen, later()),
      (await loadDesired(directory, catalog)).inputs,
    ])
      expect(after.hash !== inputs.hash).toBe(changes);
  });

  it('does not read files whose stat is unchanged', async () => {
    const directory = await directoryOf(files);
    const { inputs } = await loadDesired(directory, catalog);
    const before = await configChanged(directory, inputs, {}, undefined, later());
    await addFiles(directory, { 'holdfast.yaml': 'settings: null\n' });
    const after = await configChanged(directory, inputs, {}, before.seen, later());
    const again = [...after.seen]
      .filter(([path, { content }]) => before.seen.get(path)?.content === content)
      .map(([path]) => basename(path));
    expect(again).toEqual(['team.yaml', 'run.sh']);
  });

  it('reads a file that was just written: it may change again with the same stat', async () => {
    const directory = await directoryOf(files);
    const { inputs } = await loadDesired(directory, catalog);
    expect([...(await configChanged(directory, inputs, {})).seen]).toEqual([]);
  });

  it('changes if a named file is gone', async () => {
    const directory = await directoryOf(files);
    const { inputs } = await loadDesired(directory, catalog);
    const { seen } = await configChanged(directory, inputs, {}, undefined, later());
    await unlink(join(directory, 'run.sh'));
    expect((await configChanged(directory, inputs, {}, seen, later())).hash).not.toBe(inputs.hash);
  });

  it('changes for a text of the same length and mtime', async () => {
    const directory = await directoryOf(files);
    const path = join(directory, 'run.sh');
    const time = new Date(0);
    await utimes(path, time, time);
    const { inputs } = await loadDesired(directory, catalog);
    const { seen } = await configChanged(directory, inputs, {}, undefined, later());
    await addFiles(directory, { 'run.sh': 'two' });
    await utimes(path, time, time);
    expect((await configChanged(directory, inputs, {}, seen, later())).hash).not.toBe(inputs.hash);
  });

  it('equals the load’s for a file that is both YAML and too large as a text', async () => {
    const directory = await directoryOf({
      'team.yaml': 'startupScripts: { s: { script: { file: large.yaml } } }',
      'large.yaml': '#'.repeat(2 * 1024 ** 2),
    });
    const { ok, inputs } = await loadDesired(directory, catalog);
    expect(ok).toBe(false);
    const before = await configChanged(directory, inputs, {}, undefined, later());
    const after = await configChanged(directory, inputs, {}, before.seen, later());
    expect([before.hash, after.hash]).toEqual([inputs.hash, inputs.hash]);
  });

  it('exists for a directory that does not', async () => {
    const directory = join(await directoryOf({}), 'missing');
    const { inputs } = await loadDesired(directory, catalog);
    expect((await configChanged(directory, inputs, {})).hash).toBe(inputs.hash);
    await addFiles(directory, files);
    expect((await configChanged(directory, inputs, {})).hash).not.toBe(inputs.hash);
  });
});

describe('documents that sops encrypted', () => {
  const metadata = 'sops: { mac: ENC, age: [] }';

  it.each([
    { files: { 'a.yaml': `db: { password: ENC }\n${metadata}` }, because: 'no kind is unknown' },
    {
      files: { 'a.yaml': `machines: { x: ENC }\n---\nteamSecrets: ENC\n${metadata}` },
      problems: ['a.yaml:1:16 wrong-value: machines/x is a map of fields, not a string'],
      because: 'each document has its own metadata',
    },
    { files: { 'a.yaml': `machines: ENC\n${metadata}` }, because: 'kinds are encrypted too' },
    {
      files: { 'a.yaml': 'sops: { age: [] }' },
      problems: ['a.yaml:1:1 unknown-kind: unknown kind "sops"'],
      because: 'without a mac it is none',
    },
    {
      files: { 'holdfast.yaml': `settings: { mode: ENC }\n${metadata}` },
      problems: [
        'holdfast.yaml:1:19 wrong-value: mode of settings is "ENC"; it takes observe or enforce',
        'holdfast.yaml:2:1 misplaced: holdfast.yaml holds settings only; "sops" goes into another file',
      ],
      because: 'settings must not disappear',
    },
  ])('declare nothing: $because', async ({ files, problems = [] }) => {
    const all = {
      'team.yaml': 'teamSecrets: { s: { value: { sops: a.yaml, key: x } } }',
      ...files,
    };
    expect(await problemsOf(all)).toEqual(problems);
  });
});

describe('files of secrets', () => {
  const yaml =
    'teamSecrets: { s: { value: { file: key } }, t: { value: { sops: key, key: a } } }\n';

  it('are not read by a load or a fingerprint: a pipe would block, and the access time would change', async () => {
    const directory = await directoryOf({ 'team.yaml': yaml, key: 'secret' });
    const path = join(directory, 'key');
    await utimes(path, new Date(0), new Date());
    const { ok, inputs } = await loadDesired(directory, catalog);
    await configChanged(directory, inputs, {});
    expect(ok).toBe(true);
    expect((await stat(path)).atimeMs).toBe(0);
  });

  it('must be inside the directory when they are read, whatever they were when the config was loaded', async () => {
    const directory = await directoryOf({ 'team.yaml': yaml, key: 'inside' });
    await addFiles(join(directory, '..'), { outside: 'outside' });
    const loaded = await loadDesired(directory, catalog);
    const sources = loaded.ok ? loaded.state.resources.map(({ spec }) => spec['value']) : [];
    const [source] = sources as readonly Extract<WriteOnly, { from: 'file' }>[];
    if (!source) throw new Error('the config has no secret');
    expect(await readSecret(source, {})).toBe('inside');
    for (const target of ['../outside', '/proc/self/environ']) {
      await unlink(source.path);
      await symlink(target, source.path);
      await expect(readSecret(source, {})).rejects.toThrow(
        `the secret file ${source.path} is outside the directory that it must be in`,
      );
    }
  });
});
