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
import { makeOwnDirectory } from '../model/files/privateFiles.ts';
import { FileError, readBounded } from '../model/files/readBounded.ts';
import { currentUser, distrustOfTemporary } from '../model/files/trust.ts';
import { UserError } from '../setup/context.ts';

/** A copy of the config directory in which an import is tried out before anything is written. */
export interface Stage extends AsyncDisposable {
  /** The copy. It holds the directory that is written to as well, where that is another one. */
  readonly directory: string;
  /** Whether what is written becomes part of the config. */
  readonly isConfig: boolean;
  /** How problems name a file of the directory that is written to. */
  readonly nameOf: (file: string) => string;
  /** What the YAML files of the directory that is written to held when the copy was made. */
  readonly before: ReadonlyMap<string, string>;
  /** Takes these texts in place of those of the last time. */
  readonly tryOut: (texts: ReadonlyMap<string, string>) => Promise<void>;
  /** Writes the texts for good. Throws a `UserError`, with nothing written, when a file is no longer what it was. */
  readonly keep: (texts: ReadonlyMap<string, string>) => Promise<void>;
}

/** Copies the config directory, which need not exist yet; `out`: where files go, by default there. */
export async function openStage(config: string, out = config): Promise<Stage> {
  const directory = await temporaryDirectory();
  try {
    const [from, to] = [await realOf(config), await realOf(out)];
    const inside = placeInside(from, to);
    const part = inside ?? (basename(to).replace(/^\.+/, '') || 'out');
    await copy(from, directory);
    if (inside === undefined) await copy(to, join(directory, part));
    await needSettings(directory);
    const before = await yamlIn(join(directory, part));
    return stageIn({ directory, to, part, before, isConfig: inside !== undefined });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (error instanceof UserError) throw error;
    throw new UserError(`the config ${config} cannot be copied: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A new directory for this user alone. What is tried out in it is believed, so nobody else may put another in its place. */
async function temporaryDirectory(): Promise<string> {
  const parent = tmpdir();
  const why = distrustOfTemporary(await stat(parent), currentUser());
  if (why !== undefined)
    throw new UserError(`${parent} ${why}; or set TMPDIR to another directory`);
  return await mkdtemp(join(parent, 'holdfast-import-'));
}

interface Staged extends Pick<Stage, 'directory' | 'before' | 'isConfig'> {
  /** Where files are written for good. */
  readonly to: string;
  /** The place of their copies in the stage. */
  readonly part: string;
}

function stageIn({ directory, to, part, before, isConfig }: Staged): Stage {
  const staged = (file: string): string => join(directory, part, file);
  let tried: readonly string[] = [];
  return {
    directory,
    isConfig,
    before,
    nameOf: (file) => join(part, file).split(sep).join('/'),
    async tryOut(texts) {
      for (const file of tried) await put(staged(file), before.get(file));
      await makeOwnDirectory(staged('.'));
      for (const [file, text] of texts) await put(staged(file), text);
      tried = [...texts.keys()];
    },
    async keep(texts) {
      for (const file of texts.keys())
        if ((await textOf(join(to, file))) !== before.get(file))
          throw new UserError(
            `${join(to, file)} was changed meanwhile; nothing was written, import again`,
          );
      await replaceAll(to, texts);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function yamlIn(directory: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const file of await readdir(directory).catch(() => []))
    if (file.endsWith('.yaml')) {
      const text = await textOf(join(directory, file));
      if (text !== undefined) texts.set(file, text);
    }
  return texts;
}

/** The path without links; that of what does not exist yet as it is. */
const realOf = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

/** The path from the config directory where its files are read; undefined outside it and below a name that begins with a dot. */
function placeInside(config: string, out: string): string | undefined {
  const way = relative(config, out);
  const isHidden = way.split(sep).some((name) => name.startsWith('.'));
  return isAbsolute(way) || isHidden ? undefined : way;
}

/** What has nothing to do with a config, and may be large. */
const passedOver = new Set(['.git', '.holdfast']);

async function copy(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return;
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (source) => {
      if (source !== from && passedOver.has(basename(source))) return false;
      const is = await lstat(source);
      return is.isFile() ? isSmall(source, is) : is.isDirectory() || is.isSymbolicLink();
    },
  });
}

/** No config holds a larger file, so one of another kind is left where it is. Throws a `UserError` for YAML, which must not be missing. */
function isSmall(path: string, { size }: Stats): boolean {
  if (size > maxYamlBytes && /\.ya?ml$/.test(path))
    throw new UserError(
      `${path} is larger than ${maxYamlBytes} bytes; split it into several files`,
    );
  return size <= maxYamlBytes;
}

/** A directory without YAML is no config; with settings that say nothing it is one. */
async function needSettings(directory: string): Promise<void> {
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

/** Puts a file into the stage, or takes it away. A link in the stage is replaced: it leads to the config itself. */
async function put(path: string, text: string | undefined): Promise<void> {
  await rm(path, { force: true });
  if (text !== undefined) await writeFile(path, text, { flag: 'wx' });
}

/** Each file is the old one or the new one, whatever happens: it is written beside its place and then renamed. */
async function replaceAll(to: string, texts: ReadonlyMap<string, string>): Promise<void> {
  const made: { readonly from: string; readonly path: string }[] = [];
  try {
    for (const [file, text] of texts) {
      const path = await realOf(join(to, file));
      await makeOwnDirectory(dirname(path));
      const from = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
      made.push({ from, path });
      await writeFile(from, text, { flag: 'wx', mode: 0o600 });
      const mode = await stat(path).then(
        (is) => is.mode,
        () => undefined,
      );
      if (mode !== undefined) await chmod(from, mode);
    }
    for (const { from, path } of made) await rename(from, path);
  } catch (error) {
    for (const { from } of made) await rm(from, { force: true });
    throw new UserError(`${to} cannot be written to: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
