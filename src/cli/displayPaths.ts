import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWithin } from '../model/files/readBounded.ts';

/** Converts the name of a file in the config directory for readers elsewhere. */
type NameOf = (file: string) => string;

/** The root of the Git repository that contains a directory; the directory itself if there is none. */
export function repositoryRoot(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, '.git'))) return directory;
    if (dirname(directory) === directory) return start;
  }
}

/**
 * Names files of the config directory by their path relative to `root`; by their absolute path if they are outside it.
 */
export const pathsFrom =
  (root: string, directory: string): NameOf =>
  (file) => {
    const path = resolve(directory, file);
    return isWithin(root, path) ? relative(root, path).split(sep).join('/') || '.' : path;
  };

/** Names files of the config directory by URL, relative if they are inside `root`. */
export const urlsFrom = (root: string, directory: string): NameOf => {
  const pathOf = pathsFrom(root, directory);
  return (file) => {
    const path = pathOf(file);
    return isAbsolute(path)
      ? pathToFileURL(path).href
      : path.split('/').map(encodeURIComponent).join('/');
  };
};
