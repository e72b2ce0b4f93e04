import type { FileHandle } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Clock } from '../../model/time/clock.ts';
import { ProgramError, runProgram } from '../program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The time limit of `sops`, and the time after which a file that exceeded it is tried again. */
const limitMs = 20_000;
const retryMs = 60_000;

const maxBytes = 1024 * 1024;

/** The format of a file by its extension, as `sops` determines it. */
const formats: ReadonlyMap<string, string> = new Map([
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.json', 'json'],
  ['.env', 'dotenv'],
  ['.ini', 'ini'],
]);

/** Decrypts the value at `key` of an open SOPS file. Rejects with a `ProgramError`. */
type RunSops = (file: FileHandle, path: string, key: string) => Promise<string>;

/**
 * Creates a function that runs the program `sops`, which checks the file's MAC. After a timeout, every value of the
 * same file is refused for a minute, so that an unresponsive key service costs a pass one time limit and not one for
 * each value.
 */
export function createSopsProgram(env: Environment, clock: Clock): RunSops {
  const retryAtByPath = new Map<string, number>();
  return async (file, path, key) => {
    if ((retryAtByPath.get(path) ?? -Infinity) > clock.steady())
      throw new ProgramError('sops took too long for another value of this file', 'timed-out');
    try {
      const output = await runProgram(
        {
          command: ['sops', ...argumentsFor(path, key)],
          env: programEnvironment(env),
          stdin: file.fd,
          limitMs,
          maxBytes,
        },
        clock,
      );
      return output.toString();
    } catch (error) {
      if (error instanceof ProgramError && error.reason === 'timed-out')
        retryAtByPath.set(path, clock.steady() + retryMs);
      throw error;
    }
  };
}

/** The open file is passed as the standard input, because the path could lead to another file by now. */
function argumentsFor(path: string, key: string): readonly string[] {
  const parts = key.split('.').map((part) => `[${JSON.stringify(part)}]`);
  const format = formats.get(extname(path)) ?? 'binary';
  const types = [`--input-type=${format}`, `--output-type=${format}`];
  return ['--decrypt', ...types, '--extract', parts.join(''), '/dev/stdin'];
}

/**
 * The environment variables that `sops` needs to find its keys: those of the user and the machine, SOPS, GnuPG, the key
 * services of AWS, Azure, Google, Huawei, and Vault, and proxies. No variable of Holdfast or of another program is
 * passed.
 */
const programEnvironment = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && allowedNames.test(entry[0]),
    ),
  );

const allowedNames = new RegExp(
  `^(${[
    'PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LC_\\w+|XDG_CONFIG_HOME|XDG_RUNTIME_DIR',
    'SOPS_\\w+|GNUPGHOME|GPG_\\w+',
    'AWS_\\w+|AZURE_\\w+|IDENTITY_\\w+|IMDS_ENDPOINT|MSI_\\w+|GOOGLE_\\w+|CLOUDSDK_\\w+|GCE_\\w+|HUAWEICLOUD_\\w+|VAULT_\\w+',
    '(?:https?|all|no)_proxy|(?:HTTPS?|ALL|NO)_PROXY|SSL_CERT_(?:FILE|DIR)',
  ].join('|')})$`,
);
