import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { TestRepository } from './git.ts';

/** How the server answers: as a Git server does, never, or with this status for everything. */
export type Answer =
  | 'git'
  | 'silence'
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    };

export interface GitServer {
  readonly origin: string;
  /** The address of the repository. */
  readonly url: string;
  /** The requests so far, as method, path, and query. */
  readonly seen: readonly { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
  answer: Answer;
  /** The `Authorization` header that is required. Undefined: none. */
  authorization: string | undefined;
  /** Answers the paths below `/api/`. */
  api: (path: string, body: string, authorization: string) => { status: number; json: unknown };
}

/** Serves a repository over HTTP with `git http-backend`, on loopback, until the test has ended. */
export async function serveGit(
  { directory }: Pick<TestRepository, 'directory'>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<GitServer> {
  const seen: { line: string; headers: IncomingMessage['headers'] }[] = [];
  const server = {
    origin: '',
    url: '',
    seen,
    answer: 'git' as Answer,
    authorization: undefined as string | undefined,
    api: (() => ({ status: 404, json: {} })) as GitServer['api'],
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    if (request.url?.startsWith('/api/')) return void answerApi(server.api, request, response);
    if (server.answer === 'silence') return;
    if (server.answer !== 'git')
      return void response
        .writeHead(server.answer.status, server.answer.headers)
        .end(server.answer.body);
    if (
      server.authorization !== undefined &&
      request.headers.authorization !== server.authorization
    )
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    void runBackend(directory, request, response);
  };
  const listening: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(async () => {
    listening.closeAllConnections();
    listening.close();
    await once(listening, 'close');
  });
  const { port } = listening.address() as AddressInfo;
  server.origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  server.url = `${server.origin}/${basename(directory)}`;
  return server;
}

/** The value of an `Authorization` header. */
export const basicHeader = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

async function answerApi(
  api: GitServer['api'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const { status, json } = api(request.url ?? '', body, request.headers.authorization ?? '');
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

/** Runs `git http-backend` as a web server runs a CGI program. */
async function runBackend(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: dirname(directory),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REQUEST_METHOD: request.method,
      // A forge has repositories in organisations.
      PATH_INFO: path.replace(/^\/org\//, '/'),
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  const output = await buffer(child.stdout);
  const end = output.indexOf('\r\n\r\n');
  const headers = new Headers();
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const [name = '', value = ''] = line.split(': ');
    headers.set(name, value);
  }
  const status = Number.parseInt(headers.get('status') ?? '200', 10);
  headers.delete('status');
  response.writeHead(status, Object.fromEntries(headers)).end(output.subarray(end + 4));
}
