import { dirname } from 'node:path';
import { visible } from '../../model/text/visible.ts';
import { declareOperator } from '../declare/declare.ts';
import type { OperatorContent } from '../files/operatorFile.ts';
import type { Text } from '../files/readText.ts';
import { quote, type Problems } from '../problems/problems.ts';
import { parseDocuments } from '../yaml/document.ts';
import type { Entry } from '../yaml/tree.ts';

/** `settings:` of the operator's settings file. */
export interface OperatorSettings {
  /** The name of the file in positions: its absolute path. */
  readonly file: string;
  /** Paths in the file are relative to this directory. */
  readonly directory: string;
  /** Undefined if the file has a problem. */
  readonly entry: Entry | undefined;
}

/** Parses the operator's settings file. Everything wrong with it is added to the problems. */
export function operatorSettings(
  { file: { path, by }, content }: OperatorContent<Text>,
  problems: Problems,
): OperatorSettings {
  const file = visible(path);
  const entry = content.ok ? entryOf(file, content.text, problems) : undefined;
  if (!content.ok)
    problems.add(
      { file: by, line: 1, column: 1 },
      content.rule,
      `the operator’s settings file ${quote(path)} ${content.message}`,
    );
  return { file, directory: dirname(path), entry };
}

/** An empty file is a problem: it is most likely being written, and must not stand for the defaults. */
function entryOf(file: string, text: string, problems: Problems): Entry | undefined {
  const documents = parseDocuments(file, text, problems);
  const entry = declareOperator(documents, problems);
  if (!entry && documents.every(({ broken }) => broken === undefined))
    problems.add(
      { file, line: 1, column: 1 },
      'missing-field',
      'the operator’s settings file has no settings; write settings: {} for the defaults',
    );
  return entry;
}
