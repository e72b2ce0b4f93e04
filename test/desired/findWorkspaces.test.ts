import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  findWorkspaces,
  workspacesAmong,
  type FoundWorkspaces,
} from '../../src/desired/files/findWorkspaces.ts';
import { directoryOf, type Files } from '../fixtures/desired/directory.ts';

const shown = ({ places, problems }: FoundWorkspaces) => ({
  names: places.map(({ name }) => name),
  problems: problems.map(({ file, message }) => `${file}: ${message}`),
});

/** What is found in a directory, which is the same as in the list of its files. */
const found = async (files: Files, pattern: string) => {
  const inDirectory = shown(await findWorkspaces(await directoryOf(files), pattern));
  expect(shown(workspacesAmong(Object.keys(files), pattern))).toEqual(inDirectory);
  return inDirectory;
};

test.each([
  {
    because: 'each directory that matches is one, whatever the order',
    files: {
      'holdfast.yaml': '',
      'teams/b/x.yaml': '',
      'teams/a/y.yaml': '',
      'teams/.c/z.yaml': '',
    },
    pattern: 'teams/*',
    names: ['a', 'b'],
    problems: [],
  },
  {
    because: 'each part of the pattern is matched',
    files: { 'eu/prod-1/x.yaml': '', 'us/prod-2/x.yaml': '', 'us/test/x.yaml': '' },
    pattern: '*/prod-*',
    names: ['prod-1', 'prod-2'],
    problems: ['us/test/x.yaml: this file is in no workspace (*/prod-*); move it into one'],
  },
  {
    because: 'names are part of paths',
    files: { 'a b/x.yaml': '', 'all/x.yaml': '', 'c/x.yaml': '' },
    pattern: '*',
    names: ['c'],
    problems: [
      expect.stringMatching(/^a b: a workspace cannot be named "a b": write up to 63 letters/),
      expect.stringMatching(/^all: a workspace cannot be named "all"/),
    ],
  },
  {
    because: 'a name is that of one workspace',
    files: { 'eu/a/x.yaml': '', 'us/a/x.yaml': '' },
    pattern: '*/*',
    names: ['a'],
    problems: ['us/a: two workspaces are named "a"; the other is eu/a'],
  },
  {
    because: 'a typo in the pattern must not stop everything silently',
    files: { 'teams/a/x.yaml': '' },
    pattern: 'team/*',
    names: [],
    problems: [
      '.: no directory matches "team/*" of settings.workspaces',
      'teams/a/x.yaml: this file is in no workspace (team/*); move it into one',
    ],
  },
])('$because', async ({ files, pattern, names, problems }) => {
  expect(await found(files, pattern)).toEqual({ names, problems });
});

test('a link is no workspace, and a missing directory is a problem', async () => {
  const config = await directoryOf({ 'teams/a/x.yaml': '' });
  await symlink('a', join(config, 'teams/b'));
  const { places } = await findWorkspaces(config, 'teams/*');
  expect(places).toEqual([{ name: 'a', directory: join(config, 'teams/a') }]);
  const { problems } = await findWorkspaces(join(config, 'none'), 'teams/*');
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the config directory .* does not exist/),
  ]);
});
