import type { Catalog } from '../model/kind.ts';
import { ownFiles } from '../model/files/ownCredentials.ts';
import { addressOf } from '../model/resource.ts';
import type { Absent, Desired, DesiredState, Problem } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import { checkCycles } from './rules/cycles.ts';
import { noDeclarations, type AbsentName, type Declarations } from './declare/declarations.ts';
import { declareFile } from './declare/declare.ts';
import { parseDocuments } from './yaml/document.ts';
import { includeFiles, namedFiles, noFiles, type IncludedFiles } from './files/includedFiles.ts';
import type { Texts } from './settings/environment.ts';
import { inputsOf, unknownInputs, type Inputs } from './files/inputs.ts';
import type { Refusal, Root } from './files/containment.ts';
import { namesWithin } from './declare/expandNames.ts';
import { checkNames } from './rules/nameConflicts.ts';
import { bugWords, collectProblems, shown, type Problems } from './problems/problems.ts';
import { readConfig, type ConfigFile } from './files/readConfig.ts';
import { resolve, type Resolved } from './resolve/resolve.ts';
import { revisionOf } from './files/revision.ts';
import { checkExclusive, checkRegions, checkTargets } from './rules/rules.ts';
import { checkWarnings } from './rules/warnings.ts';
import type { Scope, SecretUse } from './resolve/scope.ts';
import type { Declaring } from './declare/sections.ts';
import { resolveSettings, type Unsupported } from './settings/resolveSettings.ts';
import { readText, type Text } from './files/readText.ts';

/** A config directory, understood; or everything that is wrong with it, by file, line and column. */
export type Loaded = {
  /** What the answer depends on. */
  readonly inputs: Inputs;
  /** What is valid, and most likely not meant. */
  readonly warnings: readonly Problem[];
} & (
  | {
      readonly ok: true;
      readonly state: DesiredState;
      readonly settings: Settings;
      /** How many YAML files there are. */
      readonly files: number;
      /** The secrets that passes read. */
      readonly secrets: readonly SecretUse[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

/** What goes over the settings in `holdfast.yaml`, and which settings the program cannot honour. */
export interface Overrides {
  readonly env?: Texts;
  readonly flags?: Texts;
  readonly unsupported?: readonly Unsupported[];
}

/**
 * Loads a config directory. Never rejects for what stands there, and reads no secret. `settings` are those of
 * `holdfast.yaml` over the defaults, under what `overrides` brings.
 */
export async function loadDesired(
  directory: string,
  catalog: Catalog,
  overrides: Overrides = {},
): Promise<Loaded> {
  try {
    return await load(directory, catalog, overrides);
  } catch (error) {
    const problem = { file: '.', line: 1, column: 1, rule: 'internal-error' };
    return {
      ok: false,
      problems: [{ ...problem, message: bugWords(error) }],
      warnings: [],
      inputs: unknownInputs,
    };
  }
}

async function load(directory: string, catalog: Catalog, overrides: Overrides): Promise<Loaded> {
  const declared = await readDeclared(directory, catalog, overrides);
  if (!declared.ok) return declared;
  // What was written is let go before its revision is made: of a large team it is hundreds of megabytes.
  const { resources, absent, root, ...rest } = declared;
  const revision = revisionOf(resources, absent, root.path);
  return { ...rest, state: { resources, absent, revision } };
}

/** What a config directory declares. */
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
  const { env = {}, flags = {}, unsupported } = overrides;
  const config = await readConfig(directory, readText);
  const { root, files } = config;
  if (!root)
    return {
      ok: false,
      problems: config.problems,
      warnings: [],
      inputs: inputsOf(config, noFiles, env),
    };
  const problems = collectProblems(config.problems);
  const scope = scopeOf(catalog, problems);
  scope.declared.uncertain = config.problems.length > 0;
  for (const file of files) parseFile(file, scope);
  const named = await includeFiles(root, namedFiles(scope.declared), readText, ownFiles(env));
  const included = includedOf(named);
  const warnings = collectProblems();
  const resolved = resolveAll({ ...scope, included }, warnings);
  const settings = resolveSettings(
    { entry: scope.declared.settings, included, kinds: [...catalog.kinds.keys()] },
    env,
    flags,
    unsupported,
  );
  const found = settings.ok ? [] : settings.problems;
  const all = collectProblems([...problems.list(), ...found]).list();
  const inputs = inputsOf(config, named, env);
  return settings.ok && all.length === 0
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
    : { ok: false, problems: all, warnings: warnings.list(), inputs };
}

const scopeOf = (catalog: Catalog, problems: Problems): Omit<Scope, 'included'> => ({
  catalog,
  declared: noDeclarations(),
  problems,
  namesOf: namesWithin(problems),
  keeps: true,
  ownAllowed: false,
  secrets: [],
});

function parseFile({ name, content }: ConfigFile, scope: Declaring): void {
  if (!content.ok) return;
  try {
    const documents = parseDocuments(shown(name), content.text, scope.problems);
    declareFile(name, documents, scope);
  } catch (error) {
    const at = { file: shown(name), line: 1, column: 1 };
    scope.problems.add(at, 'internal-error', bugWords(error));
    scope.declared.uncertain = true;
  }
}

const includedOf =
  ({ texts, places }: IncludedFiles<Text>): Scope['included'] =>
  (path, _, read) =>
    (read ? texts : places).get(path) ?? notLookedFor;

/** Cannot be: the same declarations are looked through for files and for values. */
const notLookedFor: Refusal = { ok: false, rule: 'unreadable', message: 'was not read' };

/** Defaults first: a mistake in them is told of them, and not of the first resource that has them. */
function resolveAll(scope: Scope, warnings: Problems): readonly Resolved[] {
  const { declared, problems } = scope;
  for (const defaults of declared.defaults) resolve(defaults, scope, 'itself');
  const resources = declared.resources.map((declaration) => resolve(declaration, scope));
  const byDeclaration = new Map(resources.map((one) => [one.declaration, one]));
  const config = { declared, resources, byDeclaration, problems };
  for (const check of [checkExclusive, checkRegions, checkTargets, checkCycles, checkNames])
    check(config);
  checkWarnings(config, warnings);
  return resources;
}

const absentIn = ({ absent }: Declarations): readonly Absent[] =>
  [...absent.values()].flatMap((names) => [...names.values()].map(absentOf));

const desiredOf = ({ declaration, spec, lifecycle, formerNames }: Resolved): readonly Desired[] =>
  declaration.names.map((name, i) => {
    const kind = declaration.kind.name;
    const formerName = formerNames[i];
    return {
      address: addressOf(kind, name),
      kind,
      name,
      spec,
      lifecycle: formerName === undefined ? lifecycle : { ...lifecycle, formerName },
      source: declaration.at,
    };
  });

const absentOf = ({ kind, name, at }: AbsentName): Absent => ({
  address: addressOf(kind.name, name),
  kind: kind.name,
  name,
  source: at,
});
