import { defineConfig } from 'vitest/config';

/** The tests that mutants of `stryker.config.json` meet: those of what decides, which take seconds. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    include: [
      'test/unit/{guard,kept,order,plan,power,resolve,setbacks,stock,windows,witnesses}.test.ts',
    ],
  },
});
