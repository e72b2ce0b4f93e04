import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, Refusal } from './refusal.ts';

/** A received request before any check. */
export interface Incoming {
  /** The method; GET for a HEAD, whose answer Node sends without its body. */
  readonly method: string;
  /** The path without `/v1`, query, and trailing slash. */
  readonly path: string;
  /** Query parameters. Repeated ones are arrays, which no operation accepts. */
  readonly query: Record<string, unknown>;
  readonly contentType: string;
  readonly authorization: string;
  readonly text: string;
}

/** An answer that is ready to be sent. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

const maxBody = 4 * 1024 * 1024;

/** Reads a whole request. Throws a 400 for an encoded body, and a 413 for one over 4 MiB. */
export async function receive(request: IncomingMessage): Promise<Incoming> {
  const [pathname = '/', search = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const { method = 'GET', headers } = request;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw badRequest(`Content-Encoding ${encoding} is not supported; send the body unencoded`);
  return {
    method: method === 'HEAD' ? 'GET' : method,
    path: pathname.replace(/^\/v1(?=\/|$)/, '').replace(/(?<=.)\/$/, ''),
    query: readQuery(search),
    contentType: headers['content-type'] ?? '',
    authorization: headers.authorization ?? '',
    text: await readText(request),
  };
}

export const json = (status: number, value: unknown): Answer => ({
  status,
  text: JSON.stringify(value),
});

export const refusalAnswer = ({ status, body }: Refusal): Answer => json(status, body);

/** Sends an answer with the simulated world's time as its date. */
export function send(response: ServerResponse, answer: Answer, now: number): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(answer.text),
    date: new Date(now).toUTCString(),
    ...answer.headers,
  });
  response.end(answer.text);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBody) chunks.push(chunk);
  }
  if (size > maxBody) throw new Refusal(413, 'Request body is too large');
  return Buffer.concat(chunks).toString('utf8');
}

function readQuery(search: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(search))
    query[key] = key in query ? [query[key], value].flat() : value;
  return query;
}
