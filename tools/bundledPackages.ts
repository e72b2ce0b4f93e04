import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

/** A package whose code is shipped. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** The text of its licence; empty if the package has none. */
  readonly text: string;
}

/**
 * A plugin that adds files about the bundled packages to the build: `writers` has the function that makes each, by its
 * name. `copied`: the absolute paths of files of packages that are shipped beside the bundle.
 */
export const bundledPackages = (
  copied: readonly string[],
  writers: Readonly<Record<string, (packages: readonly BundledPackage[]) => string>>,
): Plugin => ({
  name: 'bundled packages',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk' ? file.moduleIds : [],
    );
    const packages = packagesOf([...modules, ...copied]);
    for (const [fileName, write] of Object.entries(writers))
      this.emitFile({ type: 'asset', fileName, source: write(packages) });
  },
});

/** Matches the directory of the package that contains a module. */
const packageOf = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** Returns the packages that contain these files, by directory. */
const packagesOf = (files: readonly string[]): readonly BundledPackage[] =>
  [...new Set(files.flatMap((file) => packageOf.exec(file)?.[0] ?? []))]
    .toSorted()
    .map(readPackage);

function readPackage(directory: string): BundledPackage {
  const { name, version, license } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  ) as Omit<BundledPackage, 'text'>;
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(directory, file), 'utf8').trim();
  return { name, version, license, text };
}
