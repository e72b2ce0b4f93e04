import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createPrivateDirectory,
  readPrivateFile,
  UnsafePathError,
  writePrivateFile,
} from '../model/files/privateFiles.ts';
import type { Report } from '../model/pass/report.ts';
import type { ReportFormat, Settings } from '../model/settings.ts';
import { StoreError } from '../model/store.ts';
import { jsonText } from '../model/text/visible.ts';
import { completeReport, type StoredReport } from './earlierReport.ts';
import { toHtml } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { toText } from './text.ts';

/** The contents of a file in pieces, so that a large report is never one string. */
type Pieces = Iterable<string | Buffer>;

type Writers = Readonly<Record<ReportFormat, (report: Report) => Pieces>>;

/** Writes the files of reports. */
export interface ReportFiles {
  /**
   * Writes a report as one file per format, named for its pass, and removes all but the newest `keep` passes. A file is
   * written whole or not at all. Rejects with a `StoreError` if the directory cannot be written.
   */
  keep(report: Report, settings: Settings['reports']): Promise<void>;
}

/**
 * Creates a writer of report files. It keeps the serialized resources of the last report, since reports of an unchanged
 * team share their resources.
 */
export function createReportFiles(): ReportFiles {
  const resourcePieces = resourceSerializer();
  const writers: Writers = {
    json: (report) => toJson(report, resourcePieces(report.resources)),
    text: (report) => [toText(report)],
    markdown: (report) => [toMarkdown(report)],
    html: (report) => [toHtml(report)],
  };
  return {
    async keep(report, settings) {
      try {
        await keepFiles(report, settings, writers);
      } catch (error) {
        if (!(error instanceof UnsafePathError) && !(error instanceof Error && 'syscall' in error))
          throw error;
        throw new StoreError(
          `the report of pass ${report.pass} cannot be kept: ${error.message}; make room in ${settings.directory} and make it writable, or set settings.reports.directory`,
          { cause: error },
        );
      }
    },
  };
}

/**
 * The number of resources per piece: all of a large team would be one string of megabytes, and several copies of it.
 */
const pieceSize = 1000;

/** Serializes a report as JSON. `resources` are the items of its resources, serialized. */
function* toJson(report: Report, resources: Pieces): Pieces {
  const members = Object.entries(report);
  const at = members.findIndex(([name]) => name === 'resources');
  yield `{${members.slice(0, at).map(member).join(',')},"resources":[`;
  yield* resources;
  yield `],${members
    .slice(at + 1)
    .map(member)
    .join(',')}}\n`;
}

const member = ([name, value]: readonly [string, unknown]): string =>
  `${JSON.stringify(name)}:${jsonText(value)}`;

/** Serializes the resources of one report after another; those that are the last ones are serialized already. */
function resourceSerializer(): (resources: Report['resources']) => Pieces {
  let last: { readonly resources: Report['resources']; readonly pieces: Pieces } | undefined;
  return (resources) => {
    if (last?.resources === resources) return last.pieces;
    // Frees the memory of the last pieces, which may be tens of megabytes, before these are made.
    last = undefined;
    last = { resources, pieces: serialize(resources) };
    return last.pieces;
  };
}

/** Serializes resources as the items of a JSON array, without its brackets. */
const serialize = (resources: Report['resources']): readonly Buffer[] =>
  Array.from({ length: Math.ceil(resources.length / pieceSize) }, (_, index) => {
    const piece = resources.slice(index * pieceSize, (index + 1) * pieceSize);
    return Buffer.from((index === 0 ? '' : ',') + jsonText(piece).slice(1, -1));
  });

const extensions: Readonly<Record<ReportFormat, string>> = {
  json: '.json',
  text: '.txt',
  markdown: '.md',
  html: '.html',
};

async function keepFiles(
  report: Report,
  { directory, formats, keep }: Settings['reports'],
  writers: Writers,
): Promise<void> {
  await createPrivateDirectory(directory);
  for (const format of formats)
    await writePrivateFile(
      join(directory, report.pass + extensions[format]),
      writers[format](report),
    );
  await removeOld(directory, keep);
}

/**
 * The name of a report file. Pass ids are ULIDs: they sort by time, and no other file is named like one. A crash may
 * leave a partial file.
 */
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
 * Reads the report of a pass, which an earlier version may have written; undefined if none is kept. Rejects with a
 * `StoreError` if it cannot be read, or if another user may have written it.
 */
export async function readReport(directory: string, pass: string): Promise<Report | undefined> {
  if (!passFile.test(`${pass}.json`)) return undefined;
  try {
    const text = await readPrivateFile(join(directory, `${pass}.json`));
    return completeReport(JSON.parse(text) as StoredReport);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StoreError(`the report of pass ${pass} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
