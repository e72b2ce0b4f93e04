import { globSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { licences } from './tools/licences.ts';

/** What reads files beside itself keeps its place among them: the kinds are the files of a folder, the version is in package.json. */
const placed = /src\/(kinds\/lib\/catalog|cli\/version)\.ts$/;

/** What is shipped: the program with its packages in a few files, since Node takes longer to find a thousand of them than to run them. */
export default defineConfig({
  input: ['src/main.ts', ...globSync('src/kinds/{,lookups/}*.ts')],
  platform: 'node',
  plugins: [licences()],
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
