import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/desired/problems/formats.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { similarityKey } from '../../src/model/text/similarNames.ts';
import { directoryOf, type Files } from '../fixtures/desired/directory.ts';
import { catalog } from '../support/team.ts';

const machine = 'machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50';

async function warningsOf(files: Files | string): Promise<readonly string[]> {
  const all = typeof files === 'string' ? { 'team.yaml': files } : files;
  const loaded = await loadDesired(await directoryOf(all), catalog);
  expect(loaded.ok ? [] : loaded.problems).toEqual([]);
  return loaded.warnings.map(formatProblem);
}

describe('a machine with state: running and auto-shutdown', () => {
  const says =
    'autoShutdownEnabled of machines/a is true and state is running: each undoes the other; leave out one of them';
  it.each<{ yaml: string; at: string | undefined; because: string }>([
    {
      yaml: `machines: { a: { ${machine}, state: running, autoShutdownEnabled: true, autoShutdownTimeout: 8 } }`,
      at: 'team.yaml:1:131',
      because: 'each pass would start what was just shut down',
    },
    {
      yaml: `defaults: { machines: { autoShutdownEnabled: true } }\nmachines: { a: { ${machine}, state: running } }`,
      at: 'team.yaml:1:46',
      because: 'defaults count like fields of the spec',
    },
    {
      yaml: `machines: { a: { ${machine}, state: running, autoShutdownEnabled: false } }`,
      at: undefined,
      because: 'it is switched off',
    },
    {
      yaml: `machines: { a: { ${machine}, state: off, autoShutdownEnabled: true } }`,
      at: undefined,
      because: 'the machine is off anyway',
    },
    {
      yaml: `machines: { a: { ${machine}, autoShutdownEnabled: true } }`,
      at: undefined,
      because: 'its state is not declared',
    },
  ])('$yaml: $because', async ({ yaml, at }) => {
    expect(await warningsOf(yaml)).toEqual(at === undefined ? [] : [`${at}: ${says}`]);
  });
});

describe('a script with CRLF line endings', () => {
  const says =
    'script of startupScripts/s begins with #! and has CRLF line endings, so Linux cannot find its interpreter; save it with LF line endings';
  const yaml = 'startupScripts: { s: { script: { file: run } } }';
  it.each<{ files: Files | string; warnings: readonly string[]; because: string }>([
    {
      files: { 'team.yaml': yaml, run: '#!/bin/sh\r\necho\r\n' },
      warnings: [`team.yaml:1:32: ${says}`],
      because: 'its interpreter would be "/bin/sh\\r"',
    },
    {
      files: 'startupScripts: { s: { script: "#!/bin/sh\\r\\necho" } }',
      warnings: [`team.yaml:1:32: ${says}`],
      because: 'in a file or in YAML',
    },
    {
      files: { 'team.yaml': yaml, run: 'Write-Host\r\n' },
      warnings: [],
      because: 'a script for Windows may have them',
    },
    {
      files: { 'team.yaml': yaml, run: '#!/bin/sh\necho\n' },
      warnings: [],
      because: 'it has LF line endings',
    },
    {
      files: 'startupScripts:\r\n  s:\r\n    script: |\r\n      #!/bin/sh\r\n      echo\r\n',
      warnings: [],
      because: 'YAML converts its own line endings to LF',
    },
  ])('$files: $because', async ({ files, warnings }) => {
    expect(await warningsOf(files)).toEqual(warnings);
  });
});

describe('names that are easily confused', () => {
  it.each([
    ['trainer-1', 'Trainer-1'],
    ['trainer-1', 'trainer-1 '],
    ['caf\u{e9}', 'cafe\u{301}'],
    ['trainer', '\u{ff34}rainer'],
    ['STRASSE', ' strasse'],
  ])('%j and %j', async (one, other) => {
    expect(similarityKey(one)).toBe(similarityKey(other));
    const yaml = `projects:\n  ${JSON.stringify(one)}:\n  ${JSON.stringify(other)}:\n`;
    expect(await warningsOf(yaml)).toEqual([
      `team.yaml:3:3: projects/${other} is not "${one}" at team.yaml:2:3, from which it differs in case, surrounding space, or Unicode form only`,
    ]);
  });

  it.each([
    ['trainer-1', 'trainer-2'],
    ['trainer-1', 'trainer1'],
    ['a b', 'ab'],
  ])('not %j and %j', async (one, other) => {
    expect(await warningsOf(`projects:\n  ${one}:\n  ${other}:\n`)).toEqual([]);
  });

  it('are found across files, in patterns, and in absent, but not across kinds', async () => {
    expect(
      await warningsOf({
        'a.yaml': 'projects: { "p{1..2}": }\nabsent: { projects: [Q] }',
        'b.yaml': 'projects: { P2: , q: }\ndatasets: { p1: }',
      }),
    ).toEqual([
      'a.yaml:2:22: projects/Q is not "q" at b.yaml:1:19, from which it differs in case, surrounding space, or Unicode form only',
      'b.yaml:1:13: projects/P2 is not "p2" at a.yaml:1:13, from which it differs in case, surrounding space, or Unicode form only',
    ]);
  });
});

it('warnings are reported together with problems', async () => {
  const directory = await directoryOf({ 'team.yaml': 'projects: { p: , P: }\nmachins: {}\n' });
  const loaded = await loadDesired(directory, catalog);
  expect([loaded.ok, loaded.warnings.length]).toEqual([false, 1]);
});
