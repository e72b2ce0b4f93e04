import { defineConfig } from 'vitest/config';

/** The tests that mutants of `stryker.config.json` meet: those of what decides and of what is declared, which take seconds. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    include: [
      'test/unit/{corners,guard,kept,order,plan,planCorners,power,resolve,setbacks,stock,windows,witnesses}.test.ts',
      'test/mutation/desired.test.ts',
    ],
  },
});
