import { writeFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Loaded before the program (`NODE_OPTIONS=--import`): kills it while it writes one of its files. `KILL_IN_WRITE` names
 * the moment and the number of the write: `half 3`, `before-rename 3`, or `after-rename 3`.
 */
const [where, which] = (process.env['KILL_IN_WRITE'] ?? '').split(' ');
const { writeFile, rename } = files;
let writes = 0;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

const isDue = (at: string) => where === at && writes === Number(which);

files.writeFile = async (path, data, options) => {
  if (typeof path !== 'string' || typeof data !== 'string' || !path.endsWith('.part'))
    return writeFile(path, data, options);
  writes += 1;
  if (!isDue('half')) return writeFile(path, data, options);
  writeFileSync(path, data.slice(0, data.length / 2));
  return die();
};

files.rename = async (from, to) => {
  if (isDue('before-rename')) return die();
  await rename(from, to);
  if (isDue('after-rename')) await die();
};

syncBuiltinESMExports();
