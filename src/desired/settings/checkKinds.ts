import { joinWithOr, quote, type Problems } from '../problems/problems.ts';
import { itemsOf, locate, textOf, type Located, type Node } from '../yaml/tree.ts';
import type { FileSettings } from './settingValues.ts';

/** Reports names of kinds that do not exist, or for which a setting has no meaning. */
export function checkKinds(
  root: Located,
  { kinds, powerKinds }: Pick<FileSettings, 'kinds' | 'powerKinds'>,
  problems: Problems,
): void {
  const check = (setting: string, items: readonly Node[]): void => {
    for (const item of items) {
      const kind = textOf(item);
      if (kind === undefined || kinds.includes(kind)) continue;
      const message = `${setting} names ${quote(kind)}, which is not a kind${problems.hint(kind, kinds)}`;
      problems.add(item.at, 'unknown-kind', message);
    }
  };
  check('prune', itemsOf(root, ['prune']));
  for (const list of ['notify', 'budgets'])
    for (const [i, node] of itemsOf(root, [list]).entries())
      check(`${list}[${i}].match.kinds`, itemsOf({ ...root, node }, ['match', 'kinds']));
  const { node: disruption } = locate(root, ['limits', 'disruption']);
  for (const { key, at } of disruption.type === 'map' ? disruption.entries.values() : [])
    if (!powerKinds.includes(key))
      problems.add(
        at,
        'unknown-kind',
        `limits.disruption names ${quote(key)}, which cannot be stopped; it takes ${joinWithOr(powerKinds)}${problems.hint(key, powerKinds)}`,
      );
}
