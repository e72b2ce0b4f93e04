import { providerKeyProblem } from '../../model/resource.ts';
import type { SecretProvider, SecretProviders } from '../../model/settings.ts';
import { createExec } from './exec.ts';
import { ProviderError, type Ask, type Means } from './provider.ts';
import { createVault } from './vault.ts';

/** The providers by their type: one file and one line each. */
function create(settings: SecretProvider, means: Means): Ask {
  switch (settings.type) {
    case 'exec':
      return createExec(settings, means);
    case 'vault':
      return createVault(settings);
  }
}

/**
 * Creates a function that asks the providers of the settings during one pass: at most once for each key, and not again
 * after a timeout. Rejects with a `ProviderError`.
 */
export function createProviders(
  providers: SecretProviders,
  means: Means,
): (provider: string, key: string) => Promise<string> {
  const asks = new Map(
    Object.entries(providers).map(([name, settings]) => [name, once(create(settings, means))]),
  );
  return async (provider, key) => {
    const ask = asks.get(provider);
    if (!ask) throw new ProviderError(' is not defined in secrets.providers of settings');
    const problem = providerKeyProblem(key);
    if (problem !== undefined) throw new ProviderError(`: the key ${problem}`);
    return ask(key);
  };
}

function once(ask: Ask): Ask {
  const answers = new Map<string, Promise<string>>();
  let timedOut = false;
  const watched: Ask = async (key) => {
    if (timedOut) throw new ProviderError(' took too long for another secret of this pass', true);
    try {
      return await ask(key);
    } catch (error) {
      timedOut ||= error instanceof ProviderError && error.timedOut;
      throw error;
    }
  };
  return async (key) => {
    const answer = answers.get(key) ?? watched(key);
    answers.set(key, answer);
    return answer;
  };
}
