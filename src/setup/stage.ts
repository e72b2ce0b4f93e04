import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdtemp,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { maxYamlBytes } from '../desired/files/readConfig.ts';
import { createPrivateDirectory } from '../model/files/privateFiles.ts';
import { FileError, isWithin, readBounded } from '../model/files/readBounded.ts';
import { currentUser, distrustOfTemporary } from '../model/files/trust.ts';
import { UserError } from './context.ts';

/** A copy of the config directory, in which new files are validated before anything is written. */
export interface Stage extends AsyncDisposable {
  /** The path of the copy. It also contains a copy of the output directory, if that is outside the config. */
  readonly directory: string;
  /** Whether the output directory is part of the config. */
  readonly isConfig: boolean;
  /** The name of an output file in problems. */
  readonly nameOf: (file: string) => string;
  /** The YAML files of the output directory, as they were when the copy was made. */
  readonly before: ReadonlyMap<string, string>;
  /** Reads any other file of the output directory from the copy; undefined if there is none. */
  readonly read: (file: string) => Promise<string | undefined>;
  /** Writes the texts to the copy, and restores the files of the previous call. */
  readonly tryOut: (texts: ReadonlyMap<string, string>) => Promise<void>;
  /**
   * Writes the texts to the output directory. Rejects with a `UserError`, with nothing written, if a file has changed
   * since it was read, or a link leads out of the directory.
   */
  readonly keep: (texts: ReadonlyMap<string, string>) => Promise<void>;
  /** Writes the files back as they were when they were read. */
  readonly restore: (files: Iterable<string>) => Promise<void>;
}

/**
 * Copies the config directory, which need not exist. `out`: the output directory; default: the config directory.
 * Rejects with a `UserError` if it cannot be copied.
 */
export async function openStage(config: string, out = config): Promise<Stage> {
  const directory = await temporaryDirectory();
  try {
    const [from, to] = [await realOf(config), await realOf(out)];
    const inside = placeInside(from, to);
    const subpath = inside ?? (basename(to).replace(/^\.+/, '') || 'out');
    await copy(from, directory);
    if (inside === undefined) await copy(to, join(directory, subpath));
    await ensureSettings(directory);
    const before = await yamlIn(join(directory, subpath));
    return stageIn({ directory, to, part: subpath, before, isConfig: inside !== undefined });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (error instanceof UserError) throw error;
    throw new UserError(`the config ${config} cannot be copied: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Creates a directory that only this user can access. Its content is trusted, so nobody else may be able to replace it.
 */
async function temporaryDirectory(): Promise<string> {
  const parent = tmpdir();
  const distrust = distrustOfTemporary(await stat(parent), currentUser());
  if (distrust !== undefined)
    throw new UserError(`${parent} ${distrust}; or set TMPDIR to another directory`);
  return await mkdtemp(join(parent, 'holdfast-stage-'));
}

interface Staged extends Pick<Stage, 'directory' | 'isConfig'> {
  readonly before: Map<string, string>;
  /** The output directory. */
  readonly to: string;
  /** The path of its copy inside the stage. */
  readonly part: string;
}

function stageIn({ directory, to, part, before, isConfig }: Staged): Stage {
  const stagedPath = (file: string): string => join(directory, part, file);
  let written: readonly string[] = [];
  return {
    directory,
    isConfig,
    before,
    nameOf: (file) => join(part, file).split(sep).join('/'),
    async read(file) {
      const text = before.get(file) ?? (await textOf(stagedPath(file)));
      if (text !== undefined) before.set(file, text);
      return text;
    },
    async tryOut(texts) {
      for (const file of written) await put(stagedPath(file), before.get(file));
      await createPrivateDirectory(stagedPath('.'));
      for (const [file, text] of texts) await put(stagedPath(file), text);
      written = [...texts.keys()];
    },
    async keep(texts) {
      for (const file of texts.keys())
        if ((await textOf(join(to, file))) !== before.get(file))
          throw new UserError(
            `${join(to, file)} changed meanwhile; nothing was written, so run the command again`,
          );
      await replaceAll(to, texts);
    },
    restore: (files) =>
      replaceAll(to, new Map([...files].map((file) => [file, before.get(file) ?? '']))),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function yamlIn(directory: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of await readdir(directory).catch(() => []))
    if (file.endsWith('.yaml')) {
      const text = await textOf(join(directory, file));
      if (text !== undefined) texts.set(file, text);
    }
  return texts;
}

/** The path with links resolved; unchanged if it does not exist. */
const realOf = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

/**
 * The path relative to the config directory; undefined if it is outside, or below a name that begins with a dot, where
 * no config is read.
 */
function placeInside(config: string, out: string): string | undefined {
  const path = relative(config, out);
  const isHidden = path.split(sep).some((name) => name.startsWith('.'));
  return isAbsolute(path) || isHidden ? undefined : path;
}

/** Directories that are not config, and may be large. */
const skippedNames = new Set(['.git', '.holdfast']);

async function copy(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return;
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (source) => {
      if (source !== from && skippedNames.has(basename(source))) return false;
      const stats = await lstat(source);
      return stats.isFile()
        ? isSmall(source, stats)
        : stats.isDirectory() || stats.isSymbolicLink();
    },
  });
}

/**
 * Whether a file is small enough to be config; a larger one is not copied. Throws a `UserError` for a large YAML file,
 * which must not be missing.
 */
function isSmall(path: string, { size }: Stats): boolean {
  if (size > maxYamlBytes && /\.ya?ml$/.test(path))
    throw new UserError(
      `${path} is larger than ${maxYamlBytes} bytes; split it into several files`,
    );
  return size <= maxYamlBytes;
}

/** Adds empty settings if there are none: a directory without YAML is not a valid config. */
async function ensureSettings(directory: string): Promise<void> {
  const file = join(directory, 'holdfast.yaml');
  if ((await textOf(file)) === undefined) await writeFile(file, 'settings: {}\n');
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      await readBounded(path, { maxBytes: maxYamlBytes }),
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new UserError(`${path} ${error.message}`, { cause: error });
  }
}

/** Writes a file of the stage, or removes it. A link is replaced, not followed: it leads to the real config. */
async function put(path: string, text: string | undefined): Promise<void> {
  await rm(path, { force: true });
  if (text !== undefined) await writeFile(path, text, { flag: 'wx' });
}

/** Replaces files atomically: each is written beside its destination and then renamed. */
async function replaceAll(to: string, texts: ReadonlyMap<string, string>): Promise<void> {
  const temporaryFiles: { readonly from: string; readonly path: string }[] = [];
  try {
    for (const [file, text] of texts) {
      const path = await realOf(join(to, file));
      if (!isWithin(to, path))
        throw new Error(`${file} is a link to ${path}, which is outside the directory`);
      await createPrivateDirectory(dirname(path));
      const from = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
      temporaryFiles.push({ from, path });
      await writeFile(from, text, { flag: 'wx', mode: 0o600 });
      const mode = await stat(path).then(
        (stats) => stats.mode,
        () => undefined,
      );
      if (mode !== undefined) await chmod(from, mode);
    }
    for (const { from, path } of temporaryFiles) await rename(from, path);
  } catch (error) {
    for (const { from } of temporaryFiles) await rm(from, { force: true });
    throw new UserError(`${to} cannot be written to: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
