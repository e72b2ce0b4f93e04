import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../support/certificate.ts';
import { temporaryDirectory, testRepository } from '../../support/git.ts';
import { basicHeader, serveGit } from '../../support/gitHttp.ts';
import { startProxy } from '../../support/proxy.ts';
import { virtualClock } from '../../support/virtualClock.ts';
import { failureOf, open } from './open.ts';

const token = 'hunter2-hunter2';
const header = basicHeader('x-access-token', token);
const auth = { type: 'token', token: { from: 'env', name: 'T' } } as const;

/** A source behind a server that requires the token. */
async function serving(tls?: typeof selfSigned) {
  const source = await testRepository();
  const id = await source.commit({ 'team.yaml': 'a: 1\n' });
  const server = await serveGit(source, tls);
  server.authorization = header;
  return { id, source, server };
}

const read = (): Promise<string> => Promise.resolve(token);

describe('an http source', () => {
  it('gets in with a token, or with a username and a password', async () => {
    const { id, server } = await serving();
    const repository = await open({ url: server.url, auth, read });
    expect(await repository.latest()).toMatchObject({ id });
    const username = 'x-access-token';
    const basic = { type: 'basic', username, password: { from: 'env', name: 'T' } } as const;
    const second = await open({ url: server.url, auth: basic, read });
    expect(await second.latest()).toMatchObject({ id });
  });

  it('fetches only if the ref has moved', async () => {
    const { source, server } = await serving();
    const repository = await open({ url: server.url, auth, read });
    await repository.latest();
    const before = server.seen.length;
    await repository.latest();
    const lookups = server.seen.slice(before).map(({ line }) => line);
    await source.commit({});
    await repository.latest();
    const fetches = server.seen.slice(before + lookups.length).map(({ line }) => line);
    expect(lookups.length).toBeGreaterThan(0);
    expect(fetches.length).toBeGreaterThan(lookups.length);
  });

  it('reads the token again for each lookup', async () => {
    const { id, server } = await serving();
    const file = join(await temporaryDirectory(), 'token');
    await writeFile(file, 'expired');
    const repository = await open({ url: server.url, auth, read: () => readFile(file, 'utf8') });
    const refused = `auth: ${server.origin.slice('http://'.length)} refuses access to the repository; check git.auth: the credential may have expired, or lack the permission to read`;
    expect(await failureOf(repository.latest())).toBe(refused);
    await writeFile(file, `${token}\n`);
    expect(await repository.latest()).toMatchObject({ id });
    await writeFile(file, 'expired');
    expect(await failureOf(repository.latest())).toBe(refused);
    expect((await repository.read(id)).problems).toEqual([]);
  });

  it('says that the token cannot be read', async () => {
    const { server } = await serving();
    const repository = await open({ url: server.url, auth });
    expect(await failureOf(repository.latest())).toBe(
      'auth: git.auth cannot be used: no secret is expected',
    );
  });

  it.each([
    { status: 404, says: /^not-found: \S+ has no repository at the address of git.url/ },
    { status: 403, says: /^auth: \S+ refuses access/ },
    { status: 503, says: /^unreachable: \S+ cannot be reached: .*503/ },
    { status: 429, says: /^unreachable: \S+ cannot be reached: .*429/ },
  ])('explains status $status', async ({ status, says }) => {
    const { id, server } = await serving();
    const repository = await open({ url: server.url, auth, read });
    await repository.latest();
    server.answer = { status };
    expect(await failureOf(repository.latest())).toMatch(says);
    // What was fetched before is still there.
    expect((await repository.blame(id, ['team.yaml'])).get('team.yaml')?.[0]).toMatchObject({
      commit: id,
    });
  });

  it('follows no redirect, which would take the token to another server', async () => {
    const { server } = await serving();
    const { server: other, source } = await serving();
    const location = `${other.origin}/${source.directory.split('/').at(-1)}/info/refs?service=git-upload-pack`;
    server.answer = { status: 301, headers: { location } };
    const repository = await open({ url: server.url, auth, read });
    expect(await failureOf(repository.latest())).toMatch(
      /^redirect: \S+ redirects to another address, and Holdfast does not send credentials there/,
    );
    expect(other.seen).toEqual([]);
  });

  it('says that the server cannot be reached', async () => {
    const repository = await open({ url: 'http://127.0.0.1:1/redirect-ssl-certificate.git' });
    expect(await failureOf(repository.latest())).toMatch(
      /^unreachable: 127.0.0.1:1 cannot be reached: .*[Cc]onnect/,
    );
  });

  it('checks the certificate of the server', async () => {
    const { id, server } = await serving(selfSigned);
    const repository = await open({ url: server.url, auth, read });
    expect(await failureOf(repository.latest())).toMatch(
      /^tls: the TLS connection to \S+ fails: .*certificate.*; for a private certificate authority set SSL_CERT_FILE/,
    );
    expect(server.seen).toEqual([]);
    const SSL_CERT_FILE = join(await temporaryDirectory(), 'ca.pem');
    await writeFile(SSL_CERT_FILE, selfSigned.cert);
    const env = { PATH: process.env['PATH'], SSL_CERT_FILE };
    const trusting = await open({ url: server.url, auth, read, env });
    expect(await trusting.latest()).toMatchObject({ id });
  });

  it('goes through the proxy of the environment', async () => {
    const { id, server } = await serving(selfSigned);
    await using proxy = await startProxy();
    const SSL_CERT_FILE = join(await temporaryDirectory(), 'ca.pem');
    await writeFile(SSL_CERT_FILE, selfSigned.cert);
    const env = { PATH: process.env['PATH'], SSL_CERT_FILE, HTTPS_PROXY: proxy.url };
    const repository = await open({ url: server.url, auth, read, env });
    expect(await repository.latest()).toMatchObject({ id });
    expect(proxy.seen[0]).toMatchObject({ method: 'CONNECT' });
    expect(proxy.tunnelled()).not.toContain(token);
  });
});

describe('a server that does not answer', () => {
  it('is given up after the time limit, with all processes', async () => {
    const { server } = await serving();
    server.answer = 'silence';
    const clock = virtualClock();
    const repository = await open({ url: server.url, auth, read, clock });
    const failure = failureOf(repository.latest());
    const children = async () =>
      (await commandLines()).filter((line) => line.includes(server.url)).length;
    await expect.poll(() => server.seen.length).toBeGreaterThan(0);
    expect(await children()).toBeGreaterThan(0);
    clock.advance(30_000);
    expect(await failure).toMatch(/^timeout: git did not finish within 30 s with 127.0.0.1:\d+/);
    await expect.poll(children).toBe(0);
  });

  it('is left when the signal is aborted', async () => {
    const { server } = await serving();
    server.answer = 'silence';
    const stop = new AbortController();
    const { signal } = stop;
    const repository = await open({ url: server.url, auth, read, signal });
    const failure = failureOf(repository.latest());
    await expect.poll(() => server.seen).toHaveLength(1);
    stop.abort(new Error('shutting down'));
    expect(await failure).toBe('Error: shutting down');
    expect(await failureOf(repository.latest())).toBe('Error: shutting down');
  });
});

/** A line of Git's protocol, which begins with its length. */
const packet = (line: string): string => (line.length + 4).toString(16).padStart(4, '0') + line;

/** The arguments of all processes of this machine that may be read. */
async function commandLines(): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
}

describe('a credential', () => {
  const encoded = header.replace('Basic ', '');

  it('is in no argument of a process', async () => {
    const { server } = await serving();
    server.answer = 'silence';
    const stop = new AbortController();
    const { signal } = stop;
    const repository = await open({ url: server.url, auth, read, signal });
    const failure = failureOf(repository.latest());
    await expect.poll(() => server.seen).toHaveLength(1);
    const lines = await commandLines();
    expect(server.seen[0]?.headers.authorization).toBe(header);
    expect(lines.filter((line) => line.includes(server.url))).not.toEqual([]);
    for (const secret of [token, encoded])
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    stop.abort();
    await failure;
  });

  it('is in no file of the clone', async () => {
    const { id, server } = await serving();
    const repository = await open({ url: server.url, auth, read });
    await repository.latest();
    await repository.read(id);
    for (const secret of [token, encoded, 'Authorization'])
      await expect(
        promisify(execFile)('grep', ['-r', secret, repository.directory]),
      ).rejects.toMatchObject({ code: 1 });
  });

  it('is in no error, even if the server repeats it', async () => {
    const { server } = await serving();
    const repository = await open({ url: server.url, auth, read });
    const headers = { 'content-type': 'application/x-git-upload-pack-advertisement' };
    for (const secret of [token, encoded]) {
      const body = `${packet('# service=git-upload-pack\n')}0000${packet(`ERR not with ${secret}!`)}`;
      server.answer = { status: 200, headers, body };
      expect(await failureOf(repository.latest())).toBe('other: git: remote error: not with ***!');
    }
  });

  it('and its error leaves the clone as it is', async () => {
    const { id, server } = await serving();
    const repository = await open({ url: server.url, auth, read });
    await repository.latest();
    const before = await readdir(repository.directory);
    const headers = { 'content-type': 'application/x-git-upload-pack-advertisement' };
    const body = `${packet('# service=git-upload-pack\n')}0000${packet('ERR no')}`;
    server.answer = { status: 200, headers, body };
    expect(await failureOf(repository.latest())).toBe('other: git: remote error: no');
    expect(await readdir(repository.directory)).toEqual(before);
    expect((await repository.read(id)).problems).toEqual([]);
  });
});
