import { styleText } from 'node:util';
import { visible } from '../../model/text/visible.ts';
import type { Write } from '../output.ts';
import { eventText, type Fields } from './eventText.ts';

/** Fields of a log line that are not shown as `field=value`. */
const routine: ReadonlySet<string> = new Set(
  'level time pid hostname name msg pass inForce trace_id'.split(' '),
);

/** Fields that say why, in the order of their weight: the first one follows the message. */
const reasons = ['error', 'reason', 'problems', 'incomplete', 'heldBy'] as const;

/** The levels that a line names. Those of `info` have no word. */
const levels: Readonly<Record<number, readonly [word: string, style: 'dim' | 'yellow' | 'red']>> = {
  10: ['trace', 'dim'],
  20: ['debug', 'dim'],
  40: ['warn', 'yellow'],
  50: ['error', 'red'],
  60: ['fatal', 'red'],
};

/** Converts the JSON lines of the log to readable ones: `10:00:01  warn message: why  field=value`. */
export const readable = (write: Write, colour: boolean): { write(line: string): void } => ({
  write(line) {
    write(`${readableLine(JSON.parse(line) as Fields, colour)}\n`);
  },
});

/** Formats one log event: a sentence for the events that eventText.ts knows, and the fields of the others. */
export function readableLine(fields: Fields, colour: boolean): string {
  const level = levels[Number(fields['level'])];
  const time = clockTime(new Date(Number(fields['time'])));
  const text = eventText(fields, clockTime);
  const line = text === undefined ? fieldsText(fields) : visible(text);
  return `${time}  ${level ? `${painted(level, colour)} ` : ''}${line}`;
}

const painted = ([word, style]: readonly [string, 'dim' | 'yellow' | 'red'], colour: boolean) =>
  colour ? styleText(style, word, { validateStream: false }) : word;

const clockTime = (time: Date): string => time.toLocaleTimeString('en-GB');

/** `message: why  field=value`. */
function fieldsText(fields: Fields): string {
  const reason = reasons.find((key) => isSaid(fields[key]));
  const message = visible(String(fields['msg']));
  const details = Object.entries(fields)
    .filter(([key]) => !routine.has(key) && key !== reason)
    .flatMap(([key, value]) => detailsOf(key, value));
  const start = reason ? `${message}: ${visible(reasonText(fields[reason]))}` : message;
  return [start, ...details].join('  ');
}

const isSaid = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : typeof value === 'string';

/** The greatest number of problems or lists in one line. */
const maxItems = 3;

function reasonText(value: unknown): string {
  if (!Array.isArray(value)) return String(value).replaceAll('\n', '; ');
  const more = value.length - maxItems;
  const shown = value.slice(0, maxItems).map(itemText).join('; ');
  return more > 0 ? `${shown}; and ${more} more` : shown;
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
  const { file, line, column, message, kind, error } = item;
  if (typeof kind === 'string' && typeof error === 'string') return `${kind}: ${error}`;
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
