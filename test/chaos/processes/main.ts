import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runInstallations } from './runInstallations.ts';

/**
 * `npm run chaos:replicas -- --rounds N --seed S --installations M` runs N rounds in M installations at a time, each
 * with three replicas, a PostgreSQL server, and three teams. Exits with 1 if a rule is broken.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    installations: { type: 'string', default: '4' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const start = performance.now();
const { violations, ...counts } = await runInstallations({
  seed: Number(values.seed),
  rounds: Number(values.rounds),
  installations: Number(values.installations),
  program: [process.execPath, join(import.meta.dirname, '../../../src/main.ts')],
  say,
});
say(
  `${counts.rounds} rounds, ${violations.length} rules broken; ${counts.writes} writes, ${counts.creates} creates, ${counts.takeOvers} take-overs; ${JSON.stringify(counts.events)} in ${Math.round((performance.now() - start) / 1000)} s`,
);
process.exitCode = violations.length > 0 ? 1 : 0;
