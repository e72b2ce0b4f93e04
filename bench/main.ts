import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureImporting } from './importing.ts';
import type { InSync } from './inSync.ts';
import { measurePlanning, median } from './planning.ts';
import { measureSaving } from './saving.ts';
import { measureValidating } from './validating.ts';

/** `npm run bench`: measures, prints a table, and writes it to docs/BENCHMARKS.md. `-- --quick`: a smaller run that writes nothing. */
const quick = process.argv.includes('--quick');

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
}

const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;

async function inSync(count: number, rounds: number): Promise<InSync> {
  const child = fork(join(import.meta.dirname, 'inSync.ts'), [String(count), String(rounds)]);
  const [measured] = (await once(child, 'message')) as [InSync];
  return measured;
}

async function inSyncRows(count: number, rounds: number, target: number): Promise<readonly Row[]> {
  const { pass, changed, floor, requests, peak, floorPeak } = await inSync(count, rounds);
  const toFloor = (times: readonly number[]): readonly number[] =>
    times.map((time, round) => time / (floor[round] ?? Number.NaN));
  const ratios = toFloor(pass);
  const name = `pass over ${count.toLocaleString('en')} machines in sync`;
  return [
    {
      what: `${name}: requests`,
      measured: String(requests),
      target: String(Math.ceil(count / 120)),
    },
    {
      what: `${name}: wall time as a ratio to the bare loop, pair by pair (median of ${rounds}; from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      measured: median(ratios).toFixed(2),
      target: `at most ${target}`,
    },
    {
      what: `the same, when every machine has changed in a field that nobody declares`,
      measured: median(toFloor(changed)).toFixed(2),
      target: '',
    },
    {
      what: `${name}: wall time (median), and the bare loop's`,
      measured: `${ms(median(pass))}, ${ms(median(floor))}`,
      target: '',
    },
    {
      what: `${name}: peak memory of the process, and after the bare loop alone`,
      measured: `${Math.round(peak)} MB, ${Math.round(floorPeak)} MB`,
      target: '',
    },
  ];
}

async function planningRows(rounds: number): Promise<readonly Row[]> {
  const small = await measurePlanning(10_000, rounds);
  const large = await measurePlanning(quick ? 20_000 : 100_000, rounds);
  return [
    { what: 'planning 10,000 machines in sync, without network', measured: ms(small), target: '' },
    {
      what: `planning ${quick ? '20,000' : '100,000'} machines in sync`,
      measured: ms(large),
      target: '',
    },
    {
      what: `${quick ? 'two' : 'ten'} times the work, times the time`,
      measured: (large / small).toFixed(1),
      target: quick ? '' : 'at most 12',
    },
  ];
}

async function savingRows(saves: number): Promise<readonly Row[]> {
  const times = await measureSaving(saves);
  return [
    {
      what: `saving a file to the first request, ${saves} saves: median, worst`,
      measured: `${ms(median(times))}, ${ms(Math.max(...times))}`,
      target: 'under 500 ms',
    },
  ];
}

async function validatingRows(rounds: number): Promise<readonly Row[]> {
  const times = await measureValidating(1000, 50, rounds);
  return [
    {
      what: 'holdfast validate of 1,000 resources in 50 files, the whole process (median)',
      measured: ms(median(times)),
      target: 'under 1 s',
    },
  ];
}

async function importingRows(machines: number): Promise<readonly Row[]> {
  const { milliseconds, requests, planned } = await measureImporting(machines);
  return [
    {
      what: `holdfast import of a team with ${machines.toLocaleString('en')} machines, the whole process: time, requests; and what a plan says after it`,
      measured: `${ms(milliseconds)}, ${requests}; ${planned}`,
      target: '',
    },
  ];
}

const rows = [
  ...(await inSyncRows(quick ? 1000 : 10_000, quick ? 3 : 9, 1.5)),
  ...(await planningRows(quick ? 3 : 7)),
  ...(await savingRows(quick ? 3 : 20)),
  ...(await validatingRows(quick ? 2 : 5)),
  ...(await importingRows(quick ? 500 : 5000)),
];

const table = [
  '| what | measured | target |',
  '| --- | --- | --- |',
  ...rows.map(({ what, measured, target }) => `| ${what} | ${measured} | ${target} |`),
].join('\n');
process.stdout.write(`${table}\n`);

const [cpu] = cpus();
const page = `# Benchmarks

Made by \`npm run bench\` (\`npm run bench -- --quick\` for a short look that writes nothing).

Machine: ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GB of memory, Linux, Node ${process.version}. The
simulator runs in a process of its own on the same machine and shares its processors. Ratios are of one run and say more than
milliseconds, which change with whatever else the machine does.

The bare loop fetches the same pages from the same simulator with got over one kept-alive connection, one after the other, parses them and
counts the items. A pass lists, translates, plans, guards, reports, writes the report to a file and the history to SQLite. What has not changed since the
pass before, byte for byte, is not worked out again; the second ratio is that of a pass in which nothing could be used again.

${table}

## How many requests a pass sends

Over a team in sync, with ⌈n⌉ the pages of 120 that n items take, at least one:

\`\`\`
  Σ over the kinds in use   ⌈live of that kind⌉       declared, bound, in absent or in prune; named { live: … }
+ Σ over declared projects  ⌈tags⌉ + ⌈collaborators⌉ + ⌈models⌉ + ⌈secrets⌉     of these, those that the project declares
+ Σ over declared datasets  ⌈versions⌉                those that declare versions
+ ⌈team members⌉            where teamMembers or users (collaborators, accessors) are declared, once
+ 1                         the session, once in a process, where the team's id is needed for that
+ ⌈public datasets⌉         where a public dataset is declared
+ accessors                 at most 20 machines a pass, those read longest ago, of those that declare them
\`\`\`

test/conformance counts them for a team of all kinds. To these come, where something is to be done: the OS templates once, a look at
the stock for each machine type and region, one request for each bound resource that no list shows, the machine events while the end of a create
is not known, and the writes themselves.
`;
if (!quick) await writeFile(join(import.meta.dirname, '../docs/BENCHMARKS.md'), page);
