import { readFileSync } from 'node:fs';
import type { BundledPackage } from './bundledPackages.ts';

/** Returns a CycloneDX document, in JSON, of the program and the packages that its build contains. */
export function sbom(packages: readonly BundledPackage[]): string {
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { ...component(own), type: 'application' } },
    components: packages.map(component),
    dependencies: [
      { ref: purlOf(own), dependsOn: [...new Set(packages.map(purlOf))] },
      ...packages.map((one) => ({ ref: purlOf(one) })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

type Package = Omit<BundledPackage, 'text'>;

const component = (one: Package) => ({
  type: 'library',
  'bom-ref': purlOf(one),
  name: one.name,
  version: one.version,
  licenses: [{ license: { id: one.license } }],
  purl: purlOf(one),
});

/** The package URL, in which the `@` of a scope is encoded. */
const purlOf = ({ name, version }: Package): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;
