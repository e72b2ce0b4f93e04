import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where what is shipped was built for this run. */
    readonly build: string;
  }
}

/** Builds what is shipped, once a run and in a place of its own, for the end-to-end tests. */
export function setup({ provide }: TestProject): () => void {
  const build = `${import.meta.dirname}/../../build/e2e-${process.pid}`;
  mkdirSync(build, { recursive: true });
  execFileSync('npx', ['rolldown', '-c', '--dir', `${build}/dist`]);
  for (const name of ['package.json', 'bin']) cpSync(name, `${build}/${name}`, { recursive: true });
  provide('build', build);
  return () => rmSync(build, { recursive: true });
}
