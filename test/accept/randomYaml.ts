import * as fc from 'fast-check';

/** Draws values for one run of a property. */
export type Draw = fc.GeneratorValue;

const chance = (draw: Draw): boolean => draw(fc.boolean);
const oneOf = <Value>(draw: Draw, values: readonly Value[]): Value =>
  draw(() => fc.constantFrom(...values));

const comments = ['', '', '  # note', ' # a: b, [c] {d}', '\t# "quoted" \'text\''];

/** Renders the entry of a resource with odd formatting: quotes, comments, order, blocks, braces, and blank lines. */
export function randomEntry(
  draw: Draw,
  name: string,
  spec: Readonly<Record<string, unknown>>,
): string {
  return lines(draw, name, spec, '  ').join('\n');
}

function lines(draw: Draw, key: string, value: unknown, indent: string): readonly string[] {
  const space = oneOf(draw, [' ', '  ', '   ']);
  const comment = oneOf(draw, comments);
  const around = chance(draw) ? [oneOf(draw, ['', `${indent}# about ${key}`])] : [];
  if (!isNested(value) || chance(draw))
    return [...around, `${indent}${key}:${space}${inline(draw, value)}${comment}`];
  const deeper = indent + oneOf(draw, ['  ', '    ', ' ']);
  const inner = Array.isArray(value)
    ? value.map((item) => `${deeper}- ${inline(draw, item)}${oneOf(draw, comments)}`)
    : shuffled(draw, Object.entries(value)).flatMap(([field, part]) =>
        lines(draw, field, part, deeper),
      );
  return [...around, `${indent}${key}:${comment}`, ...inner];
}

const isNested = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

const shuffled = <Item>(draw: Draw, items: readonly Item[]): readonly Item[] =>
  draw(() => fc.shuffledSubarray([...items], { minLength: items.length }));

/** Renders a value on one line. */
function inline(draw: Draw, value: unknown): string {
  const pad = oneOf(draw, ['', ' ']);
  if (Array.isArray(value))
    return `[${pad}${value.map((item) => inline(draw, item)).join(oneOf(draw, [', ', ',']))}${pad}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = shuffled(draw, Object.entries(value));
    return `{${pad}${entries.map(([key, part]) => `${key}: ${inline(draw, part)}`).join(', ')}${pad}}`;
  }
  if (typeof value !== 'string') return String(value);
  const isPlain = value !== 'true' && /^[A-Za-z][\w ./-]*$/.test(value) && !value.endsWith(' ');
  const forms = [JSON.stringify(value), `'${value.replaceAll("'", "''")}'`];
  return oneOf(draw, isPlain ? [value, ...forms] : forms);
}
