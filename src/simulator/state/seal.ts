import { createHmac } from 'node:crypto';
import type { Row, Table } from '../world/table.ts';
import type { Tables } from '../world/world.ts';

/**
 * Replaces a secret by a digest under the state file's key, so that equal secrets have equal digests. A digest is
 * returned unchanged.
 */
export function seal(key: string, secret: string): string {
  if (/^hmac-sha256:[0-9a-f]{64}$/.test(secret)) return secret;
  return `hmac-sha256:${createHmac('sha256', key).update(secret).digest('hex')}`;
}

/** Returns a row for the state file, with secrets and scripts replaced by digests. No answer shows them. */
export function sealRow<T extends Row>(name: keyof Tables, row: T, key: string): T {
  const sealer = sealers[name] as unknown as ((row: T, digest: Digest) => T) | undefined;
  return sealer ? sealer(row, (secret) => seal(key, secret)) : row;
}

type Digest = (secret: string) => string;
type RowOf<T> = T extends Table<infer R> ? R : never;

const sealers: {
  readonly [Name in keyof Tables]?: (
    row: RowOf<Tables[Name]>,
    digest: Digest,
  ) => RowOf<Tables[Name]>;
} = {
  secrets: (row, digest) => ({ ...row, value: digest(row.value) }),
  startupScripts: (row, digest) => ({ ...row, script: digest(row.script) }),
  machines: (row, digest) => ({
    ...row,
    scriptRuns: row.scriptRuns.map((run) => ({ ...run, script: digest(run.script) })),
  }),
  containerRegistries: (row, digest) => ({ ...row, password: digest(row.password) }),
  storageProviders: (row, digest) => ({
    ...row,
    s3Config: { ...row.s3Config, secretAccessKey: digest(row.s3Config.secretAccessKey) },
  }),
  deploymentSpecs: (row, digest) => ({ ...row, data: sealConfig(row.data, digest) }),
};

const secretKeys = ['basicAuthKey', 'secretAccessKey', 'password'];

/**
 * Replaces the keys and passwords in a deployment spec, at any depth, by digests. References to stored secrets
 * (`secret:NAME`) stay.
 */
const sealConfig = <T>(config: T, digest: Digest): T =>
  JSON.parse(
    JSON.stringify(config, (key, value: unknown) =>
      typeof value === 'string' && secretKeys.includes(key) && !value.startsWith('secret:')
        ? digest(value)
        : value,
    ),
  ) as T;
