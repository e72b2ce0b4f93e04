import type { Texts } from '../settings/environment.ts';
import type { IncludedFiles, NamedFiles } from './includedFiles.ts';
import type { Place, Refusal } from './containment.ts';
import { compare } from '../problems/problems.ts';
import type { ConfigFiles } from './readConfig.ts';
import { sha256 } from './readText.ts';

/** What the answer of the loader depends on. */
export interface Inputs extends NamedFiles {
  /** Two loads with the same hash have the same answer, problems included. */
  readonly hash: string;
}

/** The content of a file, as far as it counts here. */
export interface Print {
  readonly ok: true;
  readonly sha256: string;
  readonly size: number;
}

/** The inputs of a load that broke off: no look finds them again, so the next one loads. */
export const unknownInputs: Inputs = { texts: [], places: [], hash: '' };

/** The inputs of a load: YAML, the files that it names, what is wrong with all of them, and Holdfast's environment variables. */
export function inputsOf(
  { files, problems }: Pick<ConfigFiles<Print>, 'files' | 'problems'>,
  { texts, places }: IncludedFiles<Print>,
  env: Texts,
): Inputs {
  const variables = Object.entries(env).filter(([name]) =>
    /^HOLDFAST_|^PAPERSPACE_API_KEY_FILE$/.test(name),
  );
  const parts = [
    variables.toSorted(([a], [b]) => compare(a, b)),
    problems,
    files.map(({ name, content }) => [name, printOf(content)]),
    ...[texts, places].map((named) => [...named].map(([path, file]) => [path, printOf(file)])),
  ];
  const named = { texts: [...texts.keys()], places: [...places.keys()] };
  return { ...named, hash: sha256(JSON.stringify(parts)) };
}

const printOf = (file: Print | Place | Refusal): string => {
  if (!file.ok) return file.message;
  return 'sha256' in file ? file.sha256 : `${'own' in file}`;
};
