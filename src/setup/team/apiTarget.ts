import { checkKey } from '../../api/requests/request.ts';
import type { ApiOptions } from '../../api/client.ts';
import { proxyFor } from '../../api/transport/proxy.ts';
import { readBounded } from '../../model/files/readBounded.ts';
import type { SecretSource } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { readSecret } from '../../secrets/read.ts';
import { UserError, type Context } from '../context.ts';

/** The URL of the API if `PAPERSPACE_API_URL` is not set. */
const defaultUrl = 'https://api.paperspace.com/v1';

/** The URL of the API, the way to reach it, and the key. */
export type Target = Pick<ApiOptions, 'url' | 'allowHttp' | 'proxy' | 'key' | 'readKey'>;

/**
 * The real API, as the environment and the settings describe it. Rejects with a `UserError` if there is no key, or a
 * value cannot be used.
 */
export async function apiTarget(
  context: Pick<Context, 'env' | 'workspace'>,
  settings: Pick<Settings, 'apiKey'>,
): Promise<Target> {
  const { env } = context;
  const url = env['PAPERSPACE_API_URL'] || defaultUrl;
  const readKey = () => readApiKey(context, settings);
  return {
    url,
    allowHttp: env['PAPERSPACE_ALLOW_HTTP'] === '1',
    proxy: orUserError(() => proxyFor(url, env)),
    key: await readKey(),
    readKey,
  };
}

/**
 * The API key: that of the settings, otherwise that of the environment, which serves no more than one workspace.
 * Rejects with a `UserError` that names the setting or both variables.
 */
export async function readApiKey(
  { env, workspace }: Pick<Context, 'env' | 'workspace'>,
  { apiKey }: Pick<Settings, 'apiKey'>,
): Promise<string> {
  if (apiKey) return await keyFrom(apiKey, env);
  if (workspace)
    throw new UserError(
      `the workspace ${workspace.name} has no API key: set apiKey of the root settings, such as { file: "/run/keys/{workspace}" }, or of its holdfast.yaml`,
    );
  return await keyOfEnvironment(env);
}

async function keyFrom(source: SecretSource, env: Context['env']): Promise<string> {
  const text = await readSecret(source, env).catch((error: Error) => {
    throw new UserError(`apiKey of settings cannot be read: ${error.message}`);
  });
  return orUserError(() => checkKey(text.trim(), 'apiKey of settings'));
}

/** A key has about 30 characters. */
const maxKeyBytes = 4096;

async function keyOfEnvironment(env: Context['env']): Promise<string> {
  const { PAPERSPACE_API_KEY: key, PAPERSPACE_API_KEY_FILE: file } = env;
  if (key) return orUserError(() => checkKey(key.trim()));
  if (!file)
    throw new UserError(
      'there is no API key: set PAPERSPACE_API_KEY or PAPERSPACE_API_KEY_FILE, or try the embedded team with --simulate',
    );
  const keyFileError = (problem: string): UserError =>
    new UserError(
      `PAPERSPACE_API_KEY_FILE: ${file} ${problem}; it must hold the API key and nothing else`,
    );
  const bytes = await readBounded(file, { maxBytes: maxKeyBytes }).catch((error: Error) => {
    throw keyFileError(error.message);
  });
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') throw keyFileError('is empty');
  return orUserError(() => checkKey(text, `PAPERSPACE_API_KEY_FILE: ${file}`));
}

/** Returns what `make` returns. Throws a `UserError` in place of any other error. */
export function orUserError<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
