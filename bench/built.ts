import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The built program, in a temporary directory. */
export interface Built extends Disposable {
  /** Its main module. */
  readonly main: string;
  /** What people start: it checks Node and sets its options. */
  readonly program: string;
}

export function build(): Built {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const out = join(directory, 'dist');
  execFileSync(join(root, 'node_modules/.bin/rolldown'), ['-c', '--dir', out], { cwd: root });
  symlinkSync(join(root, 'package.json'), join(directory, 'package.json'));
  // Copied, since a link leads to the sources.
  cpSync(join(root, 'bin'), join(directory, 'bin'), { recursive: true });
  return {
    program: join(directory, 'bin/holdfast.js'),
    main: join(out, 'main.js'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}
