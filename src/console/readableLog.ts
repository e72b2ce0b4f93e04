import { styleText } from 'node:util';
import { visible } from '../model/text/visible.ts';
import type { Write } from './output.ts';

/** Fields of a log line that are not shown as `field=value`. */
const routine: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);

const levels: Readonly<
  Record<number, readonly [word: string, style: 'dim' | 'cyan' | 'yellow' | 'red']>
> = {
  10: ['trace', 'dim'],
  20: ['debug', 'dim'],
  30: ['info ', 'cyan'],
  40: ['warn ', 'yellow'],
  50: ['error', 'red'],
  60: ['fatal', 'red'],
};

type Fields = Readonly<Record<string, unknown>>;

/** Converts the JSON lines of the log to readable ones: `10:00:01 warn  message  field=value`. */
export const readable = (write: Write, colour: boolean): { write(line: string): void } => ({
  write(line) {
    write(`${readableLine(JSON.parse(line) as Fields, colour)}\n`);
  },
});

/** Formats one log event. */
export function readableLine(fields: Fields, colour: boolean): string {
  const [word, style] = levels[Number(fields['level'])] ?? ['     ', 'dim'];
  const paint = (text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const time = new Date(Number(fields['time'])).toLocaleTimeString('en-GB');
  const details = Object.entries(fields)
    .filter(([key]) => !routine.has(key))
    .flatMap(([key, value]) => detailsOf(key, value));
  return [`${time} ${paint(word)} ${visible(String(fields['msg']))}`, ...details].join('  ');
}

/** `key=value`. An object is shown field by field, without fields that are zero. */
function detailsOf(key: string, value: unknown): readonly string[] {
  if (key === 'err' || key === 'error') return [`${key}=${visible(errorText(value))}`];
  if (Array.isArray(value)) return [`${key}=${visible(value.map(itemText).join('; '))}`];
  if (!isObject(value)) return [`${key}=${visible(scalar(value))}`];
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === 0 ? [] : detailsOf(`${key}.${name}`, inner),
  );
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function scalar(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** A problem with its position; of any other object, its values. */
function itemText(item: unknown): string {
  if (!isObject(item)) return scalar(item);
  const { file, line, column, message } = item;
  return typeof file === 'string' && typeof message === 'string'
    ? `${file}:${Number(line)}:${Number(column)}: ${message}`
    : Object.values(item).map(scalar).join(' ');
}

const quoted = (text: string): string => (/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text));

/** The message, and where it was thrown. The JSON lines have the whole stack. */
function errorText(value: unknown): string {
  if (!isObject(value)) return scalar(value);
  const { name, message, stack } = value;
  const [, place] = /\n\s+at (.*)/.exec(String(stack)) ?? [];
  return [quoted(`${String(name)}: ${String(message)}`), ...(place ? [`at ${place}`] : [])].join(
    ' ',
  );
}
