import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'rolldown';
import { assets, morph } from './tools/assets.ts';
import { bundledPackages } from './tools/bundledPackages.ts';
import { licences } from './tools/licences.ts';
import { sbom } from './tools/sbom.ts';

/** Modules that read files relative to themselves, and so keep their path: the catalog and the simulator read their folders, the sinks are imported by name, the version reads package.json, the dashboard its assets. */
const placed = /src\/(kinds\/lib\/catalog|simulator\/collections\/lib\/load|notify\/openSink|cli\/version|dashboard\/assets)\.ts$/;

/** Modules that are found by their place in a folder. */
const found = globSync([
  'src/kinds/{,lookups/}*.ts',
  'src/simulator/collections/!(lib)/*.ts',
  'src/notify/sinks/*.ts',
]);

/** The shipped program: a few files that include the packages, since Node loads a thousand files more slowly than it runs them. */
export default defineConfig({
  input: ['src/main.ts', ...found],
  platform: 'node',
  // The build of the package for Node looks up two environment variables for each token: a tenth of the time to read YAML.
  resolve: { alias: { yaml: resolve('node_modules/yaml/browser/index.js') } },
  plugins: [
    bundledPackages([resolve(morph)], { 'licences.txt': licences, 'sbom.cdx.json': sbom }),
    assets(),
  ],
  output: {
    dir: 'dist',
    cleanDir: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: ({ facadeModuleId }) =>
      (facadeModuleId ?? '').replace(/^.*\/src\//, '').replace(/ts$/, 'js'),
    chunkFileNames: '[name].js',
    codeSplitting: {
      groups: [
        { test: placed, name: (id) => placed.exec(id)?.[1] ?? null, debugName: 'keeps its place' },
      ],
    },
  },
});
