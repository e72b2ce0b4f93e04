import { isLoopback } from '../../model/loopback.ts';
import { permissions, serverToken, type Settings } from '../../model/settings.ts';
import { countOf } from '../../model/text/countOf.ts';
import { readSecret } from '../../secrets/read.ts';
import type { Token, Tokens } from '../../server/access/tokens.ts';
import { UserError, type Context } from '../../setup/context.ts';

/** The minimum length of a token if other machines can try to guess it. */
const minTokenLength = 16;

/**
 * Reads the tokens that requests need. On loopback reading needs none; changes always need one. Rejects with a
 * `UserError` if a named token cannot be read, two tokens are equal, or the server would be exposed without sufficient
 * tokens.
 */
export async function readTokens(
  { env, log }: Pick<Context, 'env' | 'log'>,
  settings: Settings['server'],
): Promise<Tokens> {
  const all = await valuesOf(settings, env);
  refuseEqual(all);
  const short = all.find(({ value }) => value.length < minTokenLength);
  if (isLoopback(settings.host)) {
    if (short)
      log.warn(
        { actor: short.name, shortest: minTokenLength },
        'the token is short: users of this machine can guess it',
      );
    return { all, toRead: false };
  }
  if (all.length > 0 && !short) return { all, toRead: true };
  const problem = short
    ? `the token ${short.name} has ${countOf(short.value.length, 'character')}, and at least ${minTokenLength} are needed`
    : 'set HOLDFAST_TOKEN to a secret';
  throw new UserError(
    `the server would listen on ${settings.host} for everyone: ${problem} (such as from: openssl rand -hex 32), or set settings.server.listen to an address on 127.0.0.1`,
  );
}

/** The tokens with their values. `settings.server.token` may be unset, since its default names a variable. */
async function valuesOf(
  { token, tokens }: Settings['server'],
  env: Context['env'],
): Promise<readonly Token[]> {
  const value = token ? await readSecret(token, env).catch(() => undefined) : undefined;
  const named = tokens.map(async ({ name, token: source, may }) => ({
    name,
    may,
    value: await readSecret(source, env).catch((error: Error) => {
      throw new UserError(
        `the token ${name} of settings.server.tokens cannot be read: ${error.message}`,
      );
    }),
  }));
  return [
    ...(value ? [{ name: serverToken, value, may: permissions }] : []),
    ...(await Promise.all(named)),
  ];
}

/** Nobody could tell which of two equal tokens a request carries, and so what it may do. */
function refuseEqual(tokens: readonly Token[]): void {
  for (const [i, { name, value }] of tokens.entries()) {
    const other = tokens.slice(0, i).find((token) => token.value === value);
    if (other)
      throw new UserError(
        `the tokens ${other.name} and ${name} of settings.server are the same; give each its own secret`,
      );
  }
}
