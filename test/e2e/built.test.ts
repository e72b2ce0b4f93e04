import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
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
