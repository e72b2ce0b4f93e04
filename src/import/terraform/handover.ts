import { UserError } from '../../console/userError.ts';
import { visible } from '../../model/text/visible.ts';
import type { Imported } from '../entries/entries.ts';
import type { Team } from '../entries/team.ts';
import type { Candidates } from './candidates.ts';
import { proveCandidates, type Refusal, type Released } from './proveCandidates.ts';

/** How Terraform lets go of what was imported, and what stays with it. */
export interface Handover {
  readonly released: readonly Released[];
  /** The resources of the configuration that a `removed` block may name: all their instances were imported. */
  readonly removed: readonly string[];
  /** Imported resources that no `removed` block may name, since other instances of them were not imported. */
  readonly partly: readonly string[];
  readonly skipped: readonly string[];
  readonly unsupported: readonly { readonly address: string; readonly type: string }[];
  readonly otherResources: number;
}

/**
 * Proves that each wanted instance was imported, or was declared before. Throws a `UserError` that lists all instances
 * for which that is not proved; nothing may be written then. Pure.
 */
export function handoverOf(
  candidates: Candidates,
  team: Pick<Team, 'snapshot' | 'declared' | 'catalog'>,
  imported: Imported,
): Handover {
  const { released, refused } = proveCandidates(candidates, team, imported);
  if (refused.length > 0) throw new UserError(refusalLines(refused));
  const { wanted, skipped, unsupported, otherResources } = candidates;
  const kept = new Set(skipped.map(({ resource }) => resource));
  const resources = [...new Set(wanted.map(({ resource }) => resource))];
  return {
    released,
    removed: resources.filter((resource) => !kept.has(resource)),
    partly: resources.filter((resource) => kept.has(resource)),
    skipped: skipped.map(({ address }) => address),
    unsupported: unsupported.map(({ address, type }) => ({ address, type })),
    otherResources,
  };
}

const refusalLines = (refused: readonly Refusal[]): readonly string[] => [
  'nothing was imported, because of these resources of the state:',
  ...refused.map(({ address, because }) => visible(`  ${address}: ${because}`)),
  'correct them, or leave them with Terraform by --skip ADDRESS (repeatable)',
];
