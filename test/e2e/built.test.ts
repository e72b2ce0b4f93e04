import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect, inject, test } from 'vitest';

const dist = join(inject('build'), 'dist');
const read = (file: string): string => readFileSync(join(dist, file), 'utf8');
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

test('needs only Node and its own files', () => {
  const imported = globSync('**/*.js', { cwd: dist }).flatMap((file) =>
    matches(read(file), /^(?:import|export)\b[^;"]*"([^"]+)";$/gm),
  );
  const foreign = imported.filter(
    (name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name),
  );
  expect(imported.length).toBeGreaterThan(100);
  expect(foreign).toEqual([]);
});

test('lists every bundled package with a permissive licence', () => {
  const text = read('licences.txt');
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const named = matches(text, /^((?:@[\w-]+\/)?[\w.-]+ \d+\.\d+\.\d+: .+)$/gm);
  expect(named.map((line) => line.split(': ')[0])).toEqual(
    expect.arrayContaining(
      Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
    ),
  );
  for (const line of named)
    expect(line).toMatch(/: (MIT|MIT-0|0BSD|ISC|BSD-[23]-Clause|Apache-2\.0)$/);
  expect(text.match(/permission/gi)?.length).toBeGreaterThan(named.length / 2);
});

test('the SBOM is valid CycloneDX, and lists the packages whose licences are shipped', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const text = read('sbom.cdx.json');
  expect(await validator.validate(text)).toBeNull();
  expect(await validator.validate(text.replace('"CycloneDX"', '"Cyclone"'))).not.toBeNull();
  const { components } = JSON.parse(text) as {
    components: readonly {
      name: string;
      version: string;
      licenses: readonly { license: { id: string } }[];
    }[];
  };
  const listed = components.map(
    ({ name, version, licenses }) => `${name} ${version}: ${licenses[0]?.license.id}`,
  );
  expect(listed).toEqual(
    matches(read('licences.txt'), /^((?:@[\w-]+\/)?[\w.-]+ \d+\.\d+\.\d+: .+)$/gm),
  );
});
