/** The names that a text with braces stands for, or why it stands for none. */
export type Expansion =
  | { readonly ok: true; readonly names: readonly string[] }
  | {
      readonly ok: false;
      readonly rule: 'wrong-name' | 'too-many-names';
      readonly message: string;
      /** How many names it would be; 0 where it would be none. */
      readonly size: number;
    };

/** How many names one text may stand for, and how long it may be itself; each name may have 128 characters. */
export const maxNames = 10_000;
const maxLength = 1024;

/** A part of a text: its alternatives, which are not made before their number is known to be bearable. */
interface Part {
  readonly size: number;
  readonly names: () => readonly string[];
}

/**
 * Braces as bash reads them: `{01..08}` (zero-padded), `{1..10..2}`, `{a..e}`, `{a,b}`, several in one text, the first
 * varying slowest. Braces that are none of these stand for themselves. Braces within braces are not understood.
 */
export function expand(text: string, limit = maxNames): Expansion {
  if (!text.includes('{')) return { ok: true, names: [text] };
  if (text.length > maxLength) return wrong(`is longer than ${maxLength} characters`);
  // Without the innermost braces only those around others are left.
  const outer = text.replace(/\{[^{}]*\}/g, '').match(/\{[^{}]*\}/g) ?? [];
  if (outer.some((part) => part.includes(',')))
    return wrong('has braces within braces, which are not understood');
  const parts = text.split(/(\{[^{}]*\})/).map(partOf);
  const size = parts.reduce((product, part) => product * part.size, 1);
  if (size > limit)
    return { ok: false, rule: 'too-many-names', message: `stands for ${size} names`, size };
  return { ok: true, names: parts.reduce(appended, ['']) };
}

const wrong = (message: string): Expansion => ({ ok: false, rule: 'wrong-name', message, size: 0 });

const appended = (starts: readonly string[], part: Part): readonly string[] => {
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
