import { createHash } from 'node:crypto';
import type { Absent, Desired, SecretFile } from '../../model/resource.ts';
import { nameOf } from './containment.ts';
import { byCodeUnits } from '../problems/problems.ts';
import { sha256 } from './readText.ts';

/**
 * The sha256 of a desired state. Depends on what is declared, not on files, positions, or order. The text of a file
 * that a spec includes counts; of a secret only its source counts, with paths relative to `directory`.
 */
export function revisionOf(
  resources: readonly Desired[],
  absent: readonly Absent[],
  directory: string,
): string {
  const hashOf = hasher(directory);
  const lines = [
    ...resources.map(({ address, spec, lifecycle }) => [address, hashOf(spec), hashOf(lifecycle)]),
    ...absent.map(({ address }) => [address, 'absent']),
  ].map((line) => JSON.stringify(line));
  // Hashed line by line: the lines of a large team would make a string of megabytes.
  const revision = createHash('sha256');
  for (const [index, line] of lines.toSorted(byCodeUnits).entries())
    revision.update(index === 0 ? line : `\n${line}`);
  return revision.digest('hex');
}

/** Computes the sha256 of a value's canonical form. A value that several resources share is hashed once. */
function hasher(directory: string): (value: object) => string {
  const hashes = new Map<object | string, string>();
  const memoized = (value: object | string, make: () => string): string => {
    const hash = hashes.get(value) ?? sha256(make());
    hashes.set(value, hash);
    return hash;
  };
  const canonical = (_: string, value: unknown): unknown => {
    if (typeof value === 'string' && value.length > longText)
      return { sha256: memoized(value, () => value) };
    return isObject(value) ? sorted(value, directory) : value;
  };
  return (value) => memoized(value, () => JSON.stringify(value, canonical));
}

/** Longer texts appear in the canonical form as their sha256. */
const longText = 256;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Sorts keys, and makes the path of a secret's file relative to the directory: another checkout of the same config has
 * the same revision.
 */
const sorted = (value: object, directory: string): object =>
  Object.fromEntries(
    Object.entries(isSecretFile(value) ? relativeTo(directory, value) : value).toSorted(
      ([a], [b]) => byCodeUnits(a, b),
    ),
  );

const isSecretFile = (value: object): value is SecretFile =>
  'within' in value && 'from' in value && (value.from === 'file' || value.from === 'sops');

const relativeTo = (directory: string, file: SecretFile): object => ({
  ...file,
  within: undefined,
  path: nameOf(directory, file.path),
});
