import { describe, expect, test } from 'vitest';
import { proxyError, proxyFor, secretsOf } from '../../src/api/transport/proxy.ts';

const api = 'https://api.paperspace.com/v1';
const proxy = 'http://proxy.example:3128';

describe('the proxy', () => {
  /** Environment, base URL, proxy, because. */
  const rows: readonly (readonly [Record<string, string>, string, string | undefined, string])[] = [
    [{}, api, undefined, 'nothing is set'],
    [{ HTTPS_PROXY: '' }, api, undefined, 'an empty variable counts as unset'],
    [{ HTTPS_PROXY: proxy }, api, proxy, 'upper case'],
    [{ https_proxy: proxy }, api, proxy, 'lower case'],
    [{ https_proxy: proxy, HTTPS_PROXY: 'http://other' }, api, proxy, 'lower case comes first'],
    [{ HTTP_PROXY: proxy }, api, undefined, 'the variable is for another scheme'],
    [{ HTTP_PROXY: proxy }, 'http://api.example', proxy, 'plain HTTP has its own variable'],
    [{ http_proxy: proxy }, 'http://api.example', proxy, 'plain HTTP has its own variable'],
    [{ HTTPS_PROXY: proxy }, 'http://api.example', undefined, 'the variable is for another scheme'],
    [{ HTTPS_PROXY: 'proxy.example:3128' }, api, proxy, 'the scheme is optional, as for curl'],
    [
      { HTTPS_PROXY: 'https://proxy.example' },
      api,
      'https://proxy.example',
      'the connection to the proxy uses TLS',
    ],
    [
      { HTTPS_PROXY: 'http://me:p%40ss@proxy.example:3128/' },
      api,
      proxy,
      'the password is not shown',
    ],
    [{ HTTPS_PROXY: proxy, HTTP_PROXY: proxy }, 'http://localhost:8080', undefined, 'loopback'],
    [{ HTTPS_PROXY: proxy, HTTP_PROXY: proxy }, 'http://127.8.9.1', undefined, 'loopback'],
    [{ HTTPS_PROXY: proxy }, 'https://[::1]:1', undefined, 'loopback'],
  ];
  test.each(rows)('of %o for %s is %s, because %s', (env, base, address) => {
    expect(proxyFor(base, env)?.address).toBe(address);
  });

  /** NO_PROXY, base URL, whether the list exempts it, because. */
  const exempt: readonly (readonly [string, string, boolean, string])[] = [
    ['*', api, true, 'all hosts'],
    ['api.paperspace.com', api, true, 'the host'],
    ['API.Paperspace.COM', api, true, 'names ignore case'],
    ['paperspace.com', api, true, 'a domain, as for curl and Go'],
    ['.paperspace.com', api, true, 'a domain with a leading dot'],
    ['*.paperspace.com', api, true, 'a domain with a star'],
    ['space.com', api, false, 'a suffix is not a domain'],
    ['xapi.paperspace.com', api, false, 'another host'],
    ['localhost, .internal , api.paperspace.com', api, true, 'a list with commas'],
    ['localhost .internal\tapi.paperspace.com', api, true, 'a list with spaces'],
    ['api.paperspace.com:443', api, true, 'the port of the scheme'],
    ['api.paperspace.com:8443', api, false, 'another port'],
    ['paperspace.com:8443', 'https://api.paperspace.com:8443/v1', true, 'an explicit port'],
    ['*:443', api, true, 'all hosts at a port'],
    ['10.1.2.3', 'https://10.1.2.3', true, 'an address'],
    ['10.0.0.0/8', 'https://10.1.2.3', true, 'a network'],
    ['10.0.0.0/8', 'https://11.1.2.3', false, 'another network'],
    ['10.0.0.0/8:8443', 'https://10.1.2.3:8443', true, 'a network at a port'],
    ['10.0.0.0/33', 'https://10.1.2.3', false, 'no network'],
    ['10.0.0.0/x', 'https://10.1.2.3', false, 'no network'],
    ['fd00::/8', 'https://[fd00::1]', true, 'an IPv6 network'],
    ['fd00::1', 'https://[fd00:0:0::1]', true, 'an address in any notation'],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443', true, 'an IPv6 address with a port'],
    ['10.0.0.0/8', 'https://[fd00::1]', false, 'another address family'],
    ['', api, false, 'nothing'],
    [', ,', api, false, 'nothing'],
    ['.', api, false, 'no name'],
  ];
  test.each(exempt)('NO_PROXY=%j exempts %s: %s, because %s', (list, base, isExempt) => {
    for (const variable of ['NO_PROXY', 'no_proxy'])
      expect(proxyFor(base, { HTTPS_PROXY: proxy, [variable]: list })?.address).toBe(
        isExempt ? undefined : proxy,
      );
  });

  test.each(['socks5://proxy:1080', 'http://', 'http://a b', 'http://me:%zz-hunter2@x', '://x'])(
    '%s is rejected and not shown, since it may contain a password',
    (value) => {
      expect(() => proxyFor(api, { https_proxy: value })).toThrow(
        /^https_proxy does not hold the address of an HTTP proxy, such as http:\/\/proxy.example:3128/,
      );
      expect(() => proxyFor(api, { https_proxy: value })).not.toThrow('hunter2');
    },
  );

  test('has secrets', () => {
    const known = proxyFor(api, { HTTPS_PROXY: 'http://me:p%40ss@proxy' });
    expect(known && secretsOf(known)).toEqual(['me:p@ss', 'p@ss']);
  });
});

describe('the error of a proxy', () => {
  /** The connection's error, the login, message, whether it is lasting. */
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    [
      'Bad response: 407',
      '',
      'wants a user and a password (407): set HTTPS_PROXY=http://USER',
      true,
    ],
    ['Bad response: 407', 'me:pw@', 'does not accept its user and password (407)', true],
    ['Bad response: 403', '', 'refused to connect to the API (403): allow it there', true],
    ['Bad response: 502', '', 'could not connect to the API (502)', false],
    ['connect ECONNREFUSED', '', 'cannot be used: connect ECONNREFUSED; check HTTPS_PROXY', false],
  ];
  test.each(rows)('%s, as %j', (message, login, description, lasting) => {
    const known = proxyFor(api, { HTTPS_PROXY: `http://${login}proxy.example:3128` });
    const error = known && proxyError(known, new Error(message));
    expect(error?.message).toContain(
      `the proxy http://proxy.example:3128 (HTTPS_PROXY) ${description}`,
    );
    expect(error?.lasting).toBe(lasting);
  });
});
