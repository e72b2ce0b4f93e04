import { defineConfig } from 'vitest/config';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24)
  throw new Error(`tests need Node 24, this is ${process.version}: run them with "npm test"`);

export default defineConfig({
  test: {
    globalSetup: ['./test/e2e/build.ts'],
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    reporters: ['default', './test/support/countsReporter.ts'],
  },
});
