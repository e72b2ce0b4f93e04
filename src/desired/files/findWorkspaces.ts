import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { reasonOf } from '../../model/files/readBounded.ts';
import type { Problem } from '../../model/resource.ts';
import { matchesPattern } from '../../model/text/matchesPattern.ts';
import { isWorkspaceName, workspaceNameForm } from '../../model/workspaceName.ts';
import { settingsFile } from '../declare/declare.ts';
import { byCodeUnits, collectProblems, quote, type Problems } from '../problems/problems.ts';
import { rootOf } from './containment.ts';
import { yamlFiles } from './findFiles.ts';

/** A workspace, and the directory of its config; in a repository, relative to `path` of it. */
export interface WorkspacePlace {
  readonly name: string;
  readonly directory: string;
}

/** The workspaces of a config directory, sorted by name. */
export interface FoundWorkspaces {
  readonly places: readonly WorkspacePlace[];
  readonly problems: readonly Problem[];
}

/**
 * Finds the directories that match a pattern such as `teams/*`. A name that no workspace can have, two workspaces of
 * one name, a directory without any match, and YAML beside the workspaces are problems. Skips links, and names that
 * begin with a dot. Never rejects.
 */
export async function findWorkspaces(config: string, pattern: string): Promise<FoundWorkspaces> {
  const problems = collectProblems();
  try {
    const root = await rootOf(config);
    const directories = await matching(root.path, pattern.split('/'));
    const files = await yamlFiles(root, problems);
    const inRoot = (path: string): string => relative(root.path, path).split(sep).join('/');
    const places = placesIn(directories.map(inRoot), files.map(inRoot), pattern, problems);
    return {
      places: places.map(({ name, directory }) => ({
        name,
        directory: join(root.path, directory),
      })),
      problems: problems.list(),
    };
  } catch (error) {
    addProblem(problems, '.', `the config directory ${quote(config)} ${reasonOf(error)}`);
    return { places: [], problems: problems.list() };
  }
}

/**
 * Finds the workspaces in a list of files, as `findWorkspaces` does in a directory. Like the files, the directories are
 * relative. Pure.
 */
export function workspacesAmong(files: readonly string[], pattern: string): FoundWorkspaces {
  const problems = collectProblems();
  const visible = files.filter((file) => !/(?:^|\/)\./.test(file));
  const parts = pattern.split('/');
  const directories = visible.flatMap((file) => {
    const above = file.split('/').slice(0, -1);
    const isMatch =
      above.length >= parts.length &&
      parts.every((part, index) => matchesPattern(above[index] ?? '', part));
    return isMatch ? [above.slice(0, parts.length).join('/')] : [];
  });
  const yaml = visible.filter((file) => /\.ya?ml$/.test(file));
  const places = placesIn([...new Set(directories)], yaml, pattern, problems);
  return { places, problems: problems.list() };
}

/** The workspaces of the directories that match. Adds what is wrong with them, and with YAML files beside them. */
function placesIn(
  directories: readonly string[],
  yaml: readonly string[],
  pattern: string,
  problems: Problems,
): readonly WorkspacePlace[] {
  if (directories.length === 0)
    addProblem(problems, '.', `no directory matches ${quote(pattern)} of settings.workspaces`);
  for (const file of yaml)
    if (file !== settingsFile && !directories.some((directory) => file.startsWith(`${directory}/`)))
      addProblem(problems, file, `this file is in no workspace (${pattern}); move it into one`);
  return placesOf(directories, problems);
}

const addProblem = (problems: Problems, file: string, message: string): void =>
  problems.add({ file, line: 1, column: 1 }, 'misplaced', message);

/** The directories below `directory` of which each part matches. */
async function matching(
  directory: string,
  [part, ...rest]: readonly string[],
): Promise<readonly string[]> {
  if (part === undefined) return [directory];
  const entries = await readdir(directory, { withFileTypes: true });
  const found = entries
    .filter(
      (entry) =>
        entry.isDirectory() && !entry.name.startsWith('.') && matchesPattern(entry.name, part),
    )
    .map(({ name }) => join(directory, name));
  return (await Promise.all(found.map((one) => matching(one, rest)))).flat();
}

function placesOf(directories: readonly string[], problems: Problems): readonly WorkspacePlace[] {
  const places = new Map<string, WorkspacePlace>();
  for (const directory of directories.toSorted(byCodeUnits)) {
    const name = basename(directory);
    const first = places.get(name);
    if (!isWorkspaceName(name))
      addProblem(
        problems,
        directory,
        `a workspace cannot be named ${quote(name)}: write ${workspaceNameForm}`,
      );
    else if (first)
      addProblem(
        problems,
        directory,
        `two workspaces are named ${quote(name)}; the other is ${first.directory}`,
      );
    else places.set(name, { name, directory });
  }
  return [...places.values()].toSorted((a, b) => byCodeUnits(a.name, b.name));
}
