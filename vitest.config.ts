import { defineConfig } from 'vitest/config';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24)
  throw new Error(`tests need Node 24, this is ${process.version}: run them with "npm test"`);

const seeds = ['test/chaos/seeds*.test.ts'];

/** Long runs over what shorter tests also cover: `npm run test:long`. */
const long = [
  'accept',
  'bench',
  'control',
  'crash',
  'explain',
  'hostileText',
  'importTerraform',
  'notifyCrash',
  'only',
  'output',
  'ownFiles',
  'places',
  'simulate',
  'storeCrash',
  'storeFaults',
  'tracing',
  'upgrade',
].map((name) => `test/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Other programs may use the processors.
    expect: { poll: { timeout: 55_000 } },
    // Twice the processors of CI: tests wait for processes and servers.
    maxWorkers: 4,
    reporters: ['default', './test/support/countsReporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/!(e2e|mutation|postgres)/**/*.test.ts'],
          exclude: seeds,
        },
      },
      {
        // The simulation, which is no part of the coverage.
        extends: true,
        test: { name: 'seeds', include: seeds },
      },
      {
        // The tests of stores again, in PostgreSQL.
        extends: true,
        test: {
          name: 'postgres',
          include: [
            'test/postgres/**/*.test.ts',
            'test/store/!(upgrade|backend).test.ts',
            'test/store/history/*.test.ts',
            'test/conformance/*.test.ts',
          ],
          globalSetup: ['./test/postgres/server.ts'],
          setupFiles: ['./test/postgres/useServer.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: long,
          globalSetup: ['./test/e2e/build.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'long', include: long, globalSetup: ['./test/e2e/build.ts'] },
      },
    ],
  },
});
