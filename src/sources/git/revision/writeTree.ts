import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Problem } from '../../../model/resource.ts';
import { notWritable } from '../clone.ts';
import { CloneDamage } from '../gitError.ts';
import { CutOutput } from '../process/runGit.ts';
import type { Git } from '../process/git.ts';
import { entryProblem, type TreeFile } from './tree.ts';

/** How many files are written at the same time. */
const concurrency = 32;

/** Writes files into an empty private directory. Resolves to the problems of those that it did not write. */
export function writeTree(
  git: Git,
  files: readonly TreeFile[],
  directory: string,
): Promise<readonly Problem[]> {
  const input = files.map(({ id }) => `${id}\n`).join('');
  return git.stream(['cat-file', '--batch'], input, async (output) => {
    const take = exactReader(output);
    const problems: Problem[] = [];
    let writing: Promise<Problem | undefined>[] = [];
    const finish = async (): Promise<void> => {
      problems.push(...(await Promise.all(writing)).filter((problem) => problem !== undefined));
      writing = [];
    };
    try {
      for (const file of files) {
        const written = writeOne(directory, file, await contentOf(file, take));
        // It is awaited later, and must not count as unhandled until then.
        written.catch(() => undefined);
        writing.push(written);
        if (writing.length >= concurrency) await finish();
      }
      await finish();
    } finally {
      // The caller removes the directory.
      await Promise.allSettled(writing);
    }
    return problems;
  });
}

/** Reads a blob from the output of `cat-file --batch`. Its content must have its id. */
async function contentOf({ id, size }: TreeFile, take: Take): Promise<Buffer> {
  const header = `${id} blob ${size}\n`;
  const found = await take(header.length);
  if (found.toString() !== header) throw new CloneDamage(`object ${id} is missing`);
  const content = (await take(size + 1)).subarray(0, size);
  const hash = createHash(id.length === 40 ? 'sha1' : 'sha256').update(`blob ${size}\0`);
  if (hash.update(content).digest('hex') !== id) throw new CloneDamage(`object ${id} is broken`);
  return content;
}

/** Resolves to the next bytes. Rejects with a `CutOutput` if there are fewer. */
type Take = (length: number) => Promise<Buffer>;

function exactReader(output: Readable): Take {
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  return async (length) => {
    const parts = [rest];
    for (let size = rest.length; size < length; size += parts.at(-1)?.length ?? 0) {
      const next = await chunks.next();
      if (next.done) throw new CutOutput();
      parts.push(next.value);
    }
    const bytes = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = bytes.subarray(length);
    return bytes.subarray(0, length);
  };
}

async function writeOne(
  directory: string,
  { path }: TreeFile,
  content: Buffer,
): Promise<Problem | undefined> {
  if (content.subarray(0, lfsPointer.length).equals(lfsPointer))
    return entryProblem(
      path,
      'this is a Git LFS pointer, and Holdfast does not fetch its content; store the file in Git itself',
    );
  const target = join(directory, path);
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!nameErrors.has(code)) throw notWritable(directory, error);
    return entryProblem(
      path,
      `the file system does not accept the name of this file (${code}); rename it`,
    );
  }
}

const lfsPointer = Buffer.from('version https://git-lfs');

/** Errors of the file system that come from the name of one file. `EEXIST`: it ignores case. */
const nameErrors: ReadonlySet<string> = new Set([
  'ENAMETOOLONG',
  'EINVAL',
  'EILSEQ',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
]);
