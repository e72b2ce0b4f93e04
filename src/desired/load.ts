import PQueue from 'p-queue';
import type { OneWorkspace } from '../model/workspaceName.ts';
import type { Catalog } from '../model/kind/kind.ts';
import { ownFiles } from '../model/files/ownCredentials.ts';
import type { Absent, Desired, DesiredState, Problem } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { checkCycles } from './rules/cycles.ts';
import { noDeclarations } from './declare/declarations.ts';
import { declareFile } from './declare/declare.ts';
import { parseDocuments } from './yaml/document.ts';
import { includeFiles, namedFiles, noFiles, type IncludedFiles } from './files/includedFiles.ts';
import type { Texts } from './settings/environment.ts';
import { inputsOf, unknownInputs, type Inputs } from './files/inputs.ts';
import { withoutOwn, type Refusal, type Root } from './files/containment.ts';
import { nameExpander } from './declare/expandNames.ts';
import { checkNameConflicts } from './rules/nameConflicts.ts';
import { bugMessage, collectProblems, escaped, type Problems } from './problems/problems.ts';
import { readOperator, type OperatorFile } from './files/operatorFile.ts';
import { readConfig, type ConfigFile } from './files/readConfig.ts';
import { absentIn, desiredOf } from './resolve/desiredState.ts';
import { resolve, type Resolved } from './resolve/resolve.ts';
import { revisionOf } from './files/revision.ts';
import { checkProviders } from './rules/providers.ts';
import { checkExclusive, checkRegions, checkTargets } from './rules/rules.ts';
import { checkWarnings } from './rules/warnings.ts';
import type { Scope, SecretUse } from './resolve/scope.ts';
import type { Declaring } from './declare/sections.ts';
import { refusalOf } from './resolve/variables.ts';
import { operatorSettings } from './settings/operatorSettings.ts';
import { resolveSettings, type Unsupported } from './settings/resolveSettings.ts';
import type { ConfigSource } from './settings/settingValues.ts';
import { readText, type Text } from './files/readText.ts';

/**
 * The entry point of `desired/`. In: the path of a config directory, the catalog of kinds, and overrides from the
 * environment and flags. Out: a `DesiredState` with its settings and warnings, or the problems by file, line, and
 * column.
 *
 * Folders in order of use: files/ finds and reads YAML, yaml/ parses it to trees with positions, declare/ collects
 * declarations, resolve/ turns values into specs (validate/ checks them against the JSON Schema), rules/ checks
 * resources against each other, settings/ resolves the settings, files/revision.ts hashes the state. problems/ collects
 * what is wrong.
 */

/** The result of loading a config directory: the desired state, or every problem by file, line, and column. */
export type Loaded = {
  /** Everything that the result depends on. */
  readonly inputs: Inputs;
  /** Valid, but most likely not intended. */
  readonly warnings: readonly Problem[];
} & (
  | {
      readonly ok: true;
      readonly state: DesiredState;
      readonly settings: Settings;
      /** The number of YAML files. */
      readonly files: number;
      /** The secrets that a pass reads. */
      readonly secrets: readonly SecretUse[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

/** What is loaded beside the config directory, and settings that this program cannot honour. */
export interface Overrides {
  readonly env?: Texts;
  readonly flags?: Texts;
  /** The operator's settings file. With it, `holdfast.yaml` may set only what `repoMaySet` lists. Default: none. */
  readonly operator?: OperatorFile | undefined;
  /**
   * Whoever may push to a Git repository is not the operator: `holdfast.yaml` may set only what `repoMaySet` lists, and
   * the desired state reads only variables that `secrets.env` matches. Default: a directory.
   */
  readonly source?: ConfigSource | undefined;
  readonly unsupported?: readonly Unsupported[];
  /** The workspace of several whose config it is. Default: there are no workspaces. */
  readonly workspace?: OneWorkspace | undefined;
}

/**
 * Loading is work for the processor, in many small steps. If a thousand workspaces did it at once, a process could not
 * renew its leases in time.
 */
const loads = new PQueue({ concurrency: 4 });

/**
 * Loads a config directory, with the settings that `resolveSettings` describes. Reads no secret. Never rejects: even a
 * bug becomes a problem (`internal-error`).
 */
export async function loadDesired(
  directory: string,
  catalog: Catalog,
  overrides: Overrides = {},
): Promise<Loaded> {
  try {
    return await loads.add(() => load(directory, catalog, overrides));
  } catch (error) {
    const problem = { file: '.', line: 1, column: 1, rule: 'internal-error' };
    return {
      ok: false,
      problems: [{ ...problem, message: bugMessage(error) }],
      warnings: [],
      inputs: unknownInputs,
    };
  }
}

async function load(directory: string, catalog: Catalog, overrides: Overrides): Promise<Loaded> {
  const declared = await readDeclared(directory, catalog, overrides);
  if (!declared.ok) return declared;
  // The trees of a large team take hundreds of megabytes: they are released before the revision is computed.
  const { resources, absent, root, ...rest } = declared;
  const revision = revisionOf(resources, absent, root.path);
  return { ...rest, state: { resources, absent, revision } };
}

/** The content of a config directory, without its revision. */
interface Declared {
  readonly ok: true;
  readonly resources: readonly Desired[];
  readonly absent: readonly Absent[];
  readonly settings: Settings;
  readonly root: Root;
  readonly files: number;
  readonly inputs: Inputs;
  readonly warnings: readonly Problem[];
  readonly secrets: readonly SecretUse[];
}

async function readDeclared(
  directory: string,
  catalog: Catalog,
  overrides: Overrides,
): Promise<Declared | Extract<Loaded, { ok: false }>> {
  const { env = {}, flags = {}, source, unsupported, workspace } = overrides;
  const config = await readConfig(directory, readText);
  const { root, files } = config;
  const operator = await readOperator(overrides.operator, root, readText);
  if (!root)
    return {
      ok: false,
      problems: config.problems,
      warnings: [],
      inputs: inputsOf(config, noFiles, env, operator),
    };
  const problems = collectProblems(config.problems);
  const scope = declaringWith(catalog, problems);
  scope.declared.uncertain = config.problems.length > 0;
  for (const file of files) parseFile(file, scope);
  const includedFiles = await includeFiles(
    root,
    namedFiles(scope.declared),
    readText,
    ownFiles(env),
  );
  const included = includedOf(includedFiles);
  const settings = resolveSettings(
    {
      entry: scope.declared.settings,
      operator: operator && operatorSettings(operator, problems),
      source,
      workspace,
      included,
      kinds: [...catalog.kinds.keys()],
      powerKinds: [...catalog.kinds.values()].flatMap(({ name, power }) => (power ? [name] : [])),
    },
    env,
    flags,
    unsupported,
  );
  const warnings = collectProblems();
  // Which variables settings with a problem were meant to allow is not known.
  const envAllowed = settings.ok ? settings.envAllowed : 'any';
  const resolved = resolveAll(
    {
      ...scope,
      included: (...file) => withoutOwn(included(...file)),
      refuseVariable: (name) => refusalOf(name, envAllowed),
    },
    warnings,
  );
  const settingsProblems = settings.ok ? [] : settings.problems;
  if (settings.ok) checkProviders(scope.secrets, settings.settings.secrets.providers, problems);
  const allProblems = collectProblems([...problems.list(), ...settingsProblems]).list();
  const inputs = inputsOf(config, includedFiles, env, operator);
  return settings.ok && allProblems.length === 0
    ? {
        ok: true,
        resources: resolved.flatMap(desiredOf),
        absent: absentIn(scope.declared),
        settings: settings.settings,
        root,
        files: files.length,
        inputs,
        warnings: warnings.list(),
        secrets: scope.secrets,
      }
    : { ok: false, problems: allProblems, warnings: warnings.list(), inputs };
}

const declaringWith = (
  catalog: Catalog,
  problems: Problems,
): Omit<Scope, 'included' | 'refuseVariable'> => ({
  catalog,
  declared: noDeclarations(),
  problems,
  namesOf: nameExpander(problems),
  keeps: true,
  secrets: [],
});

function parseFile({ name, content }: ConfigFile, scope: Declaring): void {
  if (!content.ok) return;
  try {
    const documents = parseDocuments(escaped(name), content.text, scope.problems);
    declareFile(name, documents, scope);
  } catch (error) {
    const at = { file: escaped(name), line: 1, column: 1 };
    scope.problems.add(at, 'internal-error', bugMessage(error));
    scope.declared.uncertain = true;
  }
}

const includedOf =
  ({ texts, places }: IncludedFiles<Text>): Scope['included'] =>
  (path, _, read) =>
    (read ? texts : places).get(path) ?? notSearchedFor;

/** Unreachable: the same declarations are searched for files and for values. */
const notSearchedFor: Refusal = { ok: false, rule: 'unreadable', message: 'was not read' };

/**
 * Resolves the defaults first, so that a mistake in them is reported there and not at the first resource that uses
 * them.
 */
function resolveAll(scope: Scope, warnings: Problems): readonly Resolved[] {
  const { declared, problems } = scope;
  for (const defaults of declared.defaults) resolve(defaults, scope, 'itself');
  const resources = declared.resources.map((declaration) => resolve(declaration, scope));
  const byDeclaration = new Map(resources.map((resource) => [resource.declaration, resource]));
  const config = { declared, resources, byDeclaration, problems };
  for (const check of [checkExclusive, checkRegions, checkTargets, checkCycles, checkNameConflicts])
    check(config);
  checkWarnings(config, warnings);
  return resources;
}
