import type { Catalog } from '../../model/kind/kind.ts';
import { listKey, type ListRequest, type Plan } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Memory } from '../../model/memory.ts';
import { idsIn } from '../compare/fingerprints.ts';

/** The number of lists of rotated relations, such as the accessors of machines, that one pass reads. */
const rotatedPerPass = 20;

/**
 * The requested lists to read in this pass: all lookups and other members, and at most 20 rotated relations, least
 * recently read first. Lists already in `snapshot` count towards the 20.
 */
export function dueLists(
  needs: readonly ListRequest[],
  snapshot: Snapshot,
  { kinds }: Catalog,
  { lastReadAt }: Pick<Memory, 'lastReadAt'>,
): readonly ListRequest[] {
  const isRotated = (need: ListRequest): boolean =>
    need.list === 'members' && kinds.get(need.kind)?.relations?.[need.relation]?.rotated === true;
  const remaining = rotatedPerPass - rotatedCount(snapshot, kinds);
  const rotated = needs
    .filter(isRotated)
    .map((need) => ({ need, at: lastReadAt.get(listKey(need)) ?? '' }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(0, Math.max(0, remaining))
    .map(({ need }) => need);
  return [...needs.filter((need) => !isRotated(need)), ...rotated];
}

/** The number of rotated lists in a snapshot. */
const rotatedCount = (snapshot: Snapshot, kinds: Catalog['kinds']): number =>
  [...snapshot.keys()].filter((key) => isRotatedKey(key, kinds)).length;

/** Whether a snapshot key is the list of a rotated relation, such as `machines/ID.accessors`. */
export function isRotatedKey(key: string, kinds: Catalog['kinds']): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return false;
  const relation = key.slice(key.lastIndexOf('.') + 1);
  return kinds.get(key.slice(0, slash))?.relations?.[relation]?.rotated === true;
}

/** When each rotated relation of the declared resources was last read, this pass included, as ISO text; null: never. */
export function rotatedReads(
  { kinds }: Pick<Catalog, 'kinds'>,
  resources: readonly Desired[],
  plan: Plan,
  snapshot: Snapshot,
  { lastReadAt }: Pick<Memory, 'lastReadAt'>,
  now: string,
): ReadonlyMap<Address, Readonly<Record<string, string | null>>> {
  const rotated = [...kinds.values()].flatMap(({ name, relations = {} }) =>
    Object.entries(relations).flatMap(([relation, { rotated: isRotated }]) =>
      isRotated ? [{ kind: name, relation }] : [],
    ),
  );
  const found = new Map<Address, Record<string, string | null>>();
  let ids: ReadonlyMap<Address, string> | undefined;
  for (const { kind, relation } of rotated)
    for (const { address, kind: resourceKind, spec } of resources) {
      if (resourceKind !== kind || spec[relation] === undefined) continue;
      const id = (ids ??= idsIn(plan)).get(address);
      if (id === undefined) continue;
      const key = listKey({ list: 'members', kind, id, relation });
      const at = snapshot.has(key) ? now : (lastReadAt.get(key) ?? null);
      found.set(address, { ...found.get(address), [relation]: at });
    }
  return found;
}
