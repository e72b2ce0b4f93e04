import { isScalar, Scalar, stringify } from 'yaml';

const oneLine = { schema: 'core', lineWidth: 0, aliasDuplicateObjects: false } as const;

/**
 * Renders a value on one line. `model`: the node that it replaces; a text keeps its quotes. `isInFlow`: inside braces
 * or brackets, where more texts need quotes.
 */
export function renderInline(value: unknown, isInFlow: boolean, model?: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => renderInline(item, true)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return renderMap(Object.entries(value));
  const scalar = new Scalar(value);
  if (typeof value === 'string') {
    const type = isScalar(model) ? model.type : undefined;
    if (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE') scalar.type = type;
    if (value.includes('\n')) scalar.type = 'QUOTE_DOUBLE';
  }
  return isInFlow
    ? stringify([scalar], { ...oneLine, collectionStyle: 'flow' })
        .trim()
        .slice(1, -1)
        .trim()
    : stringify(scalar, oneLine).trimEnd();
}

const renderMap = (entries: readonly (readonly [string, unknown])[]): string =>
  entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, value]) => `${renderKey(key)}: ${renderInline(value, true)}`).join(', ')} }`;

/** Renders a key. `<<` in quotes is no merge key. */
export const renderKey = (key: string): string => (key === '<<' ? '"<<"' : renderInline(key, true));
