import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isWithin } from '../model/files/readBounded.ts';

/** Names a file of the config directory for those who do not look from there. */
type NameOf = (file: string) => string;

/** The root of the Git repository that holds a directory; outside of any, the directory itself. */
export function repositoryRoot(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, '.git'))) return directory;
    if (dirname(directory) === directory) return start;
  }
}

/** Names files of the config directory by their path from `root`; by their whole path where they are not inside. */
export const pathsFrom =
  (root: string, directory: string): NameOf =>
  (file) => {
    const path = resolve(directory, file);
    return isWithin(root, path) ? relative(root, path).split(sep).join('/') || '.' : path;
  };

/** Likewise as URLs, which are relative where the files are inside. */
export const urlsFrom = (root: string, directory: string): NameOf => {
  const pathOf = pathsFrom(root, directory);
  return (file) => {
    const path = pathOf(file);
    return isAbsolute(path)
      ? pathToFileURL(path).href
      : path.split('/').map(encodeURIComponent).join('/');
  };
};
