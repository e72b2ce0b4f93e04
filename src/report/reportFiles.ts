import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  makeOwnDirectory,
  readOwnFile,
  UnsafePathError,
  writeOwnFile,
} from '../model/files/privateFiles.ts';
import type { Report } from '../model/pass/report.ts';
import type { ReportFormat, Settings } from '../model/settings.ts';
import { StoreError } from '../model/store.ts';
import { jsonText } from '../model/text/visible.ts';
import { toHtml } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { toText } from './text.ts';

/** What is written to a file, one piece after the other. */
type Pieces = Iterable<string | Buffer>;

const writers: Readonly<Record<ReportFormat, (report: Report) => Pieces>> = {
  json: toJson,
  text: (report) => [toText(report)],
  markdown: (report) => [toMarkdown(report)],
  html: (report) => [toHtml(report)],
};

/** The resources that were written out last: of one report at a time, since they may be tens of megabytes. */
let written:
  | { readonly resources: Report['resources']; readonly pieces: readonly Buffer[] }
  | undefined;

/** How many resources are made into text at a time: those of a large team would be a text of megabytes, in memory several times over. */
const together = 1000;

/** A report as JSON, its resources in pieces. Those that reports share are written out once. */
function* toJson(report: Report): Pieces {
  const members = Object.entries(report);
  const at = members.findIndex(([name]) => name === 'resources');
  yield `{${members.slice(0, at).map(member).join(',')},"resources":[`;
  yield* resourcesAgain(report);
  yield `],${members
    .slice(at + 1)
    .map(member)
    .join(',')}}\n`;
}

const member = ([name, value]: readonly [string, unknown]): string =>
  `${JSON.stringify(name)}:${jsonText(value)}`;

function resourcesAgain({ resources }: Report): Pieces {
  if (written?.resources === resources) return written.pieces;
  // Those of the report before are let go before these are made.
  written = undefined;
  written = { resources, pieces: listOf(resources) };
  return written.pieces;
}

/** The members of a JSON list, without its brackets. */
const listOf = (resources: Report['resources']): readonly Buffer[] =>
  Array.from({ length: Math.ceil(resources.length / together) }, (_, index) => {
    const some = resources.slice(index * together, (index + 1) * together);
    return Buffer.from((index === 0 ? '' : ',') + jsonText(some).slice(1, -1));
  });

const endings: Readonly<Record<ReportFormat, string>> = {
  json: '.json',
  text: '.txt',
  markdown: '.md',
  html: '.html',
};

/**
 * Keeps a report as one file a format, named for its pass, and removes all but the newest `keep` passes. A file is there whole or not
 * at all. Rejects with a `StoreError` when the directory cannot be written.
 */
export async function keepReport(report: Report, settings: Settings['reports']): Promise<void> {
  try {
    await keepFiles(report, settings);
  } catch (error) {
    if (!(error instanceof UnsafePathError) && !(error instanceof Error && 'syscall' in error))
      throw error;
    throw new StoreError(
      `the report of pass ${report.pass} cannot be kept: ${error.message}; make room in ${settings.directory} and make it writable, or set settings.reports.directory`,
      { cause: error },
    );
  }
}

async function keepFiles(
  report: Report,
  { directory, formats, keep }: Settings['reports'],
): Promise<void> {
  await makeOwnDirectory(directory);
  for (const format of formats)
    await writeOwnFile(join(directory, report.pass + endings[format]), writers[format](report));
  await removeOld(directory, keep);
}

/** Pass ids are ULIDs: their order is that of time, and nothing else in the directory looks like one. A crash may leave a part behind. */
const passFile = /^(?<pass>[0-9A-HJKMNP-TV-Z]{26})\.[a-z]+(\.[0-9a-f]{12}\.part)?$/;

const passOf = (name: string): string => passFile.exec(name)?.groups?.['pass'] ?? '';

async function removeOld(directory: string, keep: number): Promise<void> {
  const files = (await readdir(directory)).filter((name) => passFile.test(name));
  const passes = [...new Set(files.map(passOf))].toSorted();
  const old = new Set(passes.slice(0, Math.max(0, passes.length - keep)));
  for (const name of files)
    if (old.has(passOf(name))) await rm(join(directory, name), { force: true });
}

/**
 * A kept report, or undefined when there is none for that pass. Rejects with a `StoreError` when it cannot be read, or another user may have
 * written it.
 */
export async function readReport(directory: string, pass: string): Promise<Report | undefined> {
  if (!passFile.test(`${pass}.json`)) return undefined;
  try {
    return JSON.parse(await readOwnFile(join(directory, `${pass}.json`))) as Report;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StoreError(`the report of pass ${pass} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
