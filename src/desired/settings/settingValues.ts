import type { OneWorkspace } from '../../model/workspaceName.ts';
import type { Source } from '../../model/resource.ts';
import { noDeclarations } from '../declare/declarations.ts';
import { settingsFile } from '../declare/declare.ts';
import { resolveAnywhere, withoutOwn } from '../files/containment.ts';
import type { Problems } from '../problems/problems.ts';
import { valuesOf } from '../resolve/resolveValues.ts';
import type { Included, Scope } from '../resolve/scope.ts';
import { refusalOf, type EnvAllowed } from '../resolve/variables.ts';
import type { Entry, Mapping } from '../yaml/tree.ts';
import type { OperatorSettings } from './operatorSettings.ts';
import { settingsSchema } from './settingsSchema.ts';

/** Who may change the config: whoever may write the directory, or whoever may push to a repository. */
export type ConfigSource = 'directory' | 'git';

/** The settings as written in files, and what their validation needs. */
export interface FileSettings {
  /** `settings:` of `holdfast.yaml`. */
  readonly entry: Entry | undefined;
  /** `settings:` of the operator's file; undefined if no such file is given. */
  readonly operator?: OperatorSettings | undefined;
  /** Default: a directory. */
  readonly source?: ConfigSource | undefined;
  /** The workspace of several whose config it is. Default: there are no workspaces. */
  readonly workspace?: OneWorkspace | undefined;
  /** Looks up the files that `holdfast.yaml` names. */
  readonly included: Scope['included'];
  /** The kinds that `prune`, `notify`, and `budgets` may name. */
  readonly kinds: readonly string[];
  /** The kinds that can be stopped. */
  readonly powerKinds: readonly string[];
}

/** Whether `holdfast.yaml` is not the operator's, so that it may set only what `repoMaySet` lists. */
export const isRepoBound = (written: FileSettings | undefined): written is FileSettings =>
  written !== undefined && (written.operator !== undefined || written.source === 'git');

/** The context of resolving the values of settings. */
export interface Resolving {
  readonly written: FileSettings | undefined;
  readonly envAllowed: EnvAllowed;
  readonly problems: Problems;
}

/** The values, with secrets resolved. */
export function valuesIn({ entries }: Mapping, key: Source, resolving: Resolving): unknown {
  const { written, envAllowed, problems } = resolving;
  const isRepo = ({ file }: Source): boolean => isRepoBound(written) && file === settingsFile;
  const scope: Scope = {
    catalog: { kinds: new Map(), lookups: new Map() },
    declared: noDeclarations(),
    problems,
    namesOf: () => [],
    included(path, at, read) {
      const file = includedBy(written, path, at, read);
      return isRepo(at) ? withoutOwn(file) : file;
    },
    keeps: false,
    refuseVariable: (name, at) => (isRepo(at) ? refusalOf(name, envAllowed) : undefined),
    secrets: [],
  };
  const where = { owner: 'settings', path: '', key: { at: key }, used: () => undefined };
  return valuesOf(entries, settingsSchema, where, scope);
}

/**
 * A file that settings name. One named in `holdfast.yaml` must be inside the config directory. One named by the
 * operator may be anywhere: relative to the operator's file, or to the working directory if a variable or a flag names
 * it.
 */
function includedBy(
  written: FileSettings | undefined,
  path: string,
  at: Source,
  read: boolean,
): Included {
  if (written && at.file === settingsFile) return written.included(path, at, read);
  const { operator } = written ?? {};
  return resolveAnywhere(operator && at.file === operator.file ? operator.directory : '.', path);
}
