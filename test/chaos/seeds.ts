import { generate, generateReplicas } from './generate.ts';
import { run } from './run.ts';

/**
 * Runs `seeds` seeds beginning with `from`. Returns the broken rules, each with the command that replays and shrinks
 * the seed.
 */
export async function brokenIn(
  from: number,
  seeds: number,
  { replicas = false } = {},
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violations } = await run(replicas ? generateReplicas(seed) : generate(seed));
    if (violations.length > 0)
      broken.push(
        `npm run chaos --${replicas ? ' --replicas' : ''} --seed ${seed}: ${violations.join('; ')}`,
      );
  }
  return broken;
}
