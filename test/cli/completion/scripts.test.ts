import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { bashScript } from '../../../src/cli/completion/bash.ts';
import { fishScript } from '../../../src/cli/completion/fish.ts';
import { wordsOf } from '../../../src/cli/completion/words.ts';
import { zshScript } from '../../../src/cli/completion/zsh.ts';
import { createProgram } from '../../../src/cli/program.ts';
import type { Output } from '../../../src/console/output.ts';

const silent: Output = { write() {}, isTerminal: false, isWaiting: () => false, onLoss() {} };
const commands = wordsOf(createProgram(() => undefined, { out: silent, err: silent }));

const directory = mkdtempSync(join(tmpdir(), 'holdfast-completion-'));
afterAll(() => rm(directory, { recursive: true, force: true }));
const env = { PATH: process.env['PATH'], TERM: 'dumb', HOME: directory, ZDOTDIR: directory };

const isInstalled = (shell: string): boolean => {
  const found = spawnSync(shell, ['--version']).status === 0;
  if (!found)
    process.stderr.write(`SKIPPED: completions are not tested in ${shell}, which is missing\n`);
  return found;
};

const topLevel = commands[0]?.subcommands.map(({ name }) => name) ?? [];

interface Row {
  /** The words before the cursor; the last one is completed. */
  readonly words: readonly string[];
  readonly offers: readonly string[];
  readonly because: string;
}

const rows: readonly Row[] = [
  { words: [''], offers: topLevel, because: 'a command comes first' },
  { words: ['re'], offers: ['reconcile', 'resume'], because: 'two commands begin so' },
  { words: ['xyz'], offers: [], because: 'nothing begins so' },
  { words: ['ci', ''], offers: ['plan', 'help'], because: 'ci has commands of its own' },
  { words: ['ci', 'plan', '--fa'], offers: ['--fail-on'], because: 'drift has no such option' },
  { words: ['drift', '--fa'], offers: [], because: 'only ci plan has that option' },
  { words: ['help', 'val'], offers: ['validate'], because: 'help takes a command' },
  {
    words: ['validate', '--format', ''],
    offers: ['text', 'json', 'sarif', 'github'],
    because: 'the values are those of validate',
  },
  { words: ['plan', '--format', 'm'], offers: ['markdown'], because: 'plan prints it' },
  { words: ['status', '--format', 'm'], offers: [], because: 'status does not' },
  { words: ['schema', '--fo'], offers: [], because: 'the option is hidden where it has no choice' },
  { words: ['run', '--log-level', 'd'], offers: ['debug'], because: 'all commands log' },
  { words: ['import', '--layout', ''], offers: ['kind', 'single'], because: 'it has choices' },
  { words: ['schema', 're'], offers: ['report'], because: 'an argument has choices too' },
  { words: ['completion', ''], offers: ['bash', 'zsh', 'fish'], because: 'a required argument' },
  { words: ['apply', '--timeout', ''], offers: [], because: 'any duration may follow' },
  {
    words: ['plan', '--config', 'status', '--fro'],
    offers: ['--from'],
    because: 'status is a value',
  },
  {
    words: ['plan', '$(touch evil)', '`touch evil`', '--fro'],
    offers: ['--from'],
    because: 'nothing runs',
  },
  {
    words: ['plan', '*', "'", '"', '\\', '--fro'],
    offers: ['--from'],
    because: 'words are no patterns',
  },
  { words: ['plan', '*'], offers: [], because: 'the present word is no pattern' },
];

const titled = rows.map((row) => ({ ...row, title: row.words.join(' ') }));

describe('bash', () => {
  const file = join(directory, 'holdfast.bash');
  const offered = async (words: readonly string[], more = '') => {
    await writeFile(file, bashScript(commands));
    const ended = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `source "$1"; shift; COMP_WORDS=(holdfast "$@"); COMP_CWORD=$#; ${more} _holdfast && printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        file,
        ...words,
      ],
      { cwd: directory, env, encoding: 'utf8' },
    );
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    return ended.stdout.split('\n').filter((word) => word !== '');
  };

  test.each(titled)('$title: $because', async ({ words, offers }) => {
    expect(await offered(words)).toEqual(offers);
    expect(readdirSync(directory)).not.toContain('evil');
  });

  test.each([
    { words: ['plan', '--format', '='], offers: ['text', 'json', 'markdown', 'html'] },
    { words: ['plan', '--format', '=', 'j'], offers: ['json'] },
    { words: ['plan', '--format=j'], offers: ['--format=json'] },
    { words: ['='], offers: topLevel },
  ])('an equals sign, as Readline splits it or not: $words', async ({ words, offers }) => {
    expect(await offered(words)).toEqual(offers);
  });

  test('the function is registered, and leaves no variable behind', async () => {
    const more =
      'complete -p holdfast >&3; _holdfast; declare -p at words current before 2>&1 >/dev/null | wc -l >&3; exit 0;';
    expect(await offered(['plan', ''], `exec 3>&1; ${more}`)).toEqual([
      'complete -F _holdfast holdfast',
      '4',
    ]);
  });
});

/** What is typed at a prompt, and the arguments with which holdfast is then called. */
const typed: readonly (readonly [keys: string, ran: string])[] = [
  ['holdfast pla\t--form\tj\t', 'plan --format json'],
  ['holdfast plan --format=js\t', 'plan --format=json'],
  ['holdfast ci p\t--fa\tblocked', 'ci plan --fail-on blocked'],
  ['holdfast schema se\t', 'schema settings'],
  ['holdfast plan --from team.s\t', 'plan --from team.snapshot'],
  ['holdfast plan --simulate team.s\t', 'plan --simulate team.snapshot'],
  ['holdfast init fold\t', 'init folder'],
  ['holdfast apply --timeout x\t', 'apply --timeout x'],
  ['holdfast plan $(touch evil) --fo\t\u0015holdfast hel\t', 'help'],
];

/** Types the lines in a terminal once the prompt is there. Resolves to the arguments of the calls of holdfast. */
async function typeIn(command: string): Promise<readonly string[]> {
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: directory, env });
  let shown = '';
  child.stdout.on('data', (piece: Buffer) => {
    const wasReady = shown.includes('READY');
    shown += piece.toString();
    if (!wasReady && shown.includes('READY'))
      child.stdin.write(`${typed.map(([keys]) => keys).join('\r')}\rexit\r`);
  });
  await text(child.stdout);
  return [...shown.matchAll(/^RAN:(.*?)\/?\s*$/gm)].map(([, ran = '']) => ran);
}

describe.each([
  {
    shell: 'bash',
    start: 'bash --noprofile --rcfile start.bash -i',
    file: 'start.bash',
    setUp: '',
    script: bashScript(commands),
  },
  {
    shell: 'zsh',
    start: 'zsh -i',
    file: '.zshrc',
    setUp: 'autoload -U compinit; compinit -D -u\n',
    script: zshScript(commands),
  },
])('in a terminal with $shell', ({ shell, start, file, setUp, script }) => {
  test.skipIf(!isInstalled(shell))('completes what is typed, and runs none of it', async () => {
    await writeFile(join(directory, 'team.snapshot'), '');
    await mkdir(join(directory, 'folder'), { recursive: true });
    await writeFile(
      join(directory, file),
      `${setUp}holdfast() { printf 'RAN:%s\\n' "$*"; }\n${script}\nPS1='READY> '\n`,
    );
    expect(await typeIn(start)).toEqual(typed.map(([, ran]) => ran));
    expect(readdirSync(directory)).not.toContain('evil');
  });
});

describe.skipIf(!isInstalled('fish'))('fish', () => {
  test.each(titled)('$title: $because', async ({ words, offers }) => {
    await writeFile(join(directory, 'holdfast.fish'), fishScript(commands));
    const line = ['holdfast', ...words.slice(0, -1).map(quoted), words.at(-1)].join(' ');
    const ended = spawnSync(
      'fish',
      ['--no-config', '-c', `source holdfast.fish; complete -C $argv[1]`, line],
      { cwd: directory, env, encoding: 'utf8' },
    );
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const offered = ended.stdout.split('\n').flatMap((word) => word.split('\t')[0] || []);
    expect(offered.toSorted()).toEqual(offers.toSorted());
    expect(readdirSync(directory)).not.toContain('evil');
  });

  /** As fish quotes words; a command substitution stays one. */
  const quoted = (word: string): string =>
    /^[\w-]+$|^\$\(/.test(word) ? word : `'${word.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
});
