import type { BundledPackage } from './bundledPackages.ts';

/** Returns each package with its licence, which must be distributed with it, as text. */
export const licences = (packages: readonly BundledPackage[]): string =>
  packages
    .map(
      ({ name, version, license, text }) =>
        `${name} ${version}: ${license}\n${text && `\n${text}\n`}`,
    )
    .join(`\n${'-'.repeat(80)}\n\n`);
