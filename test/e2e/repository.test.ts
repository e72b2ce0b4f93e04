import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { place } from './holdfast.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** What the linter says of one file, in a tree that has nothing but the rules and that file. */
async function lint(file: string, text: string): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'holdfast-lint-'));
  try {
    await cp(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await writeFile(join(tree, file), text);
    return await run('npx', ['--prefix', root, 'oxlint', '-c', '.oxlintrc.json', 'src'], {
      cwd: tree,
      env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env['PATH']}` },
    }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await rm(tree, { recursive: true });
  }
}

describe('a folder imports itself and model/', () => {
  test.each([
    ['src/reconcile/planted.ts', '../api/client.ts', 'reconcile/ imports itself and model/ only'],
    ['src/kinds/planted.ts', '../reconcile/plan.ts', 'kinds/ imports itself and model/ only'],
    ['src/kinds/lib/planted.ts', '../../desired/load.ts', 'kinds/ imports itself and model/ only'],
    ['src/model/planted.ts', '../kinds/machines.ts', 'model/ imports itself only'],
    ['src/simulator/planted.ts', '../model/clock.ts', 'simulator/ imports itself only'],
    ['src/importing/planted.ts', '../desired/load.ts', 'importing/ imports itself and model/ only'],
    ['src/kinds/planted.ts', '../importing/merge.ts', 'kinds/ imports itself and model/ only'],
    ['src/server/planted.ts', '../cli/run.ts', 'server/ imports itself and model/ only'],
  ])('%s may not import %s', async (file, target, says) => {
    const text = `import { x } from '${target}';\nexport const y = x;\n`;
    expect(await lint(file, text)).toContain(says);
  });

  test.each([
    ['src/reconcile/planted.ts', '../model/plan.ts'],
    ['src/cli/planted.ts', '../api/client.ts'],
    ['src/kinds/planted.ts', './lib/rest.ts'],
    ['src/simulator/planted.ts', '../model/ownFiles.ts'],
  ])('%s may import %s', async (file, target) => {
    const text = `import { x } from '${target}';\nexport const y = x;\n`;
    expect(await lint(file, text)).not.toContain('no-restricted-imports');
  });
});

test('every place that names a version of Node names the same one', async () => {
  const read = (file: string) => readFile(join(root, file), 'utf8');
  const runtime = JSON.parse(await read('tools/node-runtime/package.json')) as {
    version: string;
    optionalDependencies: Record<string, string>;
  };
  const images = [...(await read('Dockerfile')).matchAll(/^FROM node:(\S+)-bookworm-slim/gm)];
  const named = [
    (await read('.nvmrc')).trim(),
    runtime.version,
    ...Object.values(runtime.optionalDependencies),
    ...images.map(([, version]) => version),
  ];
  expect(images.length).toBeGreaterThan(0);
  expect(new Set(named)).toEqual(new Set([runtime.version]));
});

test('the lockfile names no registry', async () => {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  const hosts = Object.values(lock.packages).filter(({ resolved }) => resolved?.includes('://'));
  expect(hosts).toEqual([]);
});

test('every folder of the program has its rule of import', async () => {
  const rules = await readFile(join(root, '.oxlintrc.json'), 'utf8');
  const folders = await readdir(join(root, 'src'), { withFileTypes: true });
  const without = folders.filter(
    (entry) =>
      entry.isDirectory() && entry.name !== 'cli' && !rules.includes(`"src/${entry.name}/**"`),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

test('the README’s plan is what the program prints', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? [];
  const [, printed = ''] = /```text\n([^]*?)```/.exec(readme) ?? [];
  await using here = await place();
  await here.write({ 'team/team.yaml': yaml });
  const { code, stdout } = await here.run(['plan', '--config', 'team', '--simulate']);
  expect(code).toBe(2);
  expect(stdout).toBe(printed);
});
