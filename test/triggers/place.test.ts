import { mkdir, mkdtemp, realpath, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backendFor, holdsMount, identityOf } from '../../src/triggers/place.ts';

describe('a mount inside a directory', () => {
  const mountinfo = [
    '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
    '40 22 8:1 /srv/team.yaml /etc/holdfast/team.yaml rw - ext4 /dev/sda1 rw',
    String.raw`41 22 8:1 /x /srv/with\040space/a rw - ext4 /dev/sda1 rw`,
    '42 22 0:50 / /config rw - tmpfs tmpfs rw',
    '',
  ].join('\n');
  /** Directory, whether it contains a mount, because. */
  const rows: readonly (readonly [string, boolean, string])[] = [
    ['/etc/holdfast', true, 'a single file is mounted into it'],
    ['/etc', true, 'however deep'],
    ['/', true, 'every mount is in /'],
    ['/srv/with space', true, 'white space is escaped'],
    ['/etc/hold', false, 'another directory with a longer name'],
    ['/config', false, 'the directory itself may be a mount: it is watched'],
    ['/srv/other', false, 'elsewhere'],
  ];
  test.for(rows)('%s: %j, because %s', ([directory, found]) => {
    expect(holdsMount(mountinfo, directory)).toBe(found);
  });
});

test('the identity changes if another directory takes the path', async () => {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-')));
  try {
    const directory = join(base, 'config');
    expect(await identityOf(directory)).toBeUndefined();
    await mkdir(directory);
    const first = await identityOf(directory);
    expect(first).toMatchObject({ path: directory });
    await mkdir(join(directory, 'more'));
    expect(await identityOf(directory)).toEqual(first);
    await rename(directory, join(base, 'moved'));
    await symlink('moved', directory);
    const link = await identityOf(directory);
    expect(link?.path).toBe(join(base, 'moved'));
    expect(link?.identity).not.toBe(first?.identity);
  } finally {
    await rm(base, { recursive: true });
  }
});

test('the backend is auto on local file systems, and polling for a missing directory', async () => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-')));
  const place = { path: directory, identity: '' };
  try {
    expect(await backendFor(place)).toBe('auto');
  } finally {
    await rm(directory, { recursive: true });
  }
  expect(await backendFor(place)).toBe('polling');
});
