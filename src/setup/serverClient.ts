import got, { RequestError } from 'got';
import { isLoopback } from '../model/loopback.ts';
import { splitAddress, type Address } from '../model/resource.ts';
import { everyWorkspace } from '../model/workspaceName.ts';
import { UserError, type Context } from './context.ts';

/** A running daemon. Requests reject with a `UserError` that says what to do. */
export interface ServerClient {
  /** The address, for messages. */
  readonly url: string;
  /** Reads a path of the API, such as `/api/v1/status`. */
  get(path: string): Promise<unknown>;
  /** Asks why the daemon is not ready; resolves to undefined if it is. */
  whyNotReady(): Promise<string | undefined>;
  /** Asks for a change. */
  post(path: string, body?: object): Promise<unknown>;
}

/** Milliseconds for one request. */
const timeoutMs = 30_000;

/** The report of 10,000 resources takes about ten megabytes. */
const maxBodyBytes = 256 * 1024 * 1024;

/**
 * Creates the client of a daemon, with the token of HOLDFAST_TOKEN. Its requests are about the workspace of the
 * options. Throws a `UserError` if the address or the token cannot be used.
 */
export function createServerClient(
  address: string,
  { env, options }: Pick<Context, 'env' | 'options'>,
): ServerClient {
  const url = checkedAddress(address);
  const token = checkedToken(env['HOLDFAST_TOKEN']);
  const { workspace } = options;
  const isOne = workspace !== undefined && workspace !== everyWorkspace;
  const root = isOne ? `/workspaces/${workspace}` : '';
  const send = async (method: 'GET' | 'POST', of: string, body?: object): Promise<unknown> => {
    const path = of.replace(/^\/api\/v1/, `/api/v1${root}`);
    const { status, text } = await exchange(url, { method, path, body, token });
    const value = parsed(text);
    if (status >= 200 && status < 300 && value !== undefined) return value;
    throw refusal(url, status, value);
  };
  return {
    url,
    get: (path) => send('GET', path),
    async whyNotReady() {
      const { status, text } = await exchange(url, {
        method: 'GET',
        path: `${root}/readyz`,
        token,
      });
      const said = (parsed(text) as { status?: unknown } | null | undefined)?.status;
      if (status === 200) return undefined;
      return status === 503 && typeof said === 'string' ? said : `/readyz answered ${status}`;
    },
    post: (path, body) => send('POST', path, body),
  };
}

/** The path of a command on a resource. */
export function commandPath(target: Address, verb: 'suspend' | 'resume' | 'wake'): string {
  const { kind, name } = splitAddress(target);
  return `/api/v1/resources/${encodeURIComponent(kind)}/${encodeURIComponent(name)}/${verb}`;
}

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object | undefined;
  readonly token: string | undefined;
}

/** Sends a request once. A redirect is not followed: the token would go with it. */
async function exchange(
  url: string,
  { method, path, body, token }: Exchange,
): Promise<{ readonly status: number; readonly text: string }> {
  const abort = new AbortController();
  try {
    const pending = got(url + path, {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'holdfast',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body ? { json: body } : {}),
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      timeout: { request: timeoutMs },
      signal: abort.signal,
    });
    void pending.on('downloadProgress', ({ transferred }) => {
      if (transferred > maxBodyBytes) abort.abort();
    });
    const { statusCode, body: text } = await pending;
    return { status: statusCode, text };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const why = abort.signal.aborted ? 'its answer is too long' : error.code;
    throw new UserError(
      `the daemon at ${url} cannot be reached (${why}); check --server, and that holdfast run listens there`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The error for an answer that is not a success. */
function refusal(url: string, status: number, value: unknown): UserError {
  const said = (value as { error?: unknown } | null | undefined)?.error;
  const error = typeof said === 'string' ? said : undefined;
  if (status === 401)
    return new UserError(
      `${url} answered 401: set HOLDFAST_TOKEN to a token of the daemon (settings.server.token or settings.server.tokens)`,
    );
  if (status >= 300 && status < 400)
    return new UserError(
      `${url} answered ${status}, a redirect, which is not followed; give --server the final address`,
    );
  if (error !== undefined) return new UserError(`${url} answered ${status}: ${error}`);
  return new UserError(`${url} answered ${status}, but not like a Holdfast daemon; check --server`);
}

/** The address without a final slash: https, or http on loopback, since the token must not go over a network. */
function checkedAddress(address: string): string {
  if (!URL.canParse(address)) throw addressError('is not a URL');
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(
    address,
  );
  if (username + password + search + hash !== '')
    throw addressError('has a user, a query, or a fragment');
  if (protocol !== 'https:' && protocol !== 'http:')
    throw addressError('is neither https nor http');
  if (protocol === 'http:' && !isLoopback(hostname))
    throw addressError('is plain http to another machine, over which no token is sent');
  return origin + pathname.replace(/\/+$/, '');
}

const addressError = (problem: string): UserError =>
  new UserError(
    `--server (HOLDFAST_SERVER) ${problem}; write the address of the daemon, such as https://holdfast.example.com or http://127.0.0.1:8080`,
  );

/** A token must fit into a header. The message must not contain it. */
function checkedToken(token: string | undefined): string | undefined {
  if (!token) return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UserError(
    'HOLDFAST_TOKEN contains a space, a line end, or another character that no token has',
  );
}
