import { countOf } from '../../model/text/countOf.ts';
import { toGithub, toLines, toSarif, type Findings } from '../../desired/problems/formats.ts';
import { collectProblems } from '../../desired/problems/problems.ts';
import type { Loaded } from '../../desired/load.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { systemClock } from '../../model/time/clock.ts';
import type { Problem } from '../../model/resource.ts';
import { lengthProblem } from '../../reconcile/compare/writeOnly.ts';
import { createSecretReaders } from '../../secrets/read.ts';
import { loadConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { pathsFrom, repositoryRoot, urlsFrom } from '../displayPaths.ts';

type Writer = (findings: Findings, directory: string) => string;

const writers: Readonly<Record<string, Writer>> = {
  text: toLines,
  github: (findings, directory) =>
    toGithub(findings, pathsFrom(repositoryRoot(process.cwd()), directory)),
  sarif: (findings, directory) =>
    jsonText(toSarif(findings, urlsFrom(repositoryRoot(process.cwd()), directory))),
  json: ({ problems, warnings }) =>
    jsonText({
      schema: 'holdfast/problems/v1',
      valid: problems.length === 0,
      problems,
      warnings,
    }),
};

const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** `secrets`: also check that each secret can be read. `strict`: treat warnings as errors. */
export interface ValidateFlags {
  readonly secrets: boolean;
  readonly strict: boolean;
}

/** `holdfast validate`: prints everything that is wrong with the config. Uses no network. */
export async function validate(context: Context, flags: ValidateFlags): Promise<number> {
  const { config, format } = context.options;
  const write = writers[format];
  if (!write)
    throw new UserError(`--format ${format}: write one of ${Object.keys(writers).join(', ')}`);
  const loaded = await loadConfig(context, await loadCatalog());
  const unreadableSecrets =
    loaded.ok && flags.secrets ? await findUnreadable(loaded, context.env) : [];
  const errors = loaded.ok ? unreadableSecrets : loaded.problems;
  const findings = flags.strict
    ? { problems: collectProblems([...errors, ...loaded.warnings]).list(), warnings: [] }
    : { problems: errors, warnings: loaded.warnings };
  context.out(
    write(findings, config),
    format === 'github' ? { of: 'workflow commands' } : undefined,
  );
  const valid = findings.problems.length === 0;
  if (valid && loaded.ok && format === 'text')
    context.out(
      `valid: ${countOf(loaded.state.resources.length, 'resource')} in ${countOf(loaded.files, 'file')}\n`,
    );
  return valid ? 0 : 1;
}

/** The secrets that cannot be read, each at its position. */
async function findUnreadable(
  { secrets, settings }: Pick<Extract<Loaded, { ok: true }>, 'secrets' | 'settings'>,
  env: Context['env'],
): Promise<readonly Problem[]> {
  const read = createSecretReaders(env, systemClock)(settings.secrets.providers);
  const problems = collectProblems();
  for (const { owner, path, schema, source, at } of secrets) {
    const reason = await read(source).then(
      (text) => lengthProblem(text, schema),
      (error: Error) => error.message,
    );
    if (reason !== undefined)
      problems.add(at, 'unreadable-secret', `${path} of ${owner} cannot be read: ${reason}`);
  }
  return problems.list();
}
