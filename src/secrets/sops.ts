import type { Clock } from '../model/time/clock.ts';
import { extname } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import { ProgramError, runProgram } from './program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long `sops` may take, and after how long a file is tried again whose decryption took longer. */
const limitMs = 20_000;
const retryMs = 60_000;

const maxBytes = 1024 * 1024;

/** The formats of files by the ending of their name, as `sops` tells them. */
const formats: ReadonlyMap<string, string> = new Map([
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.json', 'json'],
  ['.env', 'dotenv'],
  ['.ini', 'ini'],
]);

/** Decrypts one value of an opened SOPS file. */
export type Decrypt = (file: FileHandle, path: string, key: string) => Promise<string>;

/**
 * Decrypts with the program `sops`, which checks the file's MAC. After a run over the time limit, every value of that file is refused
 * for a minute: a service that does not answer costs a pass one time limit, and not one for each value.
 */
export function createSops(env: Environment, clock: Clock): Decrypt {
  const hung = new Map<string, number>();
  return async (file, path, key) => {
    if ((hung.get(path) ?? -Infinity) > clock.steady())
      throw new ProgramError('sops took too long for another value of this file', true);
    try {
      return await runProgram(
        {
          command: ['sops', ...argumentsFor(path, key)],
          env: programEnvironment(env),
          stdin: file.fd,
          limitMs,
          maxBytes,
        },
        clock,
      );
    } catch (error) {
      if (error instanceof ProgramError && error.timedOut) hung.set(path, clock.steady() + retryMs);
      throw error;
    }
  };
}

/** The very file that was checked is its input; a path could lead to another one by now. */
function argumentsFor(path: string, key: string): readonly string[] {
  const parts = key.split('.').map((part) => `[${JSON.stringify(part)}]`);
  const format = formats.get(extname(path)) ?? 'binary';
  const types = [`--input-type=${format}`, `--output-type=${format}`];
  return ['--decrypt', ...types, '--extract', parts.join(''), '/dev/stdin'];
}

/**
 * The variables that `sops` needs to find its keys: those of the user and the machine, SOPS, GnuPG, and the key services of AWS, Azure,
 * Google, Huawei, and Vault, and of proxies. None of Holdfast's own is among them, and none of anything else that runs beside it.
 */
const programEnvironment = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && passedOn.test(entry[0]),
    ),
  );

const passedOn = new RegExp(
  `^(${[
    'PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LC_\\w+|XDG_CONFIG_HOME|XDG_RUNTIME_DIR',
    'SOPS_\\w+|GNUPGHOME|GPG_\\w+',
    'AWS_\\w+|AZURE_\\w+|IDENTITY_\\w+|IMDS_ENDPOINT|MSI_\\w+|GOOGLE_\\w+|CLOUDSDK_\\w+|GCE_\\w+|HUAWEICLOUD_\\w+|VAULT_\\w+',
    '(?:https?|all|no)_proxy|(?:HTTPS?|ALL|NO)_PROXY|SSL_CERT_(?:FILE|DIR)',
  ].join('|')})$`,
);
