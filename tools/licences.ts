import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

/**
 * A plugin that adds `licences.txt` to the build: each bundled package with its licence, which must be distributed with
 * it. `copied`: the absolute paths of files of packages that are shipped beside the bundle.
 */
export const licences = (copied: readonly string[]): Plugin => ({
  name: 'licences',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk' ? file.moduleIds : [],
    );
    const files = [...modules, ...copied];
    const directories = [...new Set(files.flatMap((file) => packageOf.exec(file)?.[0] ?? []))];
    const source = directories
      .toSorted()
      .map(licenceOf)
      .join(`\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
  },
});

/** Matches the directory of the package that contains a module. */
const packageOf = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

function licenceOf(directory: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(directory, 'package.json'), 'utf8'),
  ) as Readonly<Record<'name' | 'version' | 'license', string>>;
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined ? '' : `\n${readFileSync(join(directory, file), 'utf8').trim()}\n`;
  return `${name} ${version}: ${license}\n${text}`;
}
