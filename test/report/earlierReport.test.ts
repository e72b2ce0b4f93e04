import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { readReport } from '../../src/report/reportFiles.ts';
import { toHtml } from '../../src/report/html.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { reportSchema } from '../../src/report/schema/report.ts';
import { toText } from '../../src/report/text.ts';
import { copyFixture, upgradeFixtures } from '../support/upgradeFixtures.ts';

const check = new Ajv2020({ allErrors: true, strict: false, validateFormats: false }).compile(
  reportSchema(),
);

/** The kept report of an earlier version, as this version reads it. */
async function reportOf(name: string) {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-report-'));
  try {
    const { store, reports } = await copyFixture(name, directory);
    const report = await readReport(join(dirname(store), 'reports'), reports[0] ?? '');
    if (!report) throw new Error('there is no report');
    return report;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe.each(upgradeFixtures)('the report of %s', (name) => {
  test('has the form of the present schema', async () => {
    check(await reportOf(name));
    expect(check.errors).toBeNull();
  });

  test('is shown in every format, with its failures and without values that it does not have', async () => {
    const report = await reportOf(name);
    for (const text of [toText(report), toMarkdown(report), toHtml(report)]) {
      expect(text).toContain('machines/refused');
      expect(text).toMatch(/machines\/fixed/);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});

test('a report that does not say which prices it lacked has no complete cost', async () => {
  const { cost } = await reportOf('001-first');
  expect(cost).toMatchObject({ unpriced: [], known: { hourly: false, change: false } });
});
