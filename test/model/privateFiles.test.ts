import { spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  mkdir,
  readFile,
  readdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createPrivateDirectory,
  readPrivateFile,
  writePrivateFile,
} from '../../src/model/files/privateFiles.ts';
import { silentLog } from '../../src/model/log.ts';
import { createReportFiles, readReport } from '../../src/report/reportFiles.ts';
import { inspectStore, lockHolder, lockStore, openStore, readStore } from '../../src/store/open.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { reportWith } from '../support/reports.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const now = new Date('2026-11-21T10:00:00Z');

/** Creates a directory with mode 0700, and the path of a store in it. */
async function directory() {
  const made = await mkdtempDisposable(join(tmpdir(), 'holdfast-own-'));
  return {
    path: made.path,
    store: join(made.path, 'state.db'),
    of: (name: string) => join(made.path, name),
    [Symbol.asyncDispose]: () => made.remove(),
  };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const sqlite = (path: string) => ({ type: 'sqlite', path }) as const;

/** Returns the modes of all files in a directory, by name. */
const modesIn = async (path: string) =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(path)).map(async (name) => [name, await modeOf(join(path, name))] as const),
    ),
  );

/** Runs a function under this umask. */
async function withUmask<Value>(mask: number, work: () => Promise<Value>): Promise<Value> {
  const before = process.umask(mask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}

describe('files that Holdfast writes are private, whatever the umask', () => {
  test('a store, while it is written and afterwards', async () => {
    await using it = await directory();
    const path = it.of('deep/er/state.db');
    await withUmask(0, async () => {
      const lock = await lockStore(sqlite(path), now, silentLog);
      if ('heldBy' in lock) throw new Error(lock.heldBy);
      await using store = await openStore(sqlite(path), lock, 'default');
      await store.assertWritable('01A');
      const modes = await modesIn(it.of('deep/er'));
      expect(Object.keys(modes)).toEqual(
        expect.arrayContaining([
          'state.db',
          'state.db-wal',
          'state.db-shm',
          'state.db.lock',
          'state.db.holder',
        ]),
      );
      expect(new Set(Object.values(modes)), JSON.stringify(modes)).toEqual(new Set([0o600]));
      await lock[Symbol.asyncDispose]();
    });
    expect([await modeOf(it.of('deep')), await modeOf(it.of('deep/er'))]).toEqual([0o700, 0o700]);
  });

  test('reports', async () => {
    await using it = await directory();
    const report = reportWith({ pass: '01KAPASS000000000000000000' });
    const formats = ['json', 'text', 'markdown', 'html'] as const;
    await withUmask(0, () =>
      createReportFiles().keep(report, { directory: it.of('reports'), formats, keep: 9 }),
    );
    expect(await modeOf(it.of('reports'))).toBe(0o700);
    expect(new Set(Object.values(await modesIn(it.of('reports'))))).toEqual(new Set([0o600]));
  });

  test('a store that others can read becomes private, with a warning', async () => {
    await using it = await directory();
    await (await openTestStore(it.store))[Symbol.asyncDispose]();
    await chmod(it.store, 0o644);
    const warned: object[] = [];
    const lock = await lockStore(sqlite(it.store), now, { warn: (fields) => warned.push(fields) });
    if ('heldBy' in lock) throw new Error(lock.heldBy);
    await lock[Symbol.asyncDispose]();
    expect(warned).toEqual([{ file: it.store }]);
    expect(await modeOf(it.store)).toBe(0o600);
  });
});

/** All files of a store. */
const names = [
  '',
  '-wal',
  '-shm',
  '-journal',
  '.lock',
  '.lock-journal',
  '.holder',
  '.new',
  '.new-wal',
];

/** What may be planted in place of such a file. */
const planted: readonly {
  readonly what: string;
  readonly says: RegExp;
  readonly onlyRoot?: boolean;
  readonly plant: (path: string, target: string) => Promise<void>;
}[] = [
  { what: 'a link', says: /is a symbolic link/, plant: (path, target) => symlink(target, path) },
  {
    what: 'a link to nothing',
    says: /is a symbolic link/,
    plant: (path) => symlink(`${path}.x`, path),
  },
  {
    what: 'another name of a file',
    says: /has 2 names/,
    plant: (path, target) => link(target, path),
  },
  {
    what: 'a file that others can write to',
    says: /can be written by other users \(mode 0666\)/,
    plant: async (path) => {
      await writeFile(path, '');
      await chmod(path, 0o666);
    },
  },
  {
    what: 'another user’s file',
    says: /belongs to user 65534/,
    onlyRoot: true,
    plant: async (path) => {
      await writeFile(path, '');
      await chown(path, nobody, nobody);
    },
  },
  {
    what: 'a FIFO',
    says: /is not a regular file/,
    plant: async (path) => void spawnSync('mkfifo', [path]),
  },
];

describe.each(planted.filter(({ onlyRoot }) => !onlyRoot || isRoot))(
  '$what in the place of a store',
  ({ says, plant }) => {
    test.each(names)('at state.db%s is refused, and its target is unchanged', async (end) => {
      await using it = await directory();
      if (end !== '') await (await openTestStore(it.store))[Symbol.asyncDispose]();
      const target = it.of('target');
      await writeFile(target, 'precious');
      await plant(it.store + end, target);
      const before = await readdir(it.path);
      const settings = sqlite(it.store);
      await expect(openTestStore(it.store)).rejects.toThrow(says);
      await expect(readStore(settings, 'default')).rejects.toThrow(says);
      await expect(inspectStore(settings, 'default')).rejects.toThrow(says);
      await expect(lockStore(settings, now, silentLog)).rejects.toThrow(says);
      await expect(lockHolder(settings, 'default')).rejects.toThrow(says);
      expect(await readFile(target, 'utf8')).toBe('precious');
      expect(await readdir(it.path)).toEqual(before);
    });
  },
);

describe('the directory of a store', () => {
  const open = openTestStore;

  test.each([0o777, 0o1777, 0o770])(
    'that others can write to is refused (mode %o)',
    async (mode) => {
      await using it = await directory();
      await chmod(it.path, mode);
      if (isRoot) await chown(it.path, 0, 1);
      await expect(open(it.store)).rejects.toThrow(/can be written by other users/);
      expect(await readdir(it.path)).toEqual([]);
      await (await open(it.of('own/state.db')))[Symbol.asyncDispose]();
    },
  );

  test.runIf(isRoot)('of another user is refused', async () => {
    await using it = await directory();
    await chown(it.path, nobody, nobody);
    await expect(open(it.store)).rejects.toThrow(/belongs to user 65534/);
  });

  test.runIf(isRoot)('that root has opened to a group of this process is accepted', async () => {
    await using it = await directory();
    await chown(it.path, 0, process.getgid?.() ?? 0);
    await chmod(it.path, 0o2775);
    await (await open(it.store))[Symbol.asyncDispose]();
  });

  test.runIf(isRoot)('behind another user’s link is refused', async () => {
    await using it = await directory();
    await mkdir(it.of('real'), { mode: 0o700 });
    await symlink('real', it.of('link'));
    await (await open(it.of('link/state.db')))[Symbol.asyncDispose]();
    spawnSync('chown', ['-h', String(nobody), it.of('link')]);
    await expect(open(it.of('link/state.db'))).rejects.toThrow(/link that user 65534 made/);
  });
});

describe('a private file', () => {
  test.each([
    ['a link', async (path: string) => symlink('target', path), /is a symbolic link/],
    ['a directory', async (path: string) => mkdir(path), /is not a regular file/],
    ['a FIFO', async (path: string) => void spawnSync('mkfifo', [path]), /is not a regular file/],
  ])('never replaces %s', async (_what, plant, says) => {
    await using it = await directory();
    await writeFile(it.of('target'), 'precious');
    await plant(it.of('file'));
    const before = await readdir(it.path);
    await expect(writePrivateFile(it.of('file'), 'new')).rejects.toThrow(says);
    expect(await readFile(it.of('target'), 'utf8')).toBe('precious');
    expect(await readdir(it.path)).toEqual(before);
  });

  test('replaces a regular file, is private, and leaves no other files', async () => {
    await using it = await directory();
    await writeFile(it.of('file'), 'old');
    await chmod(it.of('file'), 0o666);
    await writePrivateFile(it.of('file'), ['n', Buffer.from('ew')]);
    expect(await readPrivateFile(it.of('file'))).toBe('new');
    expect(await modesIn(it.path)).toEqual({ file: 0o600 });
  });
});

describe('a report', () => {
  const pass = '01KAPASS000000000000000000';
  const settings = (path: string) => ({ directory: path, formats: ['json'] as const, keep: 9 });

  test('is not written through a link in place of its temporary file', async () => {
    await using it = await directory();
    await writeFile(it.of('target'), 'precious');
    await symlink('target', it.of(`${pass}.json.part`));
    await createReportFiles().keep(reportWith({ pass }), settings(it.path));
    expect(await readFile(it.of('target'), 'utf8')).toBe('precious');
    expect(await readReport(it.path, pass)).toMatchObject({ pass });
  });

  test('is not trusted if it is a link, or if others can write to it', async () => {
    await using it = await directory();
    await createReportFiles().keep(reportWith({ pass }), settings(it.path));
    await chmod(it.of(`${pass}.json`), 0o622);
    await expect(readReport(it.path, pass)).rejects.toThrow(/can be written by other users/);
    await chmod(it.of(`${pass}.json`), 0o600);
    const other = pass.replace(/0$/, '1');
    await symlink(`${pass}.json`, it.of(`${other}.json`));
    await expect(readReport(it.path, other)).rejects.toThrow(/is a symbolic link/);
  });

  test('that a crash left incomplete is deleted with its pass', async () => {
    await using it = await directory();
    await writeFile(it.of(`${pass}.json.0123456789ab.part`), '{');
    const later = pass.replace(/0$/, '1');
    await createReportFiles().keep(reportWith({ pass: later }), { ...settings(it.path), keep: 1 });
    expect(await readdir(it.path)).toEqual([`${later}.json`]);
  });
});

test.each(['/proc/x/y', '/proc/x', '/dev/null/x/y', '/sys/x/y/z'])(
  'a directory that cannot be created is an immediate error: %s',
  async (path) => {
    await expect(createPrivateDirectory(path)).rejects.toThrow(/ENOENT|ENOTDIR|EPERM|EACCES/);
  },
);
