import { formatProblem, toGithub, toSarif } from '../desired/formats.ts';
import { loadCatalog } from '../kinds/lib/load.ts';
import type { Problem } from '../model/resource.ts';
import { systemClock } from '../model/clock.ts';
import { createSecretReader } from '../secrets/read.ts';
import { readValues } from '../reconcile/writeOnly.ts';
import { loadConfig } from './config.ts';
import { UserError, type Context } from './context.ts';

const writers: Readonly<Record<string, (problems: readonly Problem[]) => string>> = {
  text: (problems) => problems.map((problem) => `${formatProblem(problem)}\n`).join(''),
  github: toGithub,
  sarif: (problems) => `${JSON.stringify(toSarif(problems), null, 2)}\n`,
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
  const problems = loaded.ok
    ? secrets
      ? await unreadable(loaded.state, catalog, context.env)
      : []
    : loaded.problems;
  context.out(write(problems));
  if (problems.length === 0 && loaded.ok && context.options.format === 'text')
    context.out(
      `valid: ${counted(loaded.state.resources.length, 'resource')} in ${counted(loaded.files, 'file')}\n`,
    );
  return problems.length === 0 ? 0 : 1;
}

const counted = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`;

async function unreadable(
  { resources }: { resources: Parameters<typeof readValues>[1] },
  { kinds }: Awaited<ReturnType<typeof loadCatalog>>,
  env: Context['env'],
): Promise<readonly Problem[]> {
  const values = await readValues(kinds, resources, createSecretReader(env, systemClock), () => '');
  const sources = new Map(resources.map(({ address, source }) => [address as string, source]));
  return [...values].flatMap(([address, own]) =>
    [...own].flatMap(([path, value]) => {
      const source = sources.get(address);
      if (value.ok || !source) return [];
      const message = `${address}: ${path}: ${value.because}`;
      return [{ ...source, rule: 'unreadable-secret', message }];
    }),
  );
}
