import { generate } from './generate.ts';
import { run } from './run.ts';

/** What is broken by so many seeds from one on, each with the command that replays and shrinks it. */
export async function brokenIn(from: number, seeds: number): Promise<readonly string[]> {
  const broken: string[] = [];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violations } = await run(generate(seed));
    if (violations.length > 0)
      broken.push(`npm run chaos -- --seed ${seed}: ${violations.join('; ')}`);
  }
  return broken;
}
