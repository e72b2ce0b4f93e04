import { isOwnVariable } from '../../model/files/ownCredentials.ts';
import type { SecretProvider } from '../../model/settings.ts';
import { ProgramError, runProgram } from '../program.ts';
import { maxBytes, ProviderError, type Ask, type Means } from './provider.ts';

/** Runs a program for each key, without a shell. Its output, without the last newline, is the secret. */
export const createExec =
  (settings: Extract<SecretProvider, { type: 'exec' }>, { env, clock }: Means): Ask =>
  async (key) => {
    const [program = '', ...args] = settings.command;
    const command = [program, ...args.map((arg) => arg.replaceAll('{key}', () => key))] as const;
    const limits = { limitMs: settings.timeout, maxBytes };
    try {
      const output = await runProgram({ command, env: only(settings.env, env), ...limits }, clock);
      return textOf(output);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      throw new ProviderError(`: ${error.message}`, error.reason === 'timed-out');
    }
  };

/** The variables that every program gets. */
const basic = ['PATH', 'HOME', 'LANG'];

const only = (names: readonly string[], env: Means['env']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...basic, ...names]
      .filter((name) => !isOwnVariable(name))
      .flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );

function textOf(output: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(output);
  } catch {
    throw new ProviderError(' printed something that is not UTF-8');
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new ProviderError(' printed nothing');
  return secret;
}
