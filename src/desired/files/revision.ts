import { createHash } from 'node:crypto';
import type { Absent, Desired, SecretFile } from '../../model/resource.ts';
import { nameOf } from './containment.ts';
import { compare } from '../problems/problems.ts';
import { sha256 } from './readText.ts';

/**
 * The sha256 of a desired state: of what is declared, wherever and in whatever order it stands. A text that a spec takes from
 * a file counts, of a secret only where it is to be had; files are named from the directory.
 */
export function revisionOf(
  resources: readonly Desired[],
  absent: readonly Absent[],
  directory: string,
): string {
  const print = printer(directory);
  const lines = [
    ...resources.map(({ address, spec, lifecycle }) => [address, print(spec), print(lifecycle)]),
    ...absent.map(({ address }) => [address, 'absent']),
  ].map((line) => JSON.stringify(line));
  // Line by line: those of a large team would be a text of megabytes.
  const revision = createHash('sha256');
  for (const [index, line] of lines.toSorted(compare).entries())
    revision.update(index === 0 ? line : `\n${line}`);
  return revision.digest('hex');
}

/** The sha256 of a value's canonical form. What several resources share is looked at once. */
function printer(directory: string): (value: object) => string {
  const known = new Map<object | string, string>();
  const once = (value: object | string, make: () => string): string => {
    const print = known.get(value) ?? sha256(make());
    known.set(value, print);
    return print;
  };
  const canonical = (_: string, value: unknown): unknown => {
    if (typeof value === 'string' && value.length > longText)
      return { sha256: once(value, () => value) };
    return isObject(value) ? sorted(value, directory) : value;
  };
  return (value) => once(value, () => JSON.stringify(value, canonical));
}

/** Longer texts go into the form as their sha256. */
const longText = 256;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys in order, and the path of a secret's file from the directory: another checkout of a config is the same config. */
const sorted = (value: object, directory: string): object =>
  Object.fromEntries(
    Object.entries(isSecretFile(value) ? fromThere(directory, value) : value).toSorted(([a], [b]) =>
      compare(a, b),
    ),
  );

const isSecretFile = (value: object): value is SecretFile =>
  'within' in value && 'from' in value && (value.from === 'file' || value.from === 'sops');

const fromThere = (directory: string, file: SecretFile): object => ({
  ...file,
  within: undefined,
  path: nameOf(directory, file.path),
});
