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
  ])('%s is asked for as it is', (path) => expect(checkPath(path)).toBe(path));

  /** Path, because. */
  const refused: readonly (readonly [string, string])[] = [
    ['/machines/../teams', 'it leaves its place'],
    ['/machines/..', 'it leaves its place'],
    ['/machines/%2e%2E/teams', 'a URL knows no difference between .. and %2e%2e'],
    ['/machines/.%2e/teams', 'a URL knows no difference between .. and .%2e'],
    ['/machines/a%2F..%2Fb', 'some servers take %2F for a slash'],
    ['/machines/..%5Cb', 'some servers take %5C for a slash'],
    ['/machines/./start', 'a URL drops the segment'],
    ['/machines//start', 'the id is missing'],
    ['/machines/', 'the id is missing, and the whole collection is meant'],
    ['/machines/a?force=true', 'an id brings no query'],
    ['/machines/a#b', 'what comes after # is not sent'],
    ['/machines/a b', 'white space'],
    ['/machines/a\tb', 'white space'],
    ['/machines/a\r\nHost: x', 'a line break'],
    ['/machines/a\u0000', 'a control character'],
    ['/machines\\teams', 'a URL takes a backslash for a slash'],
    ['machines', 'it would change the host or the base path'],
    ['@example.com/machines', 'it would change the host'],
    ['', 'it asks for nothing'],
  ];
  test.each(refused)('%j is refused: %s', (path) => {
    expect(() => checkPath(path)).toThrow(ApiError);
    expect(() => checkPath(path)).toThrow(`cannot ask for ${JSON.stringify(path)}`);
  });
});

describe('the address', () => {
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
  ])('%j is refused, and not repeated, since it may hold a password', (address) => {
    expect(() => checkBase(address)).toThrow(/^PAPERSPACE_API_URL [^@]*$/);
  });

  /** Address, because. */
  const inTheClear: readonly (readonly [string, string])[] = [
    ['http://api.example.com/v1', 'another host'],
    ['http://10.0.0.7', 'another host'],
    ['http://127.0.0.1.example.com', 'a name that looks like loopback'],
    ['http://127.evil.example', 'a name that looks like loopback'],
    ['http://localhost.example.com', 'a name that looks like loopback'],
    ['http://0.0.0.0', 'every address, and no particular one'],
    ['http://[::ffff:10.0.0.7]', 'another host'],
  ];
  test.each(inTheClear)('%s is refused over plain HTTP, unless it is allowed: %s', (address) => {
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

  test('holds base path, path and the query that is defined', () => {
    const query = { name: 'a&b=c', limit: 5, all: true, none: undefined };
    const address = addressOf('https://x/v1', { method: 'GET', path: '/machines', query });
    expect(address.href).toBe('https://x/v1/machines?name=a%26b%3Dc&limit=5&all=true');
  });
});

describe('the key', () => {
  test('is taken as it is', () => expect(checkKey('a1_-.~+/=')).toBe('a1_-.~+/='));

  test.each(['', 'line\n', 'with space', 'schlüssel'])('%j is refused, and not repeated', (key) => {
    expect(() => checkKey(key)).toThrow('PAPERSPACE_API_KEY is empty or holds a character');
  });
});
