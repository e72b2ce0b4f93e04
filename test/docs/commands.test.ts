import { globSync } from 'node:fs';
import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import { createProgram, withSubcommands } from '../../src/cli/program.ts';
import type { Output } from '../../src/console/output.ts';
import { blocksOf, readPage, root, shellCommands, userPages } from '../support/docs.ts';
import { catalog } from '../support/team.ts';

const output: Output = {
  write: () => undefined,
  isWaiting: () => false,
  isTerminal: false,
  onLoss: () => undefined,
};

/** The arguments of each command of Holdfast in a script. */
const holdfastIn = (script: string): readonly (readonly string[])[] =>
  shellCommands(script).flatMap((words) => {
    if (words[0] === 'docker' && words[1] === 'run') return [afterImage(words)];
    const own = words.slice(words.lastIndexOf('--') + 1);
    const start = own.findIndex((word) => !/^(?:sudo|npx|node|[A-Z_]+=.*)$/.test(word));
    return /^(?:holdfast|bin\/holdfast\.js)$/.test(own[start] ?? '') ? [own.slice(start + 1)] : [];
  });

/** The arguments of the image in a `docker run`; without any, the image runs the daemon. */
const afterImage = (words: readonly string[]): readonly string[] => {
  const args = words.slice(words.lastIndexOf('holdfast') + 1);
  return args.length > 0 ? args : ['run'];
};

/** Parses arguments as the program does, and runs nothing. Throws what is wrong with them. */
function parse(args: readonly string[]): void {
  const program = createProgram(() => undefined, { out: output, err: output });
  for (const command of withSubcommands(program)) {
    command.exitOverride();
    if (command.commands.length > 0) continue;
    command.action(() => {
      checkChoices(command);
      checkResource(command);
    });
  }
  program.parse(args, { from: 'user' });
}

/** The commands themselves refuse other values than the choices of an option; the parser does not. */
function checkChoices(command: CommandUnknownOpts): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value === option.defaultValue || !option.argChoices) continue;
    if (!option.argChoices.includes(String(value)))
      throw new Error(`${option.flags} cannot be ${String(value)}`);
  }
}

function checkResource(command: CommandUnknownOpts): void {
  const [kind = ''] = (command.args[0] ?? 'KIND').split('/');
  const isResource = command.registeredArguments[0]?.name() === 'resource';
  if (isResource && kind !== 'KIND' && !catalog.kinds.has(kind)) throw new Error(`no kind ${kind}`);
}

/** What is wrong with the arguments; undefined if nothing is. `isPartial`: they may lack some. */
function problemOf(args: readonly string[], isPartial = false): string | undefined {
  try {
    parse(args);
    return undefined;
  } catch (error) {
    const isAllowed =
      error instanceof CommanderError &&
      (error.exitCode === 0 || (isPartial && /missing|^commander.help$/i.test(error.code)));
    return isAllowed ? undefined : String(error);
  }
}

const scripts = userPages
  .concat('CONTRIBUTING.md')
  .flatMap((page) =>
    blocksOf(page).filter(({ language }) => ['sh', 'bash', 'console'].includes(language)),
  );

test('the program accepts every command of Holdfast in a block', () => {
  const commands = scripts.flatMap(({ page, line, text }) =>
    holdfastIn(text).map((args) => ({ at: `${page}:${line}`, args })),
  );
  expect(commands.length).toBeGreaterThan(50);
  const wrong = commands.map(({ at, args }) => ({ at, args, problem: problemOf(args) }));
  expect(wrong.filter(({ problem }) => problem !== undefined)).toEqual([]);
});

test('it accepts every one that a text or a file of deploy/ names', () => {
  const files = globSync('deploy/**/*.{yaml,json,txt,service}', { cwd: root });
  // The generated page shows the syntax of each command.
  const written = [...userPages, ...files].filter((file) => file !== 'docs/commands.md');
  const commands = written.flatMap((file) =>
    [
      ...readPage(file)
        .replaceAll(/^ *```[^]*?^ *```$/gm, '')
        .matchAll(/`(?:npx )?(holdfast\s[^`]+)`/g),
    ].flatMap(([, text = '']) =>
      holdfastIn(text.replaceAll(/\s+/g, ' ')).map((args) => ({ file, args })),
    ),
  );
  expect(commands.length).toBeGreaterThan(100);
  const wrong = commands.map(({ file, args }) => ({ file, args, problem: problemOf(args, true) }));
  expect(wrong.filter(({ problem }) => problem !== undefined)).toEqual([]);
});

const readersPrograms = new Set(
  (
    'holdfast npm vitest export cd test printf cat cp sed install kill sh git curl openssl docker kubectl helm go ' +
    'systemctl journalctl age-keygen sops terraform pspace'
  ).split(' '),
);

test('every other program is one that readers have, and npm runs scripts that there are', () => {
  const { scripts: known } = JSON.parse(readPage('package.json')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const commands = scripts.flatMap(({ text }) => shellCommands(text));
  const programs = commands.flatMap((words) =>
    words.filter((word) => !/^(?:sudo|npx|[A-Z_a-z]+=.*)$/.test(word)).slice(0, 1),
  );
  expect(new Set(programs)).toEqual(readersPrograms);
  const run = commands.filter(([program, verb]) => program === 'npm' && verb === 'run');
  expect(run.length).toBeGreaterThan(5);
  expect(run.filter(([, , ...words]) => !known[words.find((word) => word !== '-s') ?? ''])).toEqual(
    [],
  );
});

test.each([
  ['an unknown command', 'holdfast plam'],
  ['an unknown option', 'holdfast plan --simulated'],
  ['a value that an option does not take', 'FOO=1 npx holdfast plan --format xml || test $? -eq 2'],
  ['a value of another form', 'holdfast apply --timeout soon # wait'],
  ['a wrong argument of the image', 'docker run --env A holdfast plan --confg /config'],
  ['a missing operand', "sudo sh -c 'X=$(cat f) holdfast explain'"],
  ['a wrong kind', 'kubectl exec x -- node bin/holdfast.js explain \\\n  machine/a'],
])('%s is found', (_, script) => {
  expect(holdfastIn(script).map((args) => problemOf(args))).toEqual([expect.any(String)]);
});
