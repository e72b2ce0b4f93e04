import got, { RequestError } from 'got';
import { FileError, readBounded } from '../../model/files/readBounded.ts';
import type { SecretProvider } from '../../model/settings.ts';
import { isObject } from '../sops/tree.ts';
import { maxBytes, ProviderError, type Ask } from './provider.ts';

type VaultSettings = Extract<SecretProvider, { type: 'vault' }>;

/**
 * Reads fields of secrets in the key-value engine (version 2) of Vault or OpenBao. A key is `PATH#FIELD`. The fields of
 * one path take one request in a pass. Follows no redirect, since the token would go with it.
 */
export function createVault(settings: VaultSettings): Ask {
  const secrets = new Map<string, Promise<Readonly<Record<string, unknown>>>>();
  return async (key) => {
    const [, path, field] = /^([^#]+)#([^#]+)$/.exec(key) ?? [];
    if (path === undefined || field === undefined)
      throw new ProviderError(': its keys have the form PATH#FIELD');
    const secret = secrets.get(path) ?? readSecret(settings, path);
    secrets.set(path, secret);
    const fields = await secret;
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value === undefined) throw new ProviderError(' has no such field in that secret');
    if (typeof value !== 'string' || value === '')
      throw new ProviderError(' has a field there that is not a text, or is empty');
    return value;
  };
}

async function readSecret(
  settings: VaultSettings,
  path: string,
): Promise<Readonly<Record<string, unknown>>> {
  const url = addressOf(settings, path);
  const token = await readToken(settings.tokenFile);
  const { status, body } = await request(url, token, settings.timeout);
  if (status !== 200) throw new ProviderError(refusal(status));
  const fields = fieldsIn(body);
  if (!fields) throw new ProviderError(' did not answer with a secret of version 2');
  return fields;
}

function addressOf({ url, mount }: VaultSettings, path: string): string {
  const steps = [...mount.split('/'), 'data', ...path.split('/')].filter((step) => step !== '');
  if (steps.some((step) => step === '.' || step === '..'))
    throw new ProviderError(': its keys have no . or .. in their path');
  return `${url.replace(/\/+$/, '')}/v1/${steps.map(encodeURIComponent).join('/')}`;
}

/** A token has about 100 characters; one of a batch a few hundred more. */
const maxTokenBytes = 16 * 1024;

async function readToken(file: string): Promise<string> {
  try {
    const token = new TextDecoder()
      .decode(await readBounded(file, { maxBytes: maxTokenBytes }))
      .trim();
    if (/^[\x21-\x7e]+$/.test(token)) return token;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new ProviderError(`: its token file ${file} ${error.message}`);
  }
  throw new ProviderError(`: its token file ${file} does not hold a token`);
}

async function request(
  url: string,
  token: string,
  timeout: number,
): Promise<{ readonly status: number; readonly body: Uint8Array }> {
  const abort = new AbortController();
  try {
    const pending = got(url, {
      headers: { 'x-vault-token': token, 'x-vault-request': 'true', accept: 'application/json' },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      responseType: 'buffer',
      timeout: { request: timeout },
      signal: abort.signal,
    });
    void pending.on('downloadProgress', ({ transferred, total = 0 }) => {
      if (Math.max(transferred, total) > maxBytes) abort.abort();
    });
    const { statusCode, body } = await pending;
    return { status: statusCode, body };
  } catch (error) {
    if (abort.signal.aborted) throw new ProviderError(` answered with more than ${maxBytes} bytes`);
    // The error itself holds the token, so it must not become a cause.
    const code = error instanceof RequestError ? error.code : 'unknown error';
    if (code === 'ETIMEDOUT')
      throw new ProviderError(` did not answer within ${timeout / 1000} s`, true);
    throw new ProviderError(` cannot be reached (${code})`);
  }
}

function refusal(status: number): string {
  if (status >= 300 && status < 400)
    return ` redirects to another address (${status}), which is not followed; set that address`;
  return refusals.get(status) ?? ` answered with status ${status}`;
}

const refusals: ReadonlyMap<number, string> = new Map([
  [400, ' does not accept the request (400); check the mount, and that it is version 2'],
  [403, ' does not let its token read that (403)'],
  [404, ' has no such secret (404)'],
  [503, ' is sealed or in maintenance (503)'],
]);

function fieldsIn(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(body));
    const outer = isObject(answer) ? answer['data'] : undefined;
    const fields = isObject(outer) ? outer['data'] : undefined;
    return isObject(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}
