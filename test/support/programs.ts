import { execFileSync } from 'node:child_process';

/** Whether a program is installed. If it is not, says so, and what is not tested without it. */
export function isInstalled(program: string, untested: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`SKIPPED: ${untested}, since ${program} is missing\n`);
    return false;
  }
}
