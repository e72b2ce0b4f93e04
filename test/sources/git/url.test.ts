import { describe, expect, it } from 'vitest';
import type { GitAuth } from '../../../src/model/settings.ts';
import { checkRef, normalizePath } from '../../../src/sources/git/ref.ts';
import { parseUrl } from '../../../src/sources/git/url.ts';

const token: GitAuth = { type: 'token', token: { from: 'env', name: 'T' } };
const sshKey: GitAuth = { type: 'sshKey', file: '/key', knownHosts: '/hosts' };

/** What a call returns, or the message of its error. */
function outcome<Result>(call: () => Result): Result | string {
  try {
    return call();
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the address of a repository', () => {
  it.each([
    { url: 'https://git.example.com/org/team.git', auth: token, is: 'https git.example.com' },
    { url: 'https://git.example.com:8443/team', auth: null, is: 'https git.example.com:8443' },
    { url: 'http://127.0.0.1:8080/team', auth: token, is: 'http 127.0.0.1:8080' },
    { url: 'http://[::1]/team', auth: null, is: 'http [::1]' },
    { url: 'http://localhost/team', auth: null, is: 'http localhost' },
    { url: 'ssh://git@example.com:2222/org/team.git', auth: sshKey, is: 'ssh example.com:2222' },
    { url: 'git@example.com:org/team.git', auth: sshKey, is: 'ssh example.com' },
    { url: 'example.com:team', auth: sshKey, is: 'ssh example.com' },
    { url: 'file:///srv/team.git', auth: null, is: 'file /srv/team.git' },
  ])('$url is $is', ({ url, auth, is }) => {
    const { text, protocol, server } = parseUrl(url, auth);
    expect({ text, is: `${protocol} ${server}` }).toEqual({ text: url, is });
  });

  const credentials =
    'git.url must not contain a password or a token; put it into git.auth, as `token` or as `username` and `password`';
  it.each([
    'https://user:hunter2@example.com/team',
    'https://hunter2@example.com/team',
    'https://example.com/team?private_token=hunter2',
    'https://example.com/team#hunter2',
    'ssh://git:hunter2@example.com/team',
  ])('%s is refused for its credential', (url) => {
    expect(outcome(() => parseUrl(url, token))).toBe(credentials);
  });

  it.each([
    'ext::sh -c touch% /tmp/x',
    'ext::/bin/x',
    '--upload-pack=/bin/x',
    '-oProxyCommand=x:y',
    'git://example.com/team',
    'ftp://example.com/team',
    '/srv/team.git',
    'team.git',
    'https://example.com/team\n',
    'https:// example.com/team',
    'ssh://-oProxyCommand=x/team',
    '',
    'x://user:hunter2@example.com',
    'https://user:hunter2@exa mple.com',
  ])('%j is refused', (url) => {
    const message = outcome(() => parseUrl(url, sshKey));
    expect(message).toMatch(/^git\.url (“.*” )?(is not the address|must not contain)/);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    {
      url: 'http://git.example.com/team',
      auth: token,
      says: 'git.url must not be http, since git.example.com is not this machine and anyone on the way could change the config; use https',
    },
    {
      url: 'git@example.com:team',
      auth: null,
      says: 'git.auth must have `sshKey` and `knownHosts`, since git.url is an ssh address',
    },
    {
      url: 'ssh://git@example.com/team',
      auth: token,
      says: 'git.auth must have `sshKey` and `knownHosts`, since git.url is an ssh address',
    },
    {
      url: 'https://example.com/team',
      auth: sshKey,
      says: 'git.auth.sshKey needs an ssh address in git.url; for https use `token`, or `username` and `password`',
    },
    {
      url: 'file:///srv/team',
      auth: token,
      says: 'git.auth cannot be used with a file: address; remove it',
    },
  ])('$url does not fit its auth: $says', ({ url, auth, says }) => {
    expect(outcome(() => parseUrl(url, auth))).toBe(says);
  });
});

describe('a ref', () => {
  it.each(['main', 'team/config', 'v1.0', 'refs/heads/main', 'ü', 'a@b', 'a'.repeat(40)])(
    '%s is accepted',
    (ref) => {
      expect(outcome(() => checkRef(ref))).toBeUndefined();
    },
  );

  it.each([
    '',
    '-x',
    '--all',
    'a..b',
    'a b',
    'a:b',
    'a~1',
    'a^',
    'a*',
    'a\n',
    '@',
    'a@{1}',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a\\b',
    '[a]',
  ])('%j is refused', (ref) => {
    expect(outcome(() => checkRef(ref))).toMatch(
      /^git\.ref .* cannot be the name of a branch or tag/,
    );
  });
});

describe('a path', () => {
  it.each([
    ['.', ''],
    ['', ''],
    ['config', 'config'],
    ['./config/', 'config'],
    ['a//b/./c', 'a/b/c'],
  ])('%j is %j', (path, is) => {
    expect(normalizePath(path)).toBe(is);
  });

  it.each(['/etc', '..', 'a/../..', 'a\nb', 'a\0b'])('%j is refused', (path) => {
    expect(outcome(() => normalizePath(path))).toMatch(/^git\.path .* must be a directory inside/);
  });
});
