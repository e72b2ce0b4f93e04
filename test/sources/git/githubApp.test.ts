import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { testRepository } from '../../support/git.ts';
import { basicHeader, serveGit } from '../../support/gitHttp.ts';
import { virtualClock } from '../../support/virtualClock.ts';
import { failureOf, open } from './open.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

const auth = {
  type: 'githubApp',
  id: '123',
  installation: '456',
  key: { from: 'env', name: 'K' },
} as const;

/** A source behind a server with an API that gives tokens, of which only the latest is accepted. */
async function serving() {
  const source = await testRepository();
  const id = await source.commit({});
  const server = await serveGit(source);
  const clock = virtualClock();
  const requests: { path: string; body: unknown; authorization: string }[] = [];
  const api = {
    status: 201,
    answer: undefined as unknown,
    /** The next requests to the repository need another token. */
    revoke: () => void (server.authorization = 'Basic other'),
  };
  server.api = (path, body, authorization) => {
    requests.push({ path, body: JSON.parse(body) as unknown, authorization });
    const token = `ghs_${requests.length}`;
    if (api.status === 201) server.authorization = basicHeader('x-access-token', token);
    const end = new Date(clock.now().getTime() + 3_600_000).toISOString();
    return { status: api.status, json: api.answer ?? { token, expires_at: end } };
  };
  const read = () => Promise.resolve(pem);
  const repository = await open({ url: server.url, auth, read, clock });
  return { id, server, repository, requests, clock, api };
}

describe('a GitHub App', () => {
  it('exchanges a signed token for one that may only read contents', async () => {
    const { id, repository, requests } = await serving();
    expect(await repository.latest()).toMatchObject({ id });
    expect(requests).toMatchObject([
      {
        path: '/api/v3/app/installations/456/access_tokens',
        body: { permissions: { contents: 'read' } },
      },
    ]);
    const [head = '', payload = '', signature = ''] =
      requests[0]?.authorization.replace('Bearer ', '').split('.') ?? [];
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${payload}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    );
    expect(isSigned).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: '123' });
  });

  it('keeps the token until 5 minutes before its end', async () => {
    const { id, repository, requests, clock } = await serving();
    await repository.latest();
    clock.advance(54 * 60_000);
    await repository.latest();
    expect(requests).toHaveLength(1);
    clock.advance(60_000);
    expect(await repository.latest()).toMatchObject({ id });
    expect(requests).toHaveLength(2);
  });

  it('requests another token after one was refused', async () => {
    const { repository, requests, api } = await serving();
    await repository.latest();
    api.revoke();
    expect(await failureOf(repository.latest())).toMatch(/^auth: \S+ refuses access/);
    expect(await failureOf(repository.latest())).toBe('no error');
    expect(requests).toHaveLength(2);
  });

  it.each([
    {
      status: 401,
      answer: {},
      says: /^auth: \S+\/api\/v3 gives no token to the GitHub App 123 with installation 456 \(status 401\)/,
    },
    { status: 404, answer: {}, says: /^auth: .*\(status 404\)/ },
    { status: 201, answer: { token: 1 }, says: /^other: the GitHub API returned no token/ },
    { status: 201, answer: 'x', says: /^other: the GitHub API returned no token/ },
  ])('explains the answer $answer with status $status', async ({ status, answer, says }) => {
    const { repository, api } = await serving();
    Object.assign(api, { status, answer });
    expect(await failureOf(repository.latest())).toMatch(says);
  });

  it('says that the key is not one, without quoting it', async () => {
    const { server } = await serving();
    for (const key of [
      'hunter2',
      '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----',
    ]) {
      const repository = await open({ url: server.url, auth, read: () => Promise.resolve(key) });
      expect(await failureOf(repository.latest())).toBe(
        'auth: git.auth.githubApp.key is not an RSA private key in PEM format; download one from the settings of the GitHub App',
      );
    }
  });

  it('says that the API cannot be reached', async () => {
    const read = () => Promise.resolve(pem);
    const repository = await open({ url: 'http://127.0.0.1:1/team', auth, read });
    expect(await failureOf(repository.latest())).toBe(
      'unreachable: http://127.0.0.1:1/api/v3, which gives the tokens of the GitHub App 123 with installation 456, cannot be reached (ECONNREFUSED)',
    );
  });
});
