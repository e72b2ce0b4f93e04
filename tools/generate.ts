import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createProgram } from '../src/cli/program.ts';
import { version } from '../src/cli/version.ts';
import { processOutputs } from '../src/console/output.ts';
import { documentSchema, settingsSchema } from '../src/desired/editorSchema/documentSchema.ts';
import { settingsSchema as settingsFields } from '../src/desired/settings/settingsSchema.ts';
import { loadCatalog } from '../src/kinds/lib/catalog.ts';
import { reportSchema } from '../src/report/schema/report.ts';
import { commandsPage } from './commandsPage.ts';
import { kindPage, kindsPage } from './kindPage.ts';
import { manPage } from './manPage.ts';
import { chartRules, prometheusRule } from './prometheusRule.ts';
import { settingsPage } from './settingsPage.ts';

/**
 * Writes the files that are generated from the code. With `--check`, writes nothing, and fails if one is out of date,
 * missing, or left over.
 */
const catalog = await loadCatalog();
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const pages = 'docs/kinds';
const program = createProgram(() => undefined, processOutputs());
const files: Readonly<Record<string, string>> = {
  'deploy/helm/holdfast/files/prometheus-rules.yaml': chartRules(),
  'deploy/kustomize/components/prometheus-operator/prometheus-rule.yaml': prometheusRule(),
  'docs/commands.md': commandsPage(program),
  'docs/schema/desired.json': json(documentSchema(catalog)),
  'docs/schema/report.json': json(reportSchema()),
  'docs/schema/settings.json': json(settingsSchema()),
  'docs/settings.md': settingsPage(settingsFields),
  'man/holdfast.1': manPage(program, version()),
  [`${pages}/README.md`]: kindsPage(catalog),
  ...Object.fromEntries(
    [...catalog.kinds.values()].map((kind) => [
      `${pages}/${kind.name}.md`,
      kindPage(kind, catalog),
    ]),
  ),
};

const check = process.argv.includes('--check');

function complain(path: string, how: string): void {
  process.stderr.write(`${path} is ${how}: npm run generate\n`);
  process.exitCode = 1;
}

for (const [path, text] of Object.entries(files)) {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) continue;
  if (check) complain(path, before === undefined ? 'missing' : 'out of date');
  else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    process.stdout.write(`wrote ${path}\n`);
  }
}

for (const name of await readdir(pages).catch(() => [])) {
  const path = `${pages}/${name}`;
  if (Object.hasOwn(files, path)) continue;
  if (check) complain(path, 'left over');
  else {
    await rm(path);
    process.stdout.write(`removed ${path}\n`);
  }
}
