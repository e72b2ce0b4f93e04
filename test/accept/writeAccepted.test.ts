import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AcceptTools } from '../../src/accept/request.ts';
import { requireWritable, writeAccepted } from '../../src/accept/writeAccepted.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { openStage } from '../../src/setup/stage.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';
import { catalog, want } from '../support/team.ts';

const old = 'privateNetworks: { a: { region: ny2 } }\n';
const after = 'privateNetworks: { a: { region: ca1 } }\n';

/** A directory with one file, and the acceptance of another text for it. */
async function accepted() {
  const directory = await directoryOf({ 'team.yaml': old });
  const stage = await openStage(directory);
  await stage.tryOut(new Map([['team.yaml', after]]));
  const loaded = await loadDesired(stage.directory, catalog);
  if (!loaded.ok) throw new Error('not valid');
  const context = { options: { config: directory }, env: {} } as AcceptTools['context'];
  return {
    file: join(directory, 'team.yaml'),
    other: join(directory, 'other.yaml'),
    directory,
    tools: { context, catalog, stage },
    acceptance: {
      desired: want('privateNetworks', 'a', {}),
      changes: [],
      file: 'team.yaml',
      before: old,
      after,
      revision: loaded.state.revision,
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

test('the file gets the new text, and keeps its mode', async () => {
  await using it = await accepted();
  await chmod(it.file, 0o640);
  await writeAccepted(it.tools, it.acceptance);
  expect(await readFile(it.file, 'utf8')).toBe(after);
  expect((await stat(it.file)).mode & 0o777).toBe(0o640);
});

test.each([
  { because: 'the config is another one', text: 'projects: { p: {} }\n' },
  { because: 'the config is not valid', text: 'projects: [\n' },
])('the old text is put back if $because', async ({ text }) => {
  await using it = await accepted();
  await writeFile(it.other, text);
  await expect(writeAccepted(it.tools, it.acceptance)).rejects.toThrow('was put back');
  expect(await readFile(it.file, 'utf8')).toBe(old);
});

test('a file that somebody else has changed is not written', async () => {
  await using it = await accepted();
  await writeFile(it.file, '# theirs\n');
  await expect(writeAccepted(it.tools, it.acceptance)).rejects.toThrow('changed meanwhile');
  expect(await readFile(it.file, 'utf8')).toBe('# theirs\n');
});

test('a file that nobody may write to is refused', async () => {
  await using it = await accepted();
  await expect(requireWritable(it.directory, 'team.yaml')).resolves.toBeUndefined();
  await chmod(it.file, 0o444);
  await expect(requireWritable(it.directory, 'team.yaml')).rejects.toThrow('is read-only');
});
