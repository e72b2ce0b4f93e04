import { readFileSync } from 'node:fs';

/** The version of the program, from package.json. */
export const version = (): string =>
  (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      readonly version: string;
    }
  ).version;
