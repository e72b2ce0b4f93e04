import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toApiError } from '../../src/api/requests/toApiError.ts';
import type { Failure } from '../../src/api/requests/failure.ts';
import { redactor, secretsIn } from '../../src/api/requests/redact.ts';

const key = 'pskey-0123456789';
const answered = (status: number, body: unknown, own = true): Failure => ({
  sort: 'refused',
  status,
  reason: '',
  text: typeof body === 'string' ? body : JSON.stringify(body),
  own,
});
const explained = (failure: Failure): string =>
  toApiError({ method: 'POST', path: '/machines' }, failure, [key]).message;

describe('an error names the request and the answer', () => {
  const html = `<html><head><title>Oh</title><style>b{}</style></head>
    <body onload="x()"><h1>Bad\tGateway</h1>${'cloud '.repeat(100)}</body></html>`;
  /** Failure, message, because. */
  const rows: readonly (readonly [Failure, string, string])[] = [
    [
      answered(400, { code: 'BAD_REQUEST', message: 'diskSize is too small' }),
      'answered 400 BAD_REQUEST: diskSize is too small',
      'the documented body',
    ],
    [
      answered(400, { code: 'BAD_REQUEST', message: 'no', details: { path: ['name'] } }),
      'answered 400 BAD_REQUEST: no; {"path":["name"]}',
      'details name the field',
    ],
    [
      answered(422, { issues: [{ message: 'too long' }, { message: 'no region' }, {}] }),
      'answered 422 Unprocessable Entity: too long; no region',
      'the body format of 2023',
    ],
    [answered(409, { error: 'busy' }), 'answered 409 Conflict: {"error":"busy"}', 'unknown fields'],
    [answered(409, {}), 'answered 409 Conflict', 'an empty object adds nothing'],
    [answered(409, 'null'), 'answered 409 Conflict: null', 'no object'],
    [answered(409, ''), 'answered 409 Conflict', 'no body'],
    [answered(499, ''), 'answered 499', 'the status has no name'],
    [
      answered(400, { code: 7, message: 'x' }),
      'answered 400 Bad Request: x',
      'a code that is not text is ignored',
    ],
    [
      answered(400, '{"__proto__":{"code":"EVIL","message":"evil"}}'),
      'answered 400 Bad Request: {"__proto__":{"code":"EVIL","message":"evil"}}',
      'inherited properties are ignored',
    ],
    [
      answered(401, { message: 'You must be logged in.' }),
      'answered 401 Unauthorized: You must be logged in. (check PAPERSPACE_API_KEY: the API does not accept the key)',
      'the user can fix it',
    ],
    [
      answered(403, { code: 'FORBIDDEN', message: 'no' }),
      'answered 403 FORBIDDEN: no (check PAPERSPACE_API_KEY: its user may not do this)',
      'the user can fix it',
    ],
    [
      answered(301, '', false),
      'answered 301 Moved Permanently (check PAPERSPACE_API_URL: it redirects)',
      'the user can fix it',
    ],
    [
      answered(403, '<h1>Blocked</h1>', false),
      'answered 403 Forbidden: Blocked (not an answer of the API: a proxy or firewall may be in between, or PAPERSPACE_API_URL is wrong)',
      'the key is not the cause',
    ],
    [
      answered(407, '', false),
      'answered 407 Proxy Authentication Required (a proxy wants a user and a password: see docs/connection.md)',
      'the user can fix it',
    ],
    [
      answered(502, '<h1>Bad gateway</h1>', false),
      'answered 502 Bad Gateway: Bad gateway',
      'a gateway identifies itself',
    ],
    [
      { sort: 'unsent', reason: 'write EPROTO\nfile.c:77:\n', lasting: true },
      'was not sent: write EPROTO file.c:77:',
      'one line',
    ],
    [
      { sort: 'lost', reason: 'socket hang up' },
      'got no answer: socket hang up',
      'the connection broke',
    ],
    [
      { sort: 'unusable', reason: 'null', lasting: true },
      'answered null',
      'null is not a resource',
    ],
    [
      { sort: 'stopped' },
      'was stopped: shutting down, or no longer wanted',
      'there is no cause to name',
    ],
  ];
  test.each(rows)('%o %s, because: %s', (failure, message) => {
    expect(explained(failure)).toBe(`POST /machines ${message}`);
  });

  test('HTML is quoted without tags, in one line of at most 200 characters', () => {
    const message = explained(answered(502, html));
    expect(message).toMatch(
      /^POST \/machines answered 502 Bad Gateway: Bad Gateway cloud cloud .*…$/,
    );
    expect(message.length).toBeLessThan('POST /machines answered 502 Bad Gateway: '.length + 201);
  });

  test('control characters, which could control a terminal, are removed', () => {
    const message = explained(answered(400, { message: 'a\u001b[31mred\u0007' }));
    expect(message).toBe('POST /machines answered 400 Bad Request: a [31mred');
  });

  test('status and code are also fields', () => {
    const error = toApiError({ method: 'GET', path: '/x' }, answered(409, { code: 'CONFLICT' }), [
      key,
    ]);
    expect(error).toMatchObject({ verdict: 'rejected', status: 409, code: 'CONFLICT' });
    const lost = toApiError({ method: 'GET', path: '/x' }, { sort: 'lost', reason: '' }, [key]);
    expect(lost).toMatchObject({ verdict: 'unavailable', status: undefined, code: undefined });
  });
});

describe('secrets are redacted', () => {
  const forms: Record<string, (secret: string) => string> = {
    plain: (secret) => secret,
    'upper case': (secret) => secret.toUpperCase(),
    'URL-encoded': encodeURIComponent,
    'JSON-escaped': (secret) => JSON.stringify(secret),
    base64: (secret) => Buffer.from(secret).toString('base64'),
    'base64 of a header': (secret) => Buffer.from(`Bearer ${secret}`).toString('base64'),
    'base64 of a pair': (secret) => Buffer.from(`us:${secret}:x`).toString('base64url'),
    hexadecimal: (secret) => Buffer.from(secret).toString('hex'),
  };
  test.each(Object.entries(forms))('%s', (_name, form) => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 });
    fc.assert(
      fc.property(secret, fc.lorem(), (value, noise) => {
        const text = redactor([value])(`${noise} ${form(value)} ${noise}`);
        for (const echo of Object.values(forms)) expect(text).not.toContain(echo(value));
        expect(text).toContain('[secret]');
      }),
    );
  });

  test('the key is removed from message and code', () => {
    const failure = answered(500, { code: key, message: `who is ${key}?` });
    const error = toApiError({ method: 'GET', path: '/machines' }, failure, [key]);
    expect(error.message).toBe('GET /machines answered 500 [secret]: who is [secret]?');
    expect(error.code).toBe('[secret]');
  });

  test('the key is removed even from a path', () => {
    const error = toApiError({ method: 'GET', path: `/machines/${key}` }, answered(404, ''), [key]);
    expect(error.message).toBe('GET /machines/[secret] answered 404 Not Found');
  });

  test('a secret that is a prefix of another leaves no remainder', () => {
    expect(redactor(['abcd', 'abcdefgh'])('abcdefgh abcd')).toBe('[secret] [secret]');
  });

  test('a whole script is redacted, and one longer than any quote is cheap', () => {
    const script = 'echo "İ wait" && sleep 1\n'.repeat(700);
    expect(redactor([script])(`400: ${script}?`)).toBe('400: [secret]?');
    expect(redactor([script.repeat(1000)])('400: echo')).toBe('400: echo');
  });

  test('the key is removed where a long text is cut within it', () => {
    const text = `${'x '.repeat(96)}${key}`;
    expect(explained(answered(500, text))).not.toContain(key.slice(0, 6));
  });

  test('the values of sent secret fields are redacted', () => {
    const json = {
      name: 'HF_TOKEN',
      value: 'hf-secret',
      s3Config: { secretAccessKey: 'wJalr', bucket: 'b-1' },
    };
    expect(secretsIn(json)).toEqual(['hf-secret', 'wJalr']);
    expect(secretsIn([{ password: ['p1', { deep: 'p2' }], description: 'plain' }])).toEqual([
      'p1',
      'p2',
    ]);
    const failure = answered(400, { message: 'HF_TOKEN: hf-secret is too short' });
    const error = toApiError({ method: 'POST', path: '/secrets', json }, failure, [key]);
    expect(error.message).toBe(
      'POST /secrets answered 400 Bad Request: HF_TOKEN: [secret] is too short',
    );
  });

  test('a text without secrets is unchanged', () => {
    expect(redactor([])('abc')).toBe('abc');
    expect(redactor(['abc'])('abc')).toBe('abc');
    expect(redactor([key])('machines/trainer-1')).toBe('machines/trainer-1');
  });
});
