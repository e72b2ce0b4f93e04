import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { place } from './holdfast.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The linter's output for a tree that holds the rules and these files, by path. */
async function lint(files: Readonly<Record<string, string>>): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'holdfast-lint-'));
  try {
    await cp(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      await writeFile(join(tree, file), text);
    }
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

const importing = (target: string): string =>
  `import { x } from '${target}';\nexport const y = x;\n`;

describe('imports go down only, floor by floor', () => {
  const part = 'a part imports itself and model/ only';
  test.each([
    ['src/reconcile/planted.ts', '../api/client.ts', part],
    ['src/reconcile/plan/planted.ts', '../../report/text.ts', part],
    ['src/reconcile/plan/relations/planted.ts', '../../../report/text.ts', part],
    ['src/kinds/lib/planted.ts', '../../desired/load.ts', part],
    ['src/server/planted.ts', '../cli/program.ts', part],
    ['src/store/planted.ts', '../setup/context.ts', part],
    ['src/secrets/planted.ts', '../main.ts', part],
    ['src/sources/git/revision/planted.ts', '../../../desired/load.ts', part],
    ['src/model/planted.ts', '../kinds/machines.ts', 'model/ imports itself only'],
    ['src/model/time/planted.ts', '../../kinds/machines.ts', 'model/ imports itself only'],
    ['src/simulator/planted.ts', '../model/time/clock.ts', 'simulator/ imports itself only'],
    ['src/simulator/world/planted.ts', '../../api/client.ts', 'simulator/ imports itself only'],
    ['src/daemon/planted.ts', '../cli/commands/run.ts', 'a feature joins parts and features'],
    ['src/import/yaml/planted.ts', '../../cli/program.ts', 'a feature joins parts and features'],
  ])('%s may not import %s', async (file, target, says) => {
    expect(await lint({ [file]: importing(target) })).toContain(says);
  });

  test.each([
    ['src/reconcile/planted.ts', '../model/pass/plan.ts'],
    ['src/reconcile/guard/planted.ts', '../report/report.ts'],
    ['src/cli/planted.ts', '../api/client.ts'],
    ['src/daemon/planted.ts', '../reconcile/loop.ts'],
    ['src/kinds/planted.ts', './lib/rest.ts'],
    ['src/simulator/state/planted.ts', '../../model/files/privateFiles.ts'],
  ])('%s may import %s', async (file, target) => {
    expect(await lint({ [file]: importing(target) })).not.toContain('no-restricted-imports');
  });
});

test('the linter finds a circle of imports, even of types', async () => {
  const says = await lint({
    'src/model/a.ts': "import type { B } from './b.ts';\nexport type A = B | 1;\n",
    'src/model/b.ts':
      "import type { A } from './a.ts';\nexport interface B {\n  readonly a: A;\n}\n",
  });
  expect(says).toContain('Dependency cycle detected');
});

test('every file that names a version of Node names the same one', async () => {
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

test.each(['', 'docs/'])(
  'the lockfile %spackage-lock.json names no registry',
  async (directory) => {
    const lock = JSON.parse(await readFile(join(root, directory, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    const hosts = Object.values(lock.packages).filter(({ resolved }) => resolved?.includes('://'));
    expect(hosts).toEqual([]);
  },
);

test('comments wrap at 120 columns', async () => {
  const files = (await Array.fromAsync(glob('{src,test,bench,fuzz,tools}/**/*.ts', { cwd: root })))
    .filter((file) => !file.includes('node_modules'))
    .toSorted();
  expect(files.length).toBeGreaterThan(0);
  const long = await Promise.all(
    files.map(async (file) =>
      (await readFile(join(root, file), 'utf8'))
        .split('\n')
        .flatMap((line, index) =>
          line.length > 120 && /^\s*(\*|\/[*/]) /.test(line) ? [`${file}:${index + 1}`] : [],
        ),
    ),
  );
  expect(long.flat()).toEqual([]);
});

test('every folder of the program has an import rule', async () => {
  const rules = await readFile(join(root, '.oxlintrc.json'), 'utf8');
  const folders = await readdir(join(root, 'src'), { withFileTypes: true });
  const without = folders.filter(
    (entry) =>
      entry.isDirectory() &&
      entry.name !== 'cli' &&
      !new RegExp(String.raw`"src/(\{[\w,]*)?\b${entry.name}\b[\w,]*\}?/\*\.ts"`).test(rules),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

test('the README’s plan is the output of the program', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? [];
  const [, printed = ''] = /```text\n([^]*?)```/.exec(readme) ?? [];
  await using here = await place();
  await here.write({ 'team/team.yaml': yaml });
  const { code, stdout } = await here.run(['plan', '--config', 'team', '--simulate']);
  expect(code).toBe(2);
  expect(stdout).toBe(printed);
});
