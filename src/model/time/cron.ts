import { createTask, parse, validateDetailed } from 'node-cron';

/** The wall-clock times of a cron expression. Numbers ascend. */
export interface CronTimes {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
  /** Whether the expression has times on a day, given by its midnight as if the zone were UTC. */
  readonly isOn: (day: number) => boolean;
}

/** Parses an expression. Throws a `RangeError` with a message for the user if it is invalid. */
export function cronTimes(expression: string): CronTimes {
  const problem = cronProblem(expression);
  if (problem !== undefined) throw new RangeError(problem);
  const { hour, minute, second, month } = parse(expression);
  const task = createTask(expression, () => undefined, { timezone: 'UTC' });
  void task.destroy();
  const [hours, minutes, seconds] = [hour, minute, second].map((numbers) =>
    numbers.toSorted((a, b) => a - b),
  ) as [number[], number[], number[]];
  const earliest = Date.UTC(1970, 0, 1, hours[0], minutes[0], seconds[0]);
  return {
    hours,
    minutes,
    seconds,
    isOn: (day) =>
      month.includes(new Date(day).getUTCMonth() + 1) && task.match(new Date(day + earliest)),
  };
}

/** A field of an expression. `key` is its name in the library's answers. */
interface Field {
  readonly name: string;
  readonly key: string;
  readonly min: number;
  readonly max: number;
  /** Suggests an expression in place of a step that is too large. */
  readonly instead?: (step: number) => string;
}

const everyMinutes = (count: number): string =>
  count < 60 ? `*/${count} * * * *` : everyHours(Math.round(count / 60));
const everyHours = (count: number): string =>
  count < 24 ? `0 ${count === 1 ? '*' : `*/${count}`} * * *` : '0 0 * * *';
const everySeconds = (count: number): string => everyMinutes(Math.max(1, Math.round(count / 60)));

const fields: readonly Field[] = [
  { name: 'second', key: 'second', min: 0, max: 59, instead: everySeconds },
  { name: 'minute', key: 'minute', min: 0, max: 59, instead: everyMinutes },
  { name: 'hour', key: 'hour', min: 0, max: 23, instead: everyHours },
  { name: 'day of month', key: 'dayOfMonth', min: 1, max: 31 },
  { name: 'month', key: 'month', min: 1, max: 12 },
  { name: 'day of week', key: 'dayOfWeek', min: 0, max: 7 },
];

const maxLength = 256;

/**
 * Says what is wrong with an expression of five fields, or six with seconds first; undefined if it is valid. Bounds
 * every number before the library expands ranges.
 */
export function cronProblem(expression: string): string | undefined {
  if (expression.length > maxLength) return `it has more than ${maxLength} characters`;
  const texts = expression.trim().split(/ +/);
  const present = texts.length === 5 ? fields.slice(1) : fields;
  for (const [i, field] of present.entries()) {
    const problem = numberProblem(texts[i] ?? '', field);
    if (problem !== undefined) return problem;
  }
  const [error] = validateDetailed(expression).errors;
  const field = fields.find(({ key }) => key === error?.field);
  return error && field && !error.message.includes('impossible')
    ? `"${error.value}" is not a valid ${field.name}; ${takes(field)}`
    : error?.message;
}

const takes = ({ min, max }: Field): string =>
  `use ${min} to ${max}, *, ranges, lists, or steps such as */5`;

function numberProblem(text: string, field: Field): string | undefined {
  for (const part of text.split(',')) {
    const [, from, to, step] = /^(?:\*|(\d+)-(\d+))\/(\d+)$/.exec(part) ?? [];
    const span = Number(to ?? field.max) - Number(from ?? field.min);
    if (step !== undefined && Number(step) > span) return stepProblem(part, Number(step), field);
    if (/\d{3}/.test(part)) return `"${part}" is not a valid ${field.name}; ${takes(field)}`;
  }
  return undefined;
}

function stepProblem(part: string, step: number, { name, instead }: Field): string {
  const hint = instead ? `; write for example "${instead(step)}"` : '';
  return `the step in "${part}" is larger than the range of the ${name} field, so only its first value would match${hint}`;
}
