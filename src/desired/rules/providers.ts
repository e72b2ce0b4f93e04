import type { SecretProviders } from '../../model/settings.ts';
import { quote, type Problems } from '../problems/problems.ts';
import type { SecretUse } from '../resolve/scope.ts';

/** Reports secrets of providers that the settings do not define. */
export function checkProviders(
  secrets: readonly SecretUse[],
  providers: SecretProviders,
  problems: Problems,
): void {
  const names = Object.keys(providers);
  for (const { source, owner, path, at } of secrets)
    if (source.from === 'provider' && !Object.hasOwn(providers, source.provider)) {
      const hint = problems.hint(source.provider, names);
      const message = `${path} of ${owner} is from ${quote(source.provider)}, and secrets.providers of settings has no such provider${hint}`;
      problems.add(at, 'unknown-provider', message);
    }
}
