import type { Catalog } from '../../model/kind.ts';
import { listKey, type Need, type Plan } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Memory } from '../../model/store.ts';
import { idsIn } from '../compare/fingerprints.ts';

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

/** When the rotated relations of declared resources were read last, this pass included; null: not yet. */
export function readingsOf(
  { kinds }: Pick<Catalog, 'kinds'>,
  resources: readonly Desired[],
  plan: Plan,
  snapshot: Snapshot,
  { readings }: Pick<Memory, 'readings'>,
  now: string,
): ReadonlyMap<Address, Readonly<Record<string, string | null>>> {
  const rotated = [...kinds.values()].flatMap(({ name, relations = {} }) =>
    Object.entries(relations).flatMap(([relation, one]) =>
      one.rotated ? [{ kind: name, relation }] : [],
    ),
  );
  const found = new Map<Address, Record<string, string | null>>();
  let ids: ReadonlyMap<Address, string> | undefined;
  for (const { kind, relation } of rotated)
    for (const { address, kind: own, spec } of resources) {
      if (own !== kind || spec[relation] === undefined) continue;
      const id = (ids ??= idsIn(plan)).get(address);
      if (id === undefined) continue;
      const key = listKey({ list: 'members', kind, id, relation });
      const at = snapshot.has(key) ? now : (readings.get(key) ?? null);
      found.set(address, { ...found.get(address), [relation]: at });
    }
  return found;
}
