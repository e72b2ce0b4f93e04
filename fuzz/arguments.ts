import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommanderError } from '@commander-js/extra-typings';
import type { Output } from '../src/console/output.ts';
import { createProgram, withSubcommands } from '../src/cli/program.ts';
import type { Fault } from './check.ts';
import { file, textOf, type Input } from './input.ts';
import type { Random } from './random.ts';

/** A command line as an input, with one argument per line. */
export function argumentsInput(random: Random): Input {
  const command = random.one(random.once(15) ? values : commands);
  const option = (): readonly string[] => {
    const name = random.one(names);
    if (random.once(3)) return [`${name}=${random.one(values)}`];
    return random.once(3) ? [name] : [name, random.one(values)];
  };
  const more = random.some(0, 4, () => (random.once(5) ? [random.one(values)] : option())).flat();
  return [file('arguments', [command, ...more].join('\n'))];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Commands that end by themselves and send nothing. These are also run. */
const harmless = words(
  'validate graph schema status audit plan drift explain snapshot ci completion',
);
const commands = [
  ...harmless,
  ...words('init apply run import simulate doctor notify reconcile approve suspend resume help'),
];

const names = words(`
  --config --settings --format --log-level --no-color --simulate --out --yes --no-wait --timeout --force --plan --kinds --layout
  --from --fail-on --since --server --all --reason --until --wait --port --state --fault --latency --rate-limit --job-time --key --secrets --strict --help --version -V -h -- --unknown -x
  --timeout= --accept-team --- --no-config`);

const values = words(`
  0 -1 1e9 1e308 NaN Infinity 0x10 99999999999999999999 70000 30s 2h 9999999h 99999999999999999h 1.5h text json sarif
  https://127.0.0.1:1 http://127.0.0.1:1/x http://example.com 2099-01-01T00:00:00Z
  xml debug plan deletions blocked cost>1 cost>-1 cost>1e9 machines/a machines / a/b/c __proto__/constructor desired settings report bash zsh fish config missing
  config/holdfast.yaml a,b,,c , {1..9} \u{202e} \u{1b}[31m * %s%n '; GET = --
`).concat('', ' ', 'x'.repeat(5000), 'POST /machines reset-after times=1');

/** Numbers of options must be below this: timers accept no more. */
const greatest = 2 ** 31;

/** The promise that a command line breaks: it is parsed, or refused with a message and exit code 1. */
export async function argumentsFault(input: Input, directory: string): Promise<Fault | undefined> {
  const argv = input.flatMap((one) => textOf(one).split('\n'));
  try {
    const understood = await parsed(argv);
    if (typeof understood === 'string') return wrongWords(understood);
    const wrong = Object.entries(understood).find(
      ([, value]) => typeof value === 'number' && !(value >= 0 && value < greatest),
    );
    if (wrong) return { promise: 'settings', detail: `${wrong[0]} is ${String(wrong[1])}` };
    return harmless.includes(argv[0] ?? '') ? await runFault(argv, directory) : undefined;
  } catch (error) {
    return { promise: 'throws', detail: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

/** Parses a command line. Resolves to its options, or to the message that is printed instead. */
async function parsed(
  argv: readonly string[],
): Promise<Readonly<Record<string, unknown>> | string> {
  let options: Readonly<Record<string, unknown>> = {};
  let said = '';
  const stop = new Error('understood');
  const write = (text: string): void => void (said += text);
  const output: Output = {
    write,
    isTerminal: false,
    isWaiting: () => false,
    onLoss: () => undefined,
  };
  const program = createProgram(() => undefined, { out: output, err: output });
  for (const command of withSubcommands(program))
    command
      .exitOverride()
      .configureOutput({ writeOut: write, writeErr: write })
      .hook('preAction', (_, called) => {
        options = called.opts();
        throw stop;
      });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error === stop) return options;
    if (!(error instanceof CommanderError)) throw error;
  }
  return said;
}

function wrongWords(said: string): Fault | undefined {
  const slip = [/\[object Object\]/, /^\s+at .*:\d+:\d+/m, /this is a bug/].find((one) =>
    one.test(said),
  );
  return slip && { promise: 'problem', detail: `${String(slip)} in ${said.slice(0, 500)}` };
}

/** Runs the program like a user, in a directory with a small config and without a key. */
async function runFault(argv: readonly string[], directory: string): Promise<Fault | undefined> {
  await mkdir(join(directory, 'config'), { recursive: true });
  await writeFile(join(directory, 'config/team.yaml'), 'projects: { p: }\n');
  const main = join(import.meta.dirname, '../src/main.ts');
  return new Promise((resolve) => {
    const limits = { cwd: directory, env: {}, timeout: 60_000, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [main, ...argv], limits, (error, out, err) => {
      const code = error ? (error.code ?? error.signal) : 0;
      if (![0, 1, 2, 3].includes(Number(code)))
        resolve({ promise: 'throws', detail: `exit ${String(code)}: ${err.slice(0, 500)}` });
      else resolve(wrongWords(out + err));
    });
  });
}
