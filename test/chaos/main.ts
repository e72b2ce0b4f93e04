import { parseArgs } from 'node:util';
import { generate, generateReplicas } from './generate.ts';
import { run, type Ran } from './run.ts';
import type { Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';

/**
 * `npm run chaos -- --seeds N --from S` runs N scenarios, beginning with seed S, and prints each that breaks a rule
 * with the command that replays it. `--seed S` replays one, prints every write and pass, and shrinks it if it breaks a
 * rule. With `--replicas`, several processes share the store. `--first` stops at the first seed that breaks a rule.
 * Exits with 1 if a rule is broken.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    first: { type: 'boolean', default: false },
    replicas: { type: 'boolean', default: false },
  },
});

const scenarioOf = values.replicas ? generateReplicas : generate;
const flags = values.replicas ? ' --replicas' : '';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function tellScenario({ versions, ...rest }: Scenario): void {
  say(JSON.stringify(rest, null, 1));
  for (const [index, { resources, absent }] of versions.entries()) {
    say(`version ${index}: absent ${JSON.stringify(absent)}`);
    for (const { address, spec, lifecycle } of resources)
      say(`  ${address} ${JSON.stringify(spec)} ${JSON.stringify(lifecycle)}`);
  }
}

async function replay(seed: number): Promise<number> {
  const scenario = scenarioOf(seed);
  const { violations } = await run(scenario);
  const shown = violations.length === 0 ? scenario : await shrink(scenario);
  tellScenario(shown);
  const ran = await run(shown, say);
  say(ran.violations.length === 0 ? 'no rule is broken' : `broken: ${ran.violations.join('\n')}`);
  return ran.violations.length;
}

async function runMany(from: number, seeds: number): Promise<number> {
  const total: Omit<Ran, 'violations'> = { passes: 0, kills: 0, requests: 0, checks: 0 };
  const sums = { ...total };
  let broken = 0;
  const start = performance.now();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violations, ...counts } = await run(scenarioOf(seed));
    for (const name of ['passes', 'kills', 'requests', 'checks'] as const)
      sums[name] += counts[name];
    if (violations.length === 0) continue;
    broken += 1;
    say(`seed ${seed}: ${violations[0]} (npm run chaos --${flags} --seed ${seed})`);
    if (values.first) break;
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  say(
    `${seeds} seeds, ${broken} broken; ${sums.passes} passes, ${sums.kills} kills, ${sums.requests} requests, ${sums.checks} checks in ${seconds} s`,
  );
  return broken;
}

const broken =
  values.seed === undefined
    ? await runMany(Number(values.from), Number(values.seeds))
    : await replay(Number(values.seed));
process.exitCode = broken > 0 ? 1 : 0;
