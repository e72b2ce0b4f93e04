import type { Texts } from '../settings/environment.ts';
import type { IncludedFiles, NamedFiles } from './includedFiles.ts';
import type { FileLocation, Refusal } from './containment.ts';
import type { OperatorContent, OperatorFile } from './operatorFile.ts';
import { byCodeUnits } from '../problems/problems.ts';
import type { ConfigFiles } from './readConfig.ts';
import { sha256 } from './readText.ts';

/** The files and variables that the result of a load depends on. */
export interface Inputs extends NamedFiles {
  /** Two loads with the same hash have the same result, problems included. */
  readonly hash: string;
  /** The operator's settings file; undefined: none is given. */
  readonly operator?: OperatorFile | undefined;
}

/** The fingerprint of a file's content. */
export interface ContentHash {
  readonly ok: true;
  readonly sha256: string;
  readonly size: number;
}

/** The inputs of a load that failed unexpectedly. No later hash equals theirs, so the config is loaded again. */
export const unknownInputs: Inputs = { texts: [], places: [], hash: '' };

/**
 * Computes the inputs of a load: YAML files, the files that they name, the problems of both, Holdfast's environment
 * variables, and the operator's settings file.
 */
export function inputsOf(
  { files, problems }: Pick<ConfigFiles<ContentHash>, 'files' | 'problems'>,
  { texts, places }: IncludedFiles<ContentHash>,
  env: Texts,
  operator: OperatorContent<ContentHash> | undefined,
): Inputs {
  const variables = Object.entries(env).filter(([name]) =>
    /^HOLDFAST_|^PAPERSPACE_API_KEY_FILE$/.test(name),
  );
  const parts = [
    variables.toSorted(([a], [b]) => byCodeUnits(a, b)),
    problems,
    files.map(({ name, content }) => [name, printOf(content)]),
    ...[texts, places].map((named) => [...named].map(([path, file]) => [path, printOf(file)])),
    operator && [operator.file, printOf(operator.content)],
  ];
  const named = { texts: [...texts.keys()], places: [...places.keys()] };
  return { ...named, operator: operator?.file, hash: sha256(JSON.stringify(parts)) };
}

const printOf = (file: ContentHash | FileLocation | Refusal): string => {
  if (!file.ok) return file.message;
  return 'sha256' in file ? file.sha256 : `${'own' in file}`;
};
