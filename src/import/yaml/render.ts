import { Document, isMap, isScalar, visit, type YAMLMap } from 'yaml';
import type { Spec } from '../../model/resource.ts';

/** How lines are indented: by so much in all, and by so much a level. */
export interface Indentation {
  readonly by: number;
  readonly step: number;
}

/** Entries of a map as lines of YAML, without the end of the last line; a map of one plain value stands on one line. */
export function renderEntries(entries: Spec, { by, step }: Indentation): string {
  const document = new Document(entries, { schema: 'core', aliasDuplicateObjects: false });
  visit(document, {
    Map: (key, map) => {
      if (key !== null && isShort(map)) map.flow = true;
    },
    Scalar: (key, scalar) => {
      // Without quotes it is a merge key.
      if (key === 'key' && scalar.value === '<<') scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0, indent: step });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n');
}

/** `{ keep: true }` and `{ region: ny2 }` are easier to read on one line. */
function isShort({ items }: YAMLMap): boolean {
  const [first, ...more] = items;
  if (!first || more.length > 0) return false;
  const { value } = first;
  return isMap(value) ? isShort(value) : isScalar(value) && !String(value.value).includes('\n');
}
