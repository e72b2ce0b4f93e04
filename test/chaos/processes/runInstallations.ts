import { runInstallation, type Tally } from './installation.ts';

/** Runs rounds in several installations at a time, and adds up what happened. */
export async function runInstallations({
  seed,
  rounds,
  installations,
  ...rest
}: Omit<Parameters<typeof runInstallation>[0], 'seed' | 'rounds'> & {
  readonly seed: number;
  readonly rounds: number;
  readonly installations: number;
}): Promise<Tally> {
  const own = Array.from(
    { length: installations },
    (_, n) => Math.floor(rounds / installations) + (n < rounds % installations ? 1 : 0),
  );
  const tallies = await Promise.all(
    own.map((count, n) => runInstallation({ seed: seed + n, rounds: count, ...rest })),
  );
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const events: Record<string, number> = {};
  for (const tally of tallies)
    for (const [name, count] of Object.entries(tally.events))
      events[name] = (events[name] ?? 0) + count;
  return {
    violations: tallies.flatMap(({ violations }) => violations),
    rounds: sum((tally) => tally.rounds),
    events,
    writes: sum(({ writes }) => writes),
    creates: sum(({ creates }) => creates),
    takeOvers: sum(({ takeOvers }) => takeOvers),
  };
}
