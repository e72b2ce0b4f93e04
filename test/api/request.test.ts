import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/model/api.ts';
import { addressOf, checkBase, checkKey, checkPath } from '../../src/api/requests/request.ts';

describe('a path', () => {
  test.each([
    '/machines',
    '/machines/ps1a2b3',
    '/public-ips/203.0.113.7',
    '/teams/t1/secrets/A_B',
    '/x/a%20b',
    '/x/a..b',
    '/x/a%2Fb',
  ])('%s is returned unchanged', (path) => expect(checkPath(path)).toBe(path));

  /** Path, because. */
  const refused: readonly (readonly [string, string])[] = [
    ['/machines/../teams', 'it leaves the collection'],
    ['/machines/..', 'it leaves the collection'],
    ['/machines/%2e%2E/teams', 'a URL treats %2e%2e as ..'],
    ['/machines/.%2e/teams', 'a URL treats .%2e as ..'],
    ['/machines/a%2F..%2Fb', 'some servers decode %2F'],
    ['/machines/..%5Cb', 'some servers decode %5C'],
    ['/machines/./start', 'a URL drops the segment'],
    ['/machines//start', 'the id is missing'],
    ['/machines/', 'the id is missing, so it means the whole collection'],
    ['/machines/a?force=true', 'an id must not add a query'],
    ['/machines/a#b', 'the fragment is not sent'],
    ['/machines/a b', 'white space'],
    ['/machines/a\tb', 'white space'],
    ['/machines/a\r\nHost: x', 'a line break'],
    ['/machines/a\u0000', 'a control character'],
    ['/machines\\teams', 'a URL treats a backslash as a slash'],
    ['machines', 'it would change the host or the base path'],
    ['@example.com/machines', 'it would change the host'],
    ['', 'it is empty'],
  ];
  test.each(refused)('%j is rejected: %s', (path) => {
    expect(() => checkPath(path)).toThrow(ApiError);
    expect(() => checkPath(path)).toThrow(`cannot request ${JSON.stringify(path)}`);
  });
});

describe('the base URL', () => {
  test.each([
    ['https://api.paperspace.com/v1', 'https://api.paperspace.com/v1'],
    ['https://api.paperspace.com/v1//', 'https://api.paperspace.com/v1'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s', (address, base) => expect(checkBase(address)).toBe(base));

  test.each([
    '',
    'api.paperspace.com',
    'ftp://x/',
    'https://me:pw@x/',
    'https://x/?a=b',
    'https://x/#a',
  ])('%j is rejected and not shown, since it may contain a password', (address) => {
    expect(() => checkBase(address)).toThrow(/^PAPERSPACE_API_URL [^@]*$/);
  });

  /** Base URL, because. */
  const inTheClear: readonly (readonly [string, string])[] = [
    ['http://api.example.com/v1', 'another host'],
    ['http://10.0.0.7', 'another host'],
    ['http://127.0.0.1.example.com', 'a name that looks like loopback'],
    ['http://127.evil.example', 'a name that looks like loopback'],
    ['http://localhost.example.com', 'a name that looks like loopback'],
    ['http://0.0.0.0', 'all addresses, not only loopback'],
    ['http://[::ffff:10.0.0.7]', 'another host'],
  ];
  test.each(inTheClear)('%s is rejected over plain HTTP unless it is allowed: %s', (address) => {
    expect(() => checkBase(address)).toThrow('PAPERSPACE_ALLOW_HTTP=1');
    expect(() => checkBase(address)).toThrow(new URL(address).host);
    expect(checkBase(address, true)).toMatch(/^http:/);
  });

  test.each([
    'http://localhost:8080/v1',
    'http://127.1',
    'http://127.8.9.10:1',
    'http://[::1]:8080',
    'http://[::ffff:127.0.0.1]',
  ])('%s is loopback', (address) => expect(checkBase(address)).toMatch(/^http:/));

  test('a URL contains base path, path, and the defined query parameters', () => {
    const query = { name: 'a&b=c', limit: 5, all: true, none: undefined };
    const address = addressOf('https://x/v1', { method: 'GET', path: '/machines', query });
    expect(address.href).toBe('https://x/v1/machines?name=a%26b%3Dc&limit=5&all=true');
  });
});

describe('the key', () => {
  test('is returned unchanged', () => expect(checkKey('a1_-.~+/=')).toBe('a1_-.~+/='));

  test.each(['', 'line\n', 'with space', 'schlüssel'])('%j is rejected and not shown', (key) => {
    expect(() => checkKey(key)).toThrow('PAPERSPACE_API_KEY is empty or holds a character');
  });
});
