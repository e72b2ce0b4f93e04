import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The directory of the build of this run. */
    readonly build: string;
  }
}

/** Builds the package once per test run, in its own directory, for the end-to-end tests. */
export function setup({ provide }: TestProject): () => void {
  const build = `${import.meta.dirname}/../../build/e2e-${process.pid}`;
  execFileSync(process.execPath, ['tools/package.ts', build]);
  provide('build', build);
  return () => rmSync(build, { recursive: true, force: true });
}
