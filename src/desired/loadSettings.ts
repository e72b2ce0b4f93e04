import type { Catalog } from '../model/kind/kind.ts';
import { readOperator } from './files/operatorFile.ts';
import { readText } from './files/readText.ts';
import type { Overrides } from './load.ts';
import { collectProblems } from './problems/problems.ts';
import { operatorSettings } from './settings/operatorSettings.ts';
import { resolveSettings, type ResolvedSettings } from './settings/resolveSettings.ts';

/**
 * Resolves the settings without a config directory: those of the operator's file, the environment, and flags. Never
 * rejects because of what they contain.
 */
export async function loadSettings(
  catalog: Catalog,
  { env = {}, flags = {}, operator: file, unsupported }: Overrides,
): Promise<ResolvedSettings> {
  const operator = await readOperator(file, undefined, readText);
  const problems = collectProblems();
  const settings = resolveSettings(
    {
      entry: undefined,
      operator: operator && operatorSettings(operator, problems),
      source: 'git',
      included: () => noDirectory,
      kinds: [...catalog.kinds.keys()],
      powerKinds: [...catalog.kinds.values()].flatMap(({ name, power }) => (power ? [name] : [])),
    },
    env,
    flags,
    unsupported,
  );
  const found = problems.list();
  if (found.length === 0) return settings;
  return settings.ok
    ? { ok: false, problems: found, hasGit: settings.settings.git !== null }
    : { ...settings, problems: [...found, ...settings.problems] };
}

const noDirectory = {
  ok: false,
  rule: 'unreadable',
  message: 'is not in a config directory',
} as const;
