import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSecretReaders } from '../../../src/secrets/read.ts';
import { directoryOf } from '../../fixtures/desired/directory.ts';
import { virtualClock } from '../../support/virtualClock.ts';

/** A server on loopback, and its requests as `METHOD PATH TOKEN`. */
async function serverOf(handle: RequestListener) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${String(request.headers['x-vault-token'])}`);
    handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const json =
  (status: number, body: unknown, headers = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(JSON.stringify(body));

const secretOf = (fields: object): RequestListener => json(200, { data: { data: fields } });

/** A provider of a server that answers so. */
async function vaultOf(handle: RequestListener, { timeout = 600_000 } = {}) {
  const { url, requests } = await serverOf(handle);
  const directory = await directoryOf({ token: 'hvs.hunter2\n' });
  const tokenFile = join(directory, 'token');
  const readers = createSecretReaders({}, virtualClock());
  const pass = () => {
    const providers = {
      v: { type: 'vault', url: `${url}/`, mount: 'secret', tokenFile, timeout },
    } as const;
    const read = readers(providers);
    return (key: string): Promise<string> =>
      read({ from: 'provider', provider: 'v', key }).catch(
        (error: Error) =>
          `refused:${error.message.replace(`${key}: the provider v`, '').replace(directory, '')}`,
      );
  };
  return { requests, tokenFile, pass, read: pass() };
}

describe('a provider that is Vault', () => {
  it('reads fields of a path with one request a pass, with the token of that moment', async () => {
    const { requests, tokenFile, pass, read } = await vaultOf(secretOf({ a: 'one', b: 'two\n' }));
    expect(await Promise.all([read('team/gpu é#a'), read('team/gpu é#b')])).toEqual([
      'one',
      'two\n',
    ]);
    await writeFile(tokenFile, 'other');
    expect(await pass()('team/gpu é#a')).toBe('one');
    expect(requests).toEqual([
      'GET /v1/secret/data/team/gpu%20%C3%A9 hvs.hunter2',
      'GET /v1/secret/data/team/gpu%20%C3%A9 other',
    ]);
  });

  const quoted = { errors: ['hunter2'], data: { hunter2: 'hunter2' } };

  it.each([
    {
      status: 400,
      is: ' does not accept the request (400); check the mount, and that it is version 2',
    },
    { status: 403, is: ' does not let its token read that (403)' },
    { status: 404, is: ' has no such secret (404)' },
    { status: 500, is: ' answered with status 500' },
    { status: 503, is: ' is sealed or in maintenance (503)' },
    { status: 204, is: ' answered with status 204' },
    { status: 200, is: ' did not answer with a secret of version 2' },
  ])('that answers with $status: $is', async ({ status, is }) => {
    const { read } = await vaultOf(json(status, quoted));
    expect(await read('a#b')).toBe(`refused:${is}`);
  });

  it.each([
    { fields: { a: 'x' }, is: ' has no such field in that secret', because: 'it has others' },
    {
      fields: { b: 5 },
      is: ' has a field there that is not a text, or is empty',
      because: 'a number',
    },
    {
      fields: { b: '' },
      is: ' has a field there that is not a text, or is empty',
      because: 'empty',
    },
    { fields: null, is: ' did not answer with a secret of version 2', because: 'deleted' },
  ])('whose secret has no such text is refused: $because', async ({ fields, is }) => {
    const { read } = await vaultOf(json(200, { data: { data: fields } }));
    expect(await read('a#b')).toBe(`refused:${is}`);
    expect(await read('a#constructor')).toMatch(/^refused:/);
  });

  it('does not follow a redirect, to which the token would go', async () => {
    const target = await serverOf(secretOf({ b: 'x' }));
    const { read } = await vaultOf(json(307, {}, { location: `${target.url}/v1/secret/data/a` }));
    expect(await read('a#b')).toBe(
      'refused: redirects to another address (307), which is not followed; set that address',
    );
    expect(target.requests).toEqual([]);
  });

  it('is not read beyond a megabyte', async () => {
    const { read } = await vaultOf((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more).writeHead(200);
      more();
    });
    expect(await read('a#b')).toBe('refused: answered with more than 1048576 bytes');
  });

  it('that does not answer is not asked again in that pass', async () => {
    const { requests, read } = await vaultOf(() => undefined, { timeout: 100 });
    expect(await read('a#b')).toBe('refused: did not answer within 0.1 s');
    expect(await read('c#d')).toBe('refused: took too long for another secret of this pass');
    expect(requests).toHaveLength(1);
  });

  it('that cannot be reached is named by the code of the system', async () => {
    const { read } = await vaultOf((request) => void request.socket.destroy());
    expect(await read('a#b')).toBe('refused: cannot be reached (ECONNRESET)');
  });

  it.each([
    { key: 'a', is: ': its keys have the form PATH#FIELD', because: 'no field' },
    { key: '#a', is: ': its keys have the form PATH#FIELD', because: 'no path' },
    { key: 'a#b#c', is: ': its keys have the form PATH#FIELD', because: 'two fields' },
    { key: '../sys/x#a', is: ': its keys have no . or .. in their path', because: 'another API' },
  ])('is not asked for $key: $because', async ({ key, is }) => {
    const { requests, read } = await vaultOf(secretOf({ a: 'x' }));
    expect(await read(key)).toBe(`refused:${is}`);
    expect(requests).toEqual([]);
  });

  it('needs a token, which is never quoted', async () => {
    const { tokenFile, read, pass } = await vaultOf(secretOf({ a: 'x' }));
    await writeFile(tokenFile, 'hunter2\nhunter2');
    expect(await read('a#b')).toBe('refused:: its token file /token does not hold a token');
    await writeFile(tokenFile, 'x'.repeat(20_000));
    expect(await pass()('a#b')).toBe('refused:: its token file /token is larger than 16384 bytes');
  });
});
