import type { Loaded } from '../../desired/load.ts';
import type { SecretUse } from '../../desired/resolve/scope.ts';
import { countOf } from '../../model/text/countOf.ts';
import { systemClock } from '../../model/time/clock.ts';
import { lengthProblem } from '../../reconcile/compare/writeOnly.ts';
import { createSecretReaders } from '../../secrets/read.ts';
import type { Context } from '../../setup/context.ts';
import type { Finding } from './doctorStore.ts';

/** Reads each secret of the config, and reports its length and its source. Never its text. */
export async function checkSecrets(
  { secrets, settings }: Pick<Extract<Loaded, { ok: true }>, 'secrets' | 'settings'>,
  env: Context['env'],
): Promise<readonly Finding[]> {
  const read = createSecretReaders(env, systemClock)(settings.secrets.providers);
  const findings: Finding[] = [];
  for (const { owner, path, schema, source } of secrets) {
    const name = `${path} of ${owner}`;
    const finding = await read(source).then(
      (text): Finding => {
        const problem = lengthProblem(text, schema);
        return problem === undefined
          ? { what, well: true, seen: `${name}: ${lengthOf(text)} from ${sourceText(source)}` }
          : { what, well: false, seen: `${name} from ${sourceText(source)}: ${problem}` };
      },
      (error: Error): Finding => ({
        what,
        well: false,
        seen: `${name} cannot be read: ${error.message}`,
        mend: 'until it can be read, its resource is blocked; docs/secrets.md',
      }),
    );
    findings.push(finding);
  }
  return findings;
}

const what = 'secret';

const lengthOf = (text: string): string => countOf(Array.from(text).length, 'character');

function sourceText(source: SecretUse['source']): string {
  switch (source.from) {
    case 'env':
      return `the variable ${source.name}`;
    case 'file':
      return `the file ${source.path}`;
    case 'sops':
      return `${source.key} of the SOPS file ${source.path}`;
    case 'provider':
      return `${source.key} of the provider ${source.provider}`;
  }
}
