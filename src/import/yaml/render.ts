import { Document, isMap, isScalar, visit, type YAMLMap } from 'yaml';
import type { Spec } from '../../model/resource.ts';

/** The indentation of lines, in spaces: `by` for all of them, and `step` for each level. */
export interface Indentation {
  readonly by: number;
  readonly step: number;
}

/**
 * Renders the entries of a map as lines of YAML, without a final newline. A map with one plain value is written on one
 * line.
 */
export function renderEntries(entries: Spec, { by, step }: Indentation): string {
  const document = new Document(entries, { schema: 'core', aliasDuplicateObjects: false });
  visit(document, {
    Map: (key, map) => {
      if (key !== null && isShort(map)) map.flow = true;
    },
    Scalar: (key, scalar) => {
      // Without quotes, it would be a merge key.
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

/** Whether a map is easier to read on one line, such as `{ keep: true }` or `{ region: ny2 }`. */
function isShort({ items }: YAMLMap): boolean {
  const [first, ...rest] = items;
  if (!first || rest.length > 0) return false;
  const { value } = first;
  return isMap(value) ? isShort(value) : isScalar(value) && !String(value.value).includes('\n');
}
