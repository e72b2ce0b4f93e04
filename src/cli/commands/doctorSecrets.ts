import type { Loaded } from '../../desired/load.ts';
import type { SecretUse } from '../../desired/resolve/scope.ts';
import { countOf } from '../../model/text/countOf.ts';
import { systemClock } from '../../model/time/clock.ts';
import { lengthProblem } from '../../reconcile/compare/writeOnly.ts';
import type { SecretSource } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { createSecretReaders, readSecret } from '../../secrets/read.ts';
import type { Context } from '../../setup/context.ts';
import type { Finding } from './doctorStore.ts';

/** Reads each secret of the config and of its settings, and reports its length and its source. Never its text. */
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
  return [...findings, ...(await checkSettings(settings, env))];
}

/** Reads each secret of the settings themselves, such as the token of a Git server or the URL of a sink. */
async function checkSettings(settings: Settings, env: Context['env']): Promise<readonly Finding[]> {
  const used = sourcesIn(settings, '').filter(
    // By default the token is that of a variable, which need not be set as long as nobody sends commands.
    ([path, source]) => path !== 'server.token' || source.from !== 'env' || env[source.name],
  );
  return Promise.all(
    used.map(([path, source]) =>
      readSecret(source, env).then(
        (text): Finding => ({
          what,
          well: true,
          seen: `${path} of settings: ${lengthOf(text)} from ${sourceText(source)}`,
        }),
        (error: Error): Finding => ({
          what,
          well: false,
          seen: `${path} of settings cannot be read: ${error.message}`,
        }),
      ),
    ),
  );
}

/** The sources of secrets anywhere in the settings, with their paths. */
function sourcesIn(value: unknown, path: string): readonly (readonly [string, SecretSource])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isSource(value)) return [[path, value]];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, member]) =>
    sourcesIn(member, isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
  );
}

const isSource = (value: object): value is SecretSource =>
  'from' in value && ['env', 'file', 'sops'].includes(String(value.from));

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
