import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { authoringSchema, settingsSchema } from '../src/desired/authoring.ts';
import { loadCatalog } from '../src/kinds/lib/load.ts';

/** Writes the files that are made from the code; with `--check` it writes nothing and fails when one is out of date. */
const catalog = await loadCatalog();
const files = {
  'docs/schema/desired.json': authoringSchema(catalog),
  'docs/schema/settings.json': settingsSchema(),
};

const check = process.argv.includes('--check');
for (const [path, value] of Object.entries(files)) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const before = await readFile(path, 'utf8').catch(() => '');
  if (before === text) continue;
  if (check) {
    process.stderr.write(`${path} is out of date: npm run generate\n`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    process.stdout.write(`wrote ${path}\n`);
  }
}
