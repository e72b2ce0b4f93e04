import { Composer, type CST, type Document, type ParsedNode, type YAMLError } from 'yaml';
import { treeOf } from './composeTree.ts';
import { maxDepth, maxLexemes, openings, tokensIn } from './tokens.ts';
import { collectProblems, type Problems } from '../problems/problems.ts';
import type { Node, PositionOf } from './tree.ts';
import { lineIndex } from './lineIndex.ts';
import { causes, ignored, syntaxMessage } from './syntaxErrors.ts';

/** One document of a YAML file. */
export type ParsedDocument =
  | { readonly root: Node; readonly broken: undefined }
  | {
      /** Incomplete; undefined if nothing of it could be parsed. */
      readonly root: Node | undefined;
      /** The text of a document with errors. The errors are among the problems. */
      readonly broken: string;
    };

/**
 * The core schema of YAML 1.2, whatever a `%YAML` line says: `on`, `off`, and `no` are texts. `composeTree.ts` handles
 * repeated and merge keys.
 */
const options = {
  schema: 'core',
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  intAsBigInt: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** A text while it is parsed, and where its problems go. */
interface Reading {
  readonly tokens: readonly CST.Token[];
  /** Computed at the first error: most texts have none. */
  openings?: ReadonlyMap<number, number>;
  readonly at: PositionOf;
  readonly problems: Problems;
}

/**
 * Parses a text into documents with positions. Syntax errors are added to the problems, and their messages quote no
 * content.
 */
export function parseDocuments(
  file: string,
  text: string,
  problems: Problems,
): readonly ParsedDocument[] {
  const at = lineIndex(file, text);
  const { tokens, tooDeep, tooMany } = tokensIn(text);
  if (tooMany !== undefined) {
    const message = `this file holds more than ${maxLexemes} tokens up to here; split it into several files`;
    problems.add(at(tooMany), 'too-large', message);
    return [{ root: undefined, broken: text }];
  }
  if (tooDeep !== undefined) {
    problems.add(at(tooDeep), 'too-deep', `values nest more than ${maxDepth} levels deep here`);
    return [{ root: undefined, broken: text }];
  }
  return composed(text, { tokens, at, problems });
}

function composed(text: string, reading: Reading): readonly ParsedDocument[] {
  const composer = new Composer<ParsedNode, false>(options);
  const documents = [...composer.compose(reading.tokens, false, text.length)];
  report(composer.streamInfo().errors, reading);
  return documents.map((document) => {
    const errors = errorsOf(document);
    report(errors, reading);
    const problems = errors.length === 0 ? reading.problems : collectProblems();
    const tree = treeOf(document, reading.at, problems);
    const [start, , end] = document.range;
    return tree?.complete && errors.length === 0
      ? { root: tree.root, broken: undefined }
      : { root: tree?.root, broken: text.slice(start, end) };
  });
}

/** An unknown tag is only a warning to the parser, which reads the value as a text. */
const errorsOf = ({
  errors,
  warnings,
}: Pick<Document, 'errors' | 'warnings'>): readonly YAMLError[] => [
  ...errors.filter(({ code }) => !ignored.has(code)),
  ...warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED'),
];

function report(errors: readonly YAMLError[], reading: Reading): void {
  const { tokens, at, problems } = reading;
  for (const error of causes(errors)) {
    reading.openings ??= openings(tokens);
    const offset = reading.openings.get(error.pos[0]) ?? error.pos[0];
    problems.add(at(offset), 'syntax', syntaxMessage(error));
  }
}
