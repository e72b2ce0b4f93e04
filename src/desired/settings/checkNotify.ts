import { sinkNames } from '../../model/notify/sinks.ts';
import { joinWithOr, type Problems } from '../problems/problems.ts';
import { isNothing, type Node } from '../yaml/tree.ts';

/** Reports notifications that do not have exactly one sink. */
export function checkNotify(items: readonly Node[], problems: Problems): void {
  for (const [i, item] of items.entries()) {
    if (item.type !== 'map') continue;
    const set = [...item.entries.values()].filter(({ value }) => !isNothing(value));
    const sinks = sinkNames.filter((sink) => set.some(({ key }) => key === sink));
    if (sinks.length === 1) continue;
    const found = sinks.length === 0 ? 'no sink' : `${sinks.length} sinks (${sinks.join(', ')})`;
    const message = `notify[${i}] has ${found}; it takes exactly one: ${joinWithOr(sinkNames)}`;
    problems.add(item.at, 'wrong-value', message);
  }
}
