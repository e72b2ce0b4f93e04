import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../src/cli/completion/words.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { Output } from '../../src/console/output.ts';
import { place } from './holdfast.ts';

const silent: Output = { write() {}, isTerminal: false, isWaiting: () => false, onLoss() {} };
const commands = wordsOf(createProgram(() => undefined, { out: silent, err: silent }));

test.each(['bash', 'zsh', 'fish'])(
  'prints the script for %s, whatever the config',
  async (shell) => {
    await using here = await place();
    await here.write({ 'config/team.yaml': 'machins: [\n' });
    const { code, stdout, stderr } = await here.run(['completion', shell], {
      HOLDFAST_MODE: 'nonsense',
      PAPERSPACE_API_URL: 'nonsense',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^(#compdef holdfast\n)?# Completion of holdfast for ${shell}`),
    );
    expect(stdout, 'the script is escaped').not.toMatch(/\\u00/);
  },
);

test('another shell is refused with those that there are', async () => {
  await using here = await place();
  expect(await here.run(['completion', 'tcsh'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'there are no completions for "tcsh"; write one of bash, zsh, fish\n',
  });
});

/** The words of each option and argument, with a command line in which another word is in their place. */
const choices = commands.flatMap(({ path, options, argument }) => {
  const start = path.split(' ').slice(1);
  const wrong = (value: typeof argument, words: readonly string[]) =>
    value?.of === 'words' ? [{ line: [...start, ...words, 'nonsense'], words: value.words }] : [];
  const resource = ['explain', 'accept', 'wake', 'approve'].includes(path.split(' ')[1] ?? '');
  return [
    ...wrong(argument, []),
    ...options.flatMap(({ names, value }) =>
      wrong(value, [...(resource ? ['machines/a'] : []), names.at(-1) ?? '']),
    ),
  ];
});

describe('the offered words are those that the command accepts', () => {
  test('there are some', () => expect(choices.length).toBeGreaterThan(20));

  // All commands share one `--log-level`.
  const isOther = ({ line }: { readonly line: readonly string[] }) =>
    line.at(-2) !== '--log-level' || line[0] === 'plan';
  test.each(choices.filter(isOther).filter(({ line }) => line[0] !== 'completion'))(
    '$line',
    async ({ line, words }) => {
      await using here = await place();
      await here.write({ 'config/team.yaml': '{}\n' });
      const { code, stderr } = await here.run(line);
      expect(code).toBe(1);
      const accepted = /write one of (.*)$/m.exec(stderr)?.[1]?.split(', ');
      expect(accepted?.toSorted(), stderr).toEqual(words.toSorted());
    },
  );
});
