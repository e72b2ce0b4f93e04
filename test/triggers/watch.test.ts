import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/model/log.ts';
import { watchFiles } from '../../src/triggers/watch.ts';

/** A temporary directory, removed when disposed of. */
async function temporary() {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-')));
  return {
    base,
    directory: join(base, 'config'),
    [Symbol.asyncDispose]: () => rm(base, { recursive: true }),
  };
}

/** Watches, and reads a file only at hints, so that a change without a hint is never seen. */
async function follow(directory: string) {
  const paths: string[] = [];
  const looks = new Set<() => void>();
  let hints = 0;
  const watching = await watchFiles({
    directory,
    log: {
      ...silentLog,
      debug: (fields) => 'path' in fields && paths.push(String(fields.path)),
    },
    onHint() {
      hints += 1;
      for (const look of looks) look();
    },
  });
  /** Makes the change; resolves when the file has the text after a hint, or is missing if the text is undefined. */
  const sees = async (file: string, text: string | undefined, change: () => Promise<unknown>) => {
    const seen = Promise.withResolvers<void>();
    const look = (): void =>
      void readFile(join(directory, file), 'utf8')
        .catch(() => undefined)
        .then((found) => found === text && seen.resolve());
    await change();
    looks.add(look);
    await seen.promise;
    looks.delete(look);
  };
  return {
    paths,
    sees,
    /** Writes a file in the directory, and waits for its hint. */
    seesWrite: (text: string) =>
      sees('a.yaml', text, () => writeFile(join(directory, 'a.yaml'), text)),
    hints: () => hints,
    [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose](),
  };
}

const put = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

/** Changes the target of a link atomically, as git-sync and the kubelet do. */
const swap = async (link: string, target: string): Promise<void> => {
  await symlink(target, `${link}.new`);
  await rename(`${link}.new`, link);
};

describe.concurrent('a change causes a hint', () => {
  /** Name, file, its text afterwards, change. */
  const rows: readonly (readonly [
    string,
    string,
    string | undefined,
    (directory: string) => Promise<unknown>,
  ])[] = [
    ['a write', 'a.yaml', 'new', (at) => writeFile(join(at, 'a.yaml'), 'new')],
    ['a write of the same length', 'a.yaml', 'OLD', (at) => writeFile(join(at, 'a.yaml'), 'OLD')],
    ['an append', 'a.yaml', 'old+', (at) => appendFile(join(at, 'a.yaml'), '+')],
    [
      'another file is renamed over it',
      'a.yaml',
      'new',
      async (at) => {
        await writeFile(join(at, '.a.yaml.tmp'), 'new');
        await rename(join(at, '.a.yaml.tmp'), join(at, 'a.yaml'));
      },
    ],
    [
      'an editor keeps a backup',
      'a.yaml',
      'new',
      async (at) => {
        await rename(join(at, 'a.yaml'), join(at, 'a.yaml~'));
        await writeFile(join(at, 'a.yaml'), 'new');
        await rm(join(at, 'a.yaml~'));
      },
    ],
    ['a new file', 'b.yaml', 'new', (at) => writeFile(join(at, 'b.yaml'), 'new')],
    ['a new file, deep down', 'x/y/b.yaml', 'new', (at) => put(join(at, 'x/y/b.yaml'), 'new')],
    ['a script', 'sub/run.sh', 'new', (at) => writeFile(join(at, 'sub/run.sh'), 'new')],
    ['a removal', 'a.yaml', undefined, (at) => rm(join(at, 'a.yaml'))],
    [
      'a directory is removed',
      'sub/run.sh',
      undefined,
      (at) => rm(join(at, 'sub'), { recursive: true }),
    ],
  ];
  test.for(rows)('%s', async ([, file, text, change]) => {
    await using place = await temporary();
    const { directory } = place;
    await put(join(directory, 'a.yaml'), 'old');
    await put(join(directory, 'sub/run.sh'), 'old');
    await using following = await follow(directory);
    await following.sees(file, text, () => change(directory));
    expect(following.hints()).toBe(1);
  });

  test('500 changed files cause few hints, not 500', async () => {
    await using place = await temporary();
    await put(join(place.directory, 'a.yaml'), 'old');
    await using following = await follow(place.directory);
    await following.sees('f499.yaml', 'new', async () => {
      for (let i = 0; i < 500; i += 1) await put(join(place.directory, `f${i}.yaml`), 'new');
    });
    await following.seesWrite('after');
    expect(following.hints()).toBeLessThan(10);
  });

  test('changes of .git and of the directories behind a ConfigMap are ignored', async () => {
    await using place = await temporary();
    const { directory } = place;
    await put(join(directory, 'a.yaml'), 'old');
    await using following = await follow(directory);
    for (const name of ['.git/index', '..2026/a.yaml', '.holdfast/state.db'])
      await put(join(directory, name), 'x');
    await following.seesWrite('after');
    expect(following.paths).toEqual([join(directory, 'a.yaml')]);
  });

  test('a directory whose own path looks like an ignored one is watched', async () => {
    await using place = await temporary();
    const directory = join(place.base, '.git/..worktree/config');
    await put(join(directory, 'a.yaml'), 'old');
    await using following = await follow(directory);
    await following.seesWrite('new');
    expect(following.hints()).toBe(1);
  });
});

describe.concurrent('a directory that is replaced is followed', () => {
  test('a ConfigMap', async () => {
    await using place = await temporary();
    const { directory } = place;
    await put(join(directory, '..1/a.yaml'), 'one');
    await symlink('..1', join(directory, '..data'));
    await symlink('..data/a.yaml', join(directory, 'a.yaml'));
    await using following = await follow(directory);
    for (const [version, before] of [
      ['2', '1'],
      ['3', '2'],
      ['4', '3'],
    ])
      await following.sees('a.yaml', `version ${version}`, async () => {
        await put(join(directory, `..${version}/a.yaml`), `version ${version}`);
        await swap(join(directory, '..data'), `..${version}`);
        await rm(join(directory, `..${before}`), { recursive: true });
      });
    expect(following.hints()).toBe(3);
  });

  test('a ConfigMap whose old version is not removed', async () => {
    await using place = await temporary();
    const { directory } = place;
    for (const version of ['1', '2', '3'])
      await put(join(directory, `..${version}/a.yaml`), version);
    await symlink('..1', join(directory, '..data'));
    await symlink('..data/a.yaml', join(directory, 'a.yaml'));
    await using following = await follow(directory);
    for (const version of ['2', '3'])
      await following.sees('a.yaml', version, () =>
        swap(join(directory, '..data'), `..${version}`),
      );
  });

  test('a link that git-sync changes', async () => {
    await using place = await temporary();
    const { base, directory } = place;
    for (const version of ['1', '2', '3']) await put(join(base, version, 'a.yaml'), version);
    await symlink('1', directory);
    await using following = await follow(directory);
    await following.seesWrite('changed in 1');
    await following.sees('a.yaml', '2', () => swap(directory, '2'));
    await following.seesWrite('changed in 2');
    await following.sees('a.yaml', '3', () => swap(directory, '3'));
    await following.seesWrite('changed in 3');
    expect(following.hints()).toBeGreaterThanOrEqual(5);
  });

  test('a link above the directory', async () => {
    await using place = await temporary();
    const { base } = place;
    for (const version of ['1', '2']) await put(join(base, version, 'config/a.yaml'), version);
    await symlink('1', join(base, 'current'));
    await using following = await follow(join(base, 'current/config'));
    await following.sees('a.yaml', '2', () => swap(join(base, 'current'), '2'));
    await following.seesWrite('changed in 2');
    expect(following.hints()).toBeGreaterThanOrEqual(2);
  });

  test('a link in the directory', async () => {
    await using place = await temporary();
    const { base, directory } = place;
    for (const version of ['1', '2']) await put(join(base, version, 'a.yaml'), version);
    await mkdir(directory);
    await symlink('../1', join(directory, 'team'));
    await using following = await follow(directory);
    await following.sees('team/a.yaml', '2', () => swap(join(directory, 'team'), '../2'));
    await following.sees('team/a.yaml', 'new', () => writeFile(join(base, '2/a.yaml'), 'new'));
    expect(following.hints()).toBeGreaterThanOrEqual(2);
  });

  test('one that becomes a link, and then a directory again', async () => {
    await using place = await temporary();
    const { base, directory } = place;
    await put(join(directory, 'a.yaml'), 'directory');
    await put(join(base, 'other/a.yaml'), 'link');
    await using following = await follow(directory);
    await following.sees('a.yaml', 'link', async () => {
      await rename(directory, join(base, 'old'));
      await symlink('other', directory);
    });
    await following.seesWrite('changed through the link');
    await following.sees('a.yaml', 'directory', async () => {
      await rm(directory);
      await rename(join(base, 'old'), directory);
    });
    await following.seesWrite('changed in the directory');
    expect(following.hints()).toBeGreaterThanOrEqual(4);
  });

  test('one that is removed and created again', async () => {
    await using place = await temporary();
    const { directory } = place;
    await put(join(directory, 'a.yaml'), 'old');
    await using following = await follow(directory);
    await following.sees('a.yaml', undefined, () => rm(directory, { recursive: true }));
    await following.sees('a.yaml', 'back', () => put(join(directory, 'a.yaml'), 'back'));
    await following.seesWrite('changed');
    await following.sees('a.yaml', 'at once', async () => {
      await rm(directory, { recursive: true });
      await put(join(directory, 'a.yaml'), 'at once');
    });
    await following.seesWrite('changed again');
    expect(following.hints()).toBeGreaterThanOrEqual(5);
  });

  test('one that does not exist yet, nor does its parent', async () => {
    await using place = await temporary();
    const directory = join(place.base, 'not/yet');
    await using following = await follow(directory);
    await following.sees('a.yaml', 'there', () => put(join(directory, 'a.yaml'), 'there'));
    await following.seesWrite('changed');
    expect(following.hints()).toBeGreaterThanOrEqual(2);
  });
});

/** The number of directories that the process watches. */
const watches = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;

test('once disposed of, it gives no hints and watches nothing', async () => {
  await using place = await temporary();
  await put(join(place.directory, 'a.yaml'), 'old');
  const before = watches();
  {
    await using following = await follow(place.directory);
    const former = await follow(place.directory);
    expect(watches()).toBeGreaterThan(before);
    // Both watchers notice it, and the first is disposed of before its quiet time is over.
    await writeFile(join(place.directory, 'a.yaml'), 'new');
    await former[Symbol.asyncDispose]();
    await following.seesWrite('newer');
    expect(former.hints()).toBe(0);
  }
  await expect.poll(watches).toBe(before);
});
