import { aliasBombs, merges } from './aliases.ts';
import type { Attack } from './attack.ts';
import { manyFiles, manyProblems, nonsense, references } from './declarations.ts';
import { badUtf8, blocks, bytes, hugeScalars, manyErrors, nesting } from './texts.ts';

/** Inputs that are meant to hurt. What an input of a seed is goes by their order. */
export const attacks: readonly Attack[] = [
  bytes,
  badUtf8,
  nesting,
  blocks,
  hugeScalars,
  aliasBombs,
  merges,
  nonsense,
  nonsense,
  references,
  manyFiles,
  manyProblems,
  manyErrors,
];
