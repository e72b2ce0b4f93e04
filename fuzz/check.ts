import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadDesired, type Loaded } from '../src/desired/load.ts';
import { rules } from '../src/desired/problems/problems.ts';
import type { Catalog } from '../src/model/kind/kind.ts';
import { cronClock } from '../src/model/time/cronClock.ts';
import type { Problem } from '../src/model/resource.ts';
import { windowState } from '../src/reconcile/guard/windows.ts';
import { textOf, type Input } from './input.ts';
import { environmentFile } from './settings.ts';

/** The promise that the loader broke, and how. */
export interface Fault {
  readonly promise: 'throws' | 'slow' | 'problem' | 'pollution' | 'unsteady' | 'settings';
  readonly detail: string;
}

/** The processor time that an input may take, in milliseconds, plus an allowance for each MB. */
export interface Limits {
  readonly slow: number;
  readonly slowPerMb: number;
}

/** Loads an input twice from a directory, which it empties first. Returns the broken promise, if any. */
export async function faultOf(
  input: Input,
  directory: string,
  catalog: Catalog,
  limits: Limits,
): Promise<Fault | undefined> {
  await written(input, directory);
  try {
    const env = environmentOf(input);
    const [first, once] = await timed(() => loadDesired(directory, catalog, { env }));
    const [second, again] = await timed(() => loadDesired(directory, catalog, { env }));
    // The faster run counts: the first one may include one-time work.
    const took = Math.min(once, again);
    if (took > mostFor(input, limits))
      return { promise: 'slow', detail: `it took ${Math.round(took)} ms` };
    if (!isDeepStrictEqual(told(first), told(second)))
      return { promise: 'unsteady', detail: 'the second load had another result' };
    const [unusable, use] = await timed(async () => unusableSettings(first));
    if (use > limits.slow) return { promise: 'slow', detail: `use took ${Math.round(use)} ms` };
    return unusable ?? pollution() ?? wrongProblem(first, input, directory);
  } catch (error) {
    return { promise: 'throws', detail: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

/** The environment variables of an input. */
const environmentOf = (input: Input): Readonly<Record<string, string>> =>
  Object.fromEntries(
    input
      .filter(({ name }) => name === environmentFile)
      .flatMap((one) => textOf(one).split('\n'))
      .map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=?/, '')]),
  );

/** Uses valid settings: every number must be finite and not negative, and cron times must be found. */
function unusableSettings(loaded: Loaded): Fault | undefined {
  if (!loaded.ok) return undefined;
  const { settings } = loaded;
  const now = Date.parse('2026-10-24T22:00:00Z');
  if (settings.schedule !== null) {
    const clock = cronClock(settings.schedule, settings.timezone);
    clock.next(now, now + 366 * 86_400_000);
  }
  windowState(settings, new Date(now));
  const wrong = numbersIn(settings).find((number) => !Number.isFinite(number) || number < 0);
  return wrong === undefined ? undefined : { promise: 'settings', detail: `${wrong} in a setting` };
}

const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

const mostFor = (input: Input, { slow, slowPerMb }: Limits): number =>
  slow + slowPerMb * (input.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024 ** 2);

async function written(input: Input, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const { name, bytes } of input) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), bytes);
  }
}

/** The processor time of this thread in milliseconds, so that other load on the machine does not count. */
async function timed<Value>(run: () => Promise<Value>): Promise<readonly [Value, number]> {
  const start = process.threadCpuUsage();
  const value = await run();
  const { user, system } = process.threadCpuUsage(start);
  return [value, (user + system) / 1000];
}

const told = (loaded: Loaded): unknown => (loaded.ok ? loaded.state : loaded.problems);

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const keysOf = (): readonly unknown[] => prototypes.map((one) => Reflect.ownKeys(one).length);
const untouched = keysOf();

/** A polluted prototype stays polluted, so after one such fault every input has it. */
const pollution = (): Fault | undefined =>
  isDeepStrictEqual(keysOf(), untouched)
    ? undefined
    : { promise: 'pollution', detail: 'a prototype was changed' };

function wrongProblem(loaded: Loaded, input: Input, directory: string): Fault | undefined {
  const problems = loaded.ok ? [] : loaded.problems;
  if (!loaded.ok && problems.length === 0)
    return { promise: 'problem', detail: 'the load failed without a problem' };
  const words = input.map((one) => `${one.name}\n${textOf(one)}`).join('\n');
  for (const problem of [...problems, ...loaded.warnings]) {
    const detail = wrongWith(problem, words, directory);
    if (detail !== undefined)
      return { promise: 'problem', detail: `${detail}: ${JSON.stringify(problem).slice(0, 1000)}` };
  }
  return undefined;
}

const wholeFromOne = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;

/** Words that a message may quote, but must not contain by itself. */
const slips = ['[object Object]', 'undefined', 'NaN', 'node:internal', 'file://'];

function wrongWith(
  { file, line, column, rule, message }: Problem,
  words: string,
  directory: string,
): string | undefined {
  if (file === '' || /[\p{C}\p{Zl}\p{Zp}]/u.test(file))
    return 'no file name, or one with invisible characters';
  if (!wholeFromOne(line) || !wholeFromOne(column)) return 'no position';
  if (!Object.hasOwn(rules, rule)) return 'no rule';
  if (rule === 'internal-error') return 'a bug';
  if (message === '') return 'no message';
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(message)) return 'an invisible character in the message';
  if (message.length > 10_000) return 'a message of more than 10,000 characters';
  if (/ at .*\(.*:\d+:\d+\)/.test(message)) return 'a stack trace in the message';
  // A problem with the whole directory names it as it was given.
  if (rule !== 'no-files' && message.includes(directory))
    return 'a path of this machine in the message';
  // The one form of an address that a message names itself.
  const text = message.replace('or file:///PATH', '');
  const slip = slips.find((one) => text.includes(one) && !words.includes(one));
  return slip && `${slip} in the message`;
}
