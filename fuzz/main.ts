import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadCatalog } from '../src/kinds/lib/catalog.ts';
import { argumentsFault } from './arguments.ts';
import { faultOf, type Fault } from './check.ts';
import { generatorOf, subjects, type Subject } from './generate.ts';
import type { Input } from './input.ts';
import { shrunk } from './shrink.ts';

/**
 * `npm run fuzz`: loads generated config directories, and exits with 1 if the loader broke a promise. `-- --inputs N
 * --seed S`; `--only K` runs a single input; `--of settings` generates settings and their variables, `--of arguments`
 * command lines.
 */
interface Work {
  readonly subject: Subject;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** For the watching thread: the number of the current input, and the number of loads so far. */
  readonly progress: SharedArrayBuffer;
}

const limits = { slow: 2000, slowPerMb: 6000 };
/** The time in seconds after which an input counts as endless. */
const hopeless = 60;
/** The number of failures after which the run stops. */
const maxFailures = 20;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The thread that loads the inputs: another thread can still see when it hangs. */
async function work({ subject, seed, from, to, progress }: Work): Promise<number> {
  const catalog = await loadCatalog();
  const inputOf = generatorOf(catalog, seed, subject);
  const top = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  const beats = new Int32Array(progress);
  const check = (input: Input) => {
    Atomics.add(beats, 1, 1);
    return subject === 'arguments'
      ? argumentsFault(input, top)
      : faultOf(input, join(top, 'config'), catalog, limits);
  };
  let failures = 0;
  for (let number = from; number < to && failures < maxFailures; number += 1) {
    Atomics.store(beats, 0, number);
    if (number > from && number % 10_000 === 0) say(`${number} …`);
    const input = inputOf(number);
    const fault = await check(input);
    if (!fault) continue;
    failures += 1;
    tell(subject, seed, number, fault);
    const smaller = await shrunk(
      input,
      async (one) => (await check(one))?.promise === fault.promise,
    );
    for (const { name, bytes } of smaller)
      say(
        `  ${JSON.stringify(name)}: ${JSON.stringify(Buffer.from(bytes).toString('latin1')).slice(0, 2000)}`,
      );
  }
  await rm(top, { recursive: true, force: true });
  return failures;
}

const tell = (subject: Subject, seed: number, number: number, { promise, detail }: Fault): void =>
  say(
    `${promise}: ${detail}\n  npm run fuzz -- --of ${subject} --seed ${seed} --only ${number}\n  shrunk:`,
  );

/** Starts the worker, prints its progress, and gives up if it hangs. */
async function watch(subject: Subject, seed: number, from: number, to: number): Promise<number> {
  const progress = new SharedArrayBuffer(8);
  const beats = new Int32Array(progress);
  const data: Work = { subject, seed, from, to, progress };
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  let seconds = 0;
  let last = -1;
  const timer = setInterval(() => {
    const loads = Atomics.load(beats, 1);
    seconds = loads === last ? seconds + 1 : 0;
    last = loads;
    if (seconds < hopeless) return;
    const number = Atomics.load(beats, 0);
    tell(subject, seed, number, { promise: 'slow', detail: `it did not end within ${hopeless} s` });
    process.exit(1);
  }, 1000);
  const failures = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  clearInterval(timer);
  return failures;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      of: { type: 'string', default: 'configs' },
    },
  });
  const subject = subjects.find((one) => one === values.of);
  if (!subject) throw new Error(`--of ${values.of}: write one of ${subjects.join(', ')}`);
  const seed = Number(values.seed);
  const from = Number(values.only ?? 0);
  const to = values.only === undefined ? Number(values.inputs) : from + 1;
  const start = performance.now();
  const failures = await watch(subject, seed, from, to);
  const took = ((performance.now() - start) / 1000).toFixed(1);
  say(`${to - from} ${subject} of seed ${seed}, ${failures} failures, ${took} s`);
  process.exitCode = failures > 0 ? 1 : 0;
}

if (isMainThread) await main();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
else parentPort?.postMessage(await work(workerData as Work));
