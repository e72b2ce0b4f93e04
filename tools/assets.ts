import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Plugin } from 'rolldown';

/** The file of a package that the pages of the dashboard load, which is not bundled. */
export const morph = 'node_modules/idiomorph/dist/idiomorph.esm.js';

/** A plugin that copies the files that the pages of the dashboard load. */
export const assets = (): Plugin => ({
  name: 'assets',
  generateBundle() {
    for (const file of [...globSync('src/dashboard/assets/*'), morph])
      this.emitFile({
        type: 'asset',
        fileName: `dashboard/assets/${basename(file).replace('.esm', '')}`,
        source: readFileSync(file),
      });
  },
});
