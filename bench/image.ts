import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const dockerfile = readFileSync(join(import.meta.dirname, '../Dockerfile'), 'utf8');

/** The arguments that the image passes to Node before the program. */
export const nodeArguments: readonly string[] = (
  JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
).filter((argument) => argument.startsWith('--'));

/** The environment variables that the image sets for memory. */
export const memorySettings: Readonly<Record<string, string>> = Object.fromEntries(
  dockerfile.matchAll(/\b(MALLOC_\w+)=(\S+)/g).map(([, name = '', value = '']) => [name, value]),
);
