import type { Stats } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  distrustOfDirectory,
  distrustOfFile,
  distrustOfLink,
  distrustOfNamedFile,
  distrustOfTemporary,
} from '../../src/model/files/trust.ts';

type Type = 'file' | 'directory' | 'link' | 'fifo';

const entry = (type: Type, uid: number, mode: number, over: Partial<Stats> = {}) => ({
  uid,
  gid: uid,
  mode,
  nlink: 1,
  isFile: () => type === 'file',
  isDirectory: () => type === 'directory',
  isSymbolicLink: () => type === 'link',
  ...over,
});

const user = { uid: 1000, groups: [1000, 2000] };

describe('a file is trusted if only root and its user can have written it', () => {
  test.each([
    ['file', 1000, 0o600, {}, /^trusted$/, 'as Holdfast creates it'],
    ['file', 1000, 0o644, {}, /^trusted$/, 'others can only read it'],
    ['file', 0, 0o644, {}, /^trusted$/, 'root can do everything anyway'],
    ['file', 1001, 0o600, {}, /belongs to user 1001, and Holdfast runs as user 1000/, 'planted'],
    ['file', 1000, 0o620, {}, /can be written by other users \(mode 0620\)/, 'its group can write'],
    ['file', 1000, 0o602, {}, /can be written by other users \(mode 0602\)/, 'everybody can write'],
    ['file', 1000, 0o600, { nlink: 2 }, /has 2 names/, 'another name may be elsewhere'],
    ['link', 1000, 0o777, {}, /is a symbolic link/, 'it leads elsewhere'],
    ['fifo', 1000, 0o600, {}, /is not a regular file/, 'it is endless'],
    ['directory', 1000, 0o700, {}, /is not a regular file/, 'it is not a file'],
  ] as const)('%s of %i, mode %o, %o', (type, uid, mode, over, says, because) => {
    const distrust = distrustOfFile(entry(type, uid, mode, over), user);
    expect(distrust ?? 'trusted', because).toMatch(says);
  });

  test('on a system without user ids, its type alone counts', () => {
    const nobody = { uid: undefined, groups: [] };
    expect(distrustOfFile(entry('file', 0, 0o666), nobody)).toBeUndefined();
    expect(distrustOfFile(entry('link', 0, 0o777), nobody)).toMatch(/symbolic link/);
  });
});

describe('a file that a user names is trusted if only root and its user can have written it', () => {
  test.each([
    ['file', 1000, 0o644, {}, /^trusted$/, 'others can only read it'],
    ['file', 0, 0o644, {}, /^trusted$/, 'root can do everything anyway'],
    ['file', 1000, 0o664, {}, /^trusted$/, 'the private group of the user (umask 002)'],
    ['file', 1000, 0o600, { nlink: 2 }, /^trusted$/, 'the user may give it another name'],
    ['file', 0, 0o640, { gid: 2000 }, /^trusted$/, 'a Kubernetes volume with fsGroup'],
    ['file', 1001, 0o600, {}, /belongs to user 1001, and Holdfast runs as user 1000/, 'planted'],
    ['file', 1000, 0o664, { gid: 100 }, /mode 0664.* chmod go-w/, 'others may be in the group'],
    ['file', 1000, 0o646, {}, /mode 0646.* chmod go-w/, 'everybody can write'],
  ] as const)('%s of %i, mode %o, %o', (type, uid, mode, over, says, because) => {
    const distrust = distrustOfNamedFile(entry(type, uid, mode, over), user);
    expect(distrust ?? 'trusted', because).toMatch(says);
  });

  test('on a system without user ids, every file is', () => {
    const nobody = { uid: undefined, groups: [] };
    expect(distrustOfNamedFile(entry('file', 0, 0o666), nobody)).toBeUndefined();
  });
});

describe('a directory is trusted if nobody else can create files in it', () => {
  test.each([
    ['directory', 1000, 0o700, {}, /^trusted$/, 'as Holdfast creates it'],
    ['directory', 1000, 0o755, {}, /^trusted$/, 'others can list it'],
    ['directory', 0, 0o755, {}, /^trusted$/, 'root’s'],
    ['directory', 0, 0o2775, { gid: 2000 }, /^trusted$/, 'a Kubernetes volume with fsGroup'],
    ['directory', 0, 0o2775, { gid: 50 }, /chmod g-w/, 'root has opened it to another group'],
    ['directory', 1000, 0o775, {}, /^trusted$/, 'the private group of the user'],
    ['directory', 1000, 0o775, { gid: 100 }, /chmod g-w/, 'a group that others may be in'],
    ['directory', 1000, 0o775, { gid: 2000 }, /chmod g-w/, 'a group that others may be in too'],
    ['directory', 0, 0o777, {}, /chmod o-w/, 'everybody can write'],
    ['directory', 0, 0o1777, {}, /chmod o-w/, 'the sticky bit does not prevent new files'],
    ['directory', 1001, 0o770, { gid: 2000 }, /belongs to user 1001/, 'its owner can write'],
  ] as const)('%s of %i, mode %o, %o', (type, uid, mode, over, says, because) => {
    const distrust = distrustOfDirectory(entry(type, uid, mode, over), user);
    expect(distrust ?? 'trusted', because).toMatch(says);
  });

  test('of temporary files is trusted with the sticky bit of root or the user', () => {
    expect(distrustOfTemporary(entry('directory', 0, 0o1777), user)).toBeUndefined();
    expect(distrustOfTemporary(entry('directory', 0, 0o777), user)).toMatch(/can be written/);
    expect(distrustOfTemporary(entry('directory', 1001, 0o1777), user)).toMatch(/user 1001/);
  });

  test('behind a link is trusted if root or the user created the link', () => {
    expect(distrustOfLink(entry('link', 1000, 0o777), user)).toBeUndefined();
    expect(distrustOfLink(entry('link', 1001, 0o777), user)).toMatch(/that user 1001 made/);
    expect(distrustOfLink(entry('directory', 1001, 0o777), user)).toBeUndefined();
  });
});
