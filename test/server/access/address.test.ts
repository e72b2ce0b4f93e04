import { describe, expect, test } from 'vitest';
import { isLoopback } from '../../../src/model/loopback.ts';
import { isForeignOrigin, isOwnHost } from '../../../src/server/access/address.ts';

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['LocalHost', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['127.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['127.1', false],
  ['127.0.0.256', false],
  ['localhost.evil.example', false],
  ['', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

describe('the Host header', () => {
  const publicUrl = 'https://gpu.example.com:8443/holdfast';
  test.each([
    ['127.0.0.1', '127.0.0.1:8080', true, 'the listening address'],
    ['127.0.0.1', '127.0.0.1', true, 'a proxy may have another port'],
    ['127.0.0.1', 'localhost:9000', true, 'a tunnel has another port'],
    ['127.0.0.1', 'LOCALHOST', true, 'names are case-insensitive'],
    ['127.0.0.1', '[::1]:8080', true, 'another loopback address'],
    ['127.0.0.1', 'gpu.example.com', true, 'the public address'],
    ['127.0.0.1', 'GPU.example.com:8443', true, 'the public address, with its port'],
    ['127.0.0.1', 'evil.example', false, 'a name that resolves to this address'],
    [
      '127.0.0.1',
      'evil.example:8080',
      false,
      'a name that resolves to this address, with the right port',
    ],
    ['127.0.0.1', '127.evil.example', false, 'a name that begins like an address'],
    ['127.0.0.1', 'localhost.evil.example', false, 'a name that begins like an accepted one'],
    ['127.0.0.1', 'gpu.example.com.evil.example', false, 'likewise'],
    ['127.0.0.1', 'evil.example@localhost', false, 'not a valid Host header'],
    ['127.0.0.1', 'localhost/evil.example', false, 'not a valid Host header'],
    ['127.0.0.1', 'localhost, evil.example', false, 'two names'],
    ['127.0.0.1', 'localhost:999999', false, 'not a valid port'],
    ['127.0.0.1', '192.168.0.7:8080', false, 'only this machine can reach the server'],
    ['127.0.0.1', '', false, 'none'],
    ['127.0.0.1', undefined, false, 'none'],
    ['0.0.0.0', '10.42.0.7:8080', true, 'a probe uses the address of the pod'],
    ['::', '[fd00::7]:8080', true, 'likewise'],
    ['10.0.0.5', '10.96.0.1:8080', true, 'the address of a service routes to it'],
    ['0.0.0.0', 'localhost:8080', true, 'a mapped port'],
    ['0.0.0.0', 'evil.example', false, 'a name that resolves to this address'],
    ['0.0.0.0', 'holdfast.team.svc:8080', false, 'it must be set as publicUrl'],
    ['gpu-box', 'gpu-box:8080', true, 'the listening name'],
  ])('listening on %s: %s is accepted: %s (%s)', (host, header, expected, because) => {
    expect(isOwnHost(header, { host, publicUrl }), because).toBe(expected);
  });
});

describe('the Origin header', () => {
  const names = { host: '127.0.0.1', publicUrl: 'https://gpu.example.com' };
  test.each([
    [undefined, 'localhost:8080', false, 'no browser, or a page of the server itself'],
    ['http://localhost:8080', 'localhost:8080', false, 'its own page'],
    ['http://LOCALHOST:8080', 'localhost:8080', false, 'names are case-insensitive'],
    ['https://gpu.example.com', 'gpu.example.com', false, 'its own page, behind a proxy'],
    ['https://gpu.example.com', '127.0.0.1:8080', false, 'a proxy may change the Host header'],
    ['http://localhost:80', 'localhost', false, 'the port of http'],
    ['http://localhost:3000', 'localhost:8080', true, 'another program of this machine'],
    ['http://evil.example', 'localhost:8080', true, 'another site'],
    ['http://gpu.example.com', '127.0.0.1:8080', true, 'http instead of https'],
    ['https://gpu.example.com.evil.example', '127.0.0.1:8080', true, 'another site'],
    ['null', 'localhost:8080', true, 'a page in a sandbox'],
    ['', 'localhost:8080', true, 'an unknown origin'],
    ['file://', 'localhost:8080', true, 'a file'],
  ])('%s at %s is foreign: %s (%s)', (origin, host, expected, because) => {
    expect(isForeignOrigin(origin, host, names), because).toBe(expected);
  });
});
