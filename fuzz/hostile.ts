import { aliasBombs, merges } from './aliases.ts';
import type { Attack } from './attack.ts';
import { manyFiles, manyProblems, nonsense, references } from './declarations.ts';
import { badUtf8, blocks, bytes, hugeScalars, manyErrors, nesting } from './texts.ts';

/** Hostile inputs. Their order is part of what a seed means, so it must not change. */
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
