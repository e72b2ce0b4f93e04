/** The names that a text with braces expands to, or why it cannot be expanded. */
export type Expansion =
  | { readonly ok: true; readonly names: readonly string[] }
  | {
      readonly ok: false;
      readonly rule: 'wrong-name' | 'too-many-names';
      readonly message: string;
      /** The number of names that it would expand to; 0 if the braces are not valid. */
      readonly size: number;
    };

/** The maximum number of names for one text. A text may have 1024 characters, and each name 128. */
export const maxNames = 10_000;
const maxLength = 1024;

/** A part of a text with its alternatives, which are generated only after their number is checked. */
interface Part {
  readonly size: number;
  readonly names: () => readonly string[];
}

/**
 * Expands braces like bash: `{01..08}` (zero-padded), `{1..10..2}`, `{a..e}`, `{a,b}`. Several in one text are
 * combined, the first varying slowest. Other braces are literal. Nested braces are refused.
 */
export function expand(text: string, limit = maxNames): Expansion {
  if (!text.includes('{')) return { ok: true, names: [text] };
  if (text.length > maxLength) return invalid(`is longer than ${maxLength} characters`);
  // Removing the innermost braces leaves only those that contain others.
  const outer = text.replace(/\{[^{}]*\}/g, '').match(/\{[^{}]*\}/g) ?? [];
  if (outer.some((part) => part.includes(',')))
    return invalid('has nested braces, which are not supported');
  const parts = text.split(/(\{[^{}]*\})/).map(partOf);
  const size = parts.reduce((product, part) => product * part.size, 1);
  if (size > limit)
    return { ok: false, rule: 'too-many-names', message: `expands to ${size} names`, size };
  return { ok: true, names: parts.reduce(combine, ['']) };
}

const invalid = (message: string): Expansion => ({
  ok: false,
  rule: 'wrong-name',
  message,
  size: 0,
});

const combine = (starts: readonly string[], part: Part): readonly string[] => {
  const ends = part.names();
  return starts.flatMap((start) => ends.map((end) => start + end));
};

const literal = (text: string): Part => ({ size: 1, names: () => [text] });

function partOf(text: string): Part {
  if (!text.startsWith('{') || !text.endsWith('}')) return literal(text);
  const inner = text.slice(1, -1);
  if (inner.includes(',')) {
    const names = inner.split(',');
    return { size: names.length, names: () => names };
  }
  return numbers(inner) ?? letters(inner) ?? literal(text);
}

function numbers(text: string): Part | undefined {
  const [, from, to, step = '1'] = /^(-?\d+)\.\.(-?\d+)(?:\.\.-?(\d+))?$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const width = [from, to].some((end) => /^-?0\d/.test(end)) ? Math.max(from.length, to.length) : 0;
  return range(Number(from), Number(to), Number(step), (value) => padded(value, width));
}

function letters(text: string): Part | undefined {
  const [, from, to, step = '1'] =
    /^(?=[a-z]\.\.[a-z]|[A-Z]\.\.[A-Z])(.)\.\.(.)(?:\.\.-?(\d+))?$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  return range(first, last, Number(step), (code) => String.fromCharCode(code));
}

function range(from: number, to: number, step: number, write: (value: number) => string): Part {
  const stride = Math.max(step, 1);
  const size = Math.floor(Math.abs(to - from) / stride) + 1;
  const direction = to < from ? -stride : stride;
  return {
    size,
    names: () => Array.from({ length: size }, (_, i) => write(from + i * direction)),
  };
}

const padded = (value: number, width: number): string =>
  value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0');
