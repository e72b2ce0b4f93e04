import type { Catalog } from '../../model/kind/kind.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { DesiredState } from '../../model/resource.ts';
import type { PlannedMemory } from '../../model/memory.ts';
import type { Written } from '../compare/writeOnly.ts';
import type { Visibility } from './matching/match.ts';

/** The input of a plan. */
export interface PlanInput extends Visibility {
  readonly catalog: Catalog;
  readonly desired: DesiredState;
  readonly snapshot: Snapshot;
  readonly memory: PlannedMemory;
  readonly written: Written;
  /** Kinds whose orphans are deleted. */
  readonly prune: readonly string[];
}
