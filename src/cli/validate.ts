import { formatProblem, toGithub, toSarif } from '../desired/formats.ts';
import { collectProblems } from '../desired/problems.ts';
import type { SecretUse } from '../desired/scope.ts';
import { loadCatalog } from '../kinds/lib/load.ts';
import { systemClock } from '../model/clock.ts';
import type { Problem } from '../model/resource.ts';
import { lengthProblem } from '../reconcile/writeOnly.ts';
import { createSecretReader } from '../secrets/read.ts';
import { loadConfig } from './config.ts';
import { UserError, type Context } from './context.ts';
import { pathsFrom, repositoryRoot, urlsFrom } from './fileNames.ts';

type Writer = (problems: readonly Problem[], directory: string) => string;

const writers: Readonly<Record<string, Writer>> = {
  text: (problems) => problems.map((problem) => `${formatProblem(problem)}\n`).join(''),
  github: (problems, directory) =>
    toGithub(problems, pathsFrom(repositoryRoot(process.cwd()), directory)),
  sarif: (problems, directory) =>
    `${JSON.stringify(toSarif(problems, urlsFrom(repositoryRoot(process.cwd()), directory)), null, 2)}\n`,
  json: (problems) =>
    `${JSON.stringify(
      { schema: 'holdfast/problems/v1', valid: problems.length === 0, problems },
      null,
      2,
    )}\n`,
};

/** `holdfast validate`: every problem of the config, without the network. With `secrets`, also whether each secret can be read. */
export async function validate(
  context: Context,
  { secrets }: { secrets: boolean },
): Promise<number> {
  const write = writers[context.options.format];
  if (!write)
    throw new UserError(
      `--format ${context.options.format}: write one of ${Object.keys(writers).join(', ')}`,
    );
  const catalog = await loadCatalog();
  const loaded = await loadConfig(context, catalog);
  const found = loaded.ok && secrets ? await unreadable(loaded.secrets, context.env) : [];
  const problems = loaded.ok ? found : loaded.problems;
  context.out(write(problems, context.options.config));
  if (problems.length === 0 && loaded.ok && context.options.format === 'text')
    context.out(
      `valid: ${counted(loaded.state.resources.length, 'resource')} in ${counted(loaded.files, 'file')}\n`,
    );
  return problems.length === 0 ? 0 : 1;
}

const counted = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`;

/** The secrets that cannot be read, each at its own place. */
async function unreadable(
  secrets: readonly SecretUse[],
  env: Context['env'],
): Promise<readonly Problem[]> {
  const read = createSecretReader(env, systemClock);
  const problems = collectProblems();
  for (const { owner, path, schema, source, at } of secrets) {
    const because = await read(source).then(
      (text) => lengthProblem(text, schema),
      (error: Error) => error.message,
    );
    if (because !== undefined)
      problems.add(at, 'unreadable-secret', `${path} of ${owner} cannot be read: ${because}`);
  }
  return problems.list();
}
