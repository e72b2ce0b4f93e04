import { createTask, parse, validateDetailed } from 'node-cron';

/** The wall-clock times that a cron expression names; numbers ascend. */
export interface CronTimes {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
  /** Whether it names times on a day, which is given by its midnight as if the zone were UTC. */
  readonly isOn: (day: number) => boolean;
}

/** The times of an expression. Throws a `RangeError` in words for the user when it is none. */
export function cronTimes(expression: string): CronTimes {
  const problem = cronProblem(expression);
  if (problem !== undefined) throw new RangeError(problem);
  const { hour, minute, second, month } = parse(expression);
  const task = createTask(expression, () => undefined, { timezone: 'UTC' });
  void task.destroy();
  const [hours, minutes, seconds] = [hour, minute, second].map((of) =>
    of.toSorted((a, b) => a - b),
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

/** A field of an expression, with its name in the answers of the library. */
interface Field {
  readonly name: string;
  readonly key: string;
  readonly least: number;
  readonly most: number;
  /** An expression that says about what a step that is too large was to say. */
  readonly instead?: (step: number) => string;
}

const everyMinutes = (count: number): string =>
  count < 60 ? `*/${count} * * * *` : everyHours(Math.round(count / 60));
const everyHours = (count: number): string =>
  count < 24 ? `0 ${count === 1 ? '*' : `*/${count}`} * * *` : '0 0 * * *';
const everySeconds = (count: number): string => everyMinutes(Math.max(1, Math.round(count / 60)));

const fields: readonly Field[] = [
  { name: 'second', key: 'second', least: 0, most: 59, instead: everySeconds },
  { name: 'minute', key: 'minute', least: 0, most: 59, instead: everyMinutes },
  { name: 'hour', key: 'hour', least: 0, most: 23, instead: everyHours },
  { name: 'day of month', key: 'dayOfMonth', least: 1, most: 31 },
  { name: 'month', key: 'month', least: 1, most: 12 },
  { name: 'day of week', key: 'dayOfWeek', least: 0, most: 7 },
];

const longest = 256;

/**
 * What is wrong with an expression of five fields, or six with seconds first; undefined when nothing is. Every number is bounded
 * before the library expands ranges.
 */
export function cronProblem(expression: string): string | undefined {
  if (expression.length > longest) return `it has more than ${longest} characters`;
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

const takes = ({ least, most }: Field): string =>
  `use ${least} to ${most}, *, ranges, lists, or steps such as */5`;

function numberProblem(text: string, field: Field): string | undefined {
  for (const part of text.split(',')) {
    const [, from, to, step] = /^(?:\*|(\d+)-(\d+))\/(\d+)$/.exec(part) ?? [];
    const span = Number(to ?? field.most) - Number(from ?? field.least);
    if (step !== undefined && Number(step) > span) return stepProblem(part, Number(step), field);
    if (/\d{3}/.test(part)) return `"${part}" is not a valid ${field.name}; ${takes(field)}`;
  }
  return undefined;
}

function stepProblem(part: string, step: number, { name, instead }: Field): string {
  const hint = instead ? `; write for example "${instead(step)}"` : '';
  return `the step in "${part}" is larger than the range of the ${name} field, so only its first value would match${hint}`;
}
