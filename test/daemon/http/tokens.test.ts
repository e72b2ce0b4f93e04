import { expect, test } from 'vitest';
import { permissions, type Settings } from '../../../src/model/settings.ts';
import { createLog } from '../../../src/console/log/log.ts';
import { readTokens } from '../../../src/daemon/http/tokens.ts';

const env = {
  LONG: '0123456789abcdef',
  OTHER: 'fedcba9876543210',
  SHORT: 'short',
  SAME: '0123456789abcdef',
};

const server = (host: string, token: string | null, named: Readonly<Record<string, string>>) =>
  ({
    host,
    port: 0,
    publicUrl: null,
    token: token === null ? null : { from: 'env', name: token },
    tokens: Object.entries(named).map(([name, variable]) => ({
      name,
      token: { from: 'env', name: variable },
      may: ['read'],
    })),
  }) satisfies Settings['server'];

async function read(settings: Settings['server']) {
  const said: string[] = [];
  const log = createLog(
    'warn',
    {
      write: (text) => void said.push(text),
      isTerminal: false,
      isWaiting: () => false,
      onLoss: () => undefined,
    },
    false,
  );
  const tokens = await readTokens({ env, log }, settings).catch((error: Error) => error.message);
  return { tokens, said: said.join('') };
}

const ofServer = { name: 'server.token', value: env.LONG, may: permissions };
const ofCi = { name: 'ci', value: env.OTHER, may: ['read'] };

test.each<{
  name: string;
  because: string;
  settings: Settings['server'];
  tokens: unknown;
}>([
  {
    name: 'two tokens on loopback',
    because: 'reading needs none there',
    settings: server('127.0.0.1', 'LONG', { ci: 'OTHER' }),
    tokens: { all: [ofServer, ofCi], toRead: false },
  },
  {
    name: 'no token on loopback',
    because: 'the default names a variable that need not be set',
    settings: server('127.0.0.1', 'UNSET', {}),
    tokens: { all: [], toRead: false },
  },
  {
    name: 'only a named token beyond loopback',
    because: 'everything needs a token, and there is one',
    settings: server('0.0.0.0', null, { ci: 'OTHER' }),
    tokens: { all: [ofCi], toRead: true },
  },
  {
    name: 'a short named token beyond loopback',
    because: 'each token can be guessed',
    settings: server('0.0.0.0', 'LONG', { ci: 'SHORT' }),
    tokens: expect.stringMatching(
      /^the server would listen on 0\.0\.0\.0 for everyone: the token ci has 5 characters, and at least 16 are needed/,
    ),
  },
  {
    name: 'a named token that is not set',
    because: 'whoever uses it would be refused',
    settings: server('127.0.0.1', 'LONG', { ci: 'UNSET' }),
    tokens:
      'the token ci of settings.server.tokens cannot be read: the environment variable UNSET is not set',
  },
  {
    name: 'two equal tokens',
    because: 'nobody could tell what a request may do',
    settings: server('127.0.0.1', 'LONG', { ci: 'SAME' }),
    tokens:
      'the tokens server.token and ci of settings.server are the same; give each its own secret',
  },
])('$name: $because', async ({ settings, tokens }) => {
  expect((await read(settings)).tokens).toEqual(tokens);
});

test('a short token is reported on loopback by its name', async () => {
  const { said } = await read(server('127.0.0.1', null, { ci: 'SHORT' }));
  expect(said).toMatch(/"actor":"ci".*the token is short/);
  expect(said).not.toContain('"short"');
});
