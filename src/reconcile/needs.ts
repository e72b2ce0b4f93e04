import type { Catalog } from '../model/kind.ts';
import { listKey, type Need } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Memory } from '../model/store.ts';

/** How many lists of a rotated relation, such as the accessors of machines, one pass reads. */
const rotatedPerPass = 20;

/**
 * Which of the wanted lists are to be read now: all, but of rotated relations only so many a pass, those first that were read longest
 * ago. Once a pass has read its share, the others wait for the next one.
 */
export function dueNeeds(
  needs: readonly Need[],
  snapshot: Snapshot,
  { kinds }: Catalog,
  { readings }: Pick<Memory, 'readings'>,
): readonly Need[] {
  const isRotated = (need: Need): boolean =>
    need.list === 'members' && kinds.get(need.kind)?.relations?.[need.relation]?.rotated === true;
  const share = rotatedPerPass - readAlready(snapshot, kinds);
  const rotated = needs
    .filter(isRotated)
    .map((need) => ({ need, at: readings.get(listKey(need)) ?? '' }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(0, Math.max(0, share))
    .map(({ need }) => need);
  return [...needs.filter((need) => !isRotated(need)), ...rotated];
}

/** How many rotated lists a snapshot holds. */
const readAlready = (snapshot: Snapshot, kinds: Catalog['kinds']): number =>
  [...snapshot.keys()].filter((key) => isRotatedKey(key, kinds)).length;

/** Whether a key of a snapshot is that of a rotated relation: `machines/ID.accessors`. */
export function isRotatedKey(key: string, kinds: Catalog['kinds']): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return false;
  const relation = key.slice(key.lastIndexOf('.') + 1);
  return kinds.get(key.slice(0, slash))?.relations?.[relation]?.rotated === true;
}
