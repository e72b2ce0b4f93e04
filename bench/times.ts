import { readFileSync } from 'node:fs';

/** Milliseconds as people read them. */
export const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What the work takes when nothing else takes the processors from it. */
export const least = (values: readonly number[]): number => Math.min(...values);

/** The least of the rounds, and in brackets their median. */
export const leastOf = (times: readonly number[]): string =>
  `${ms(least(times))} (${ms(median(times))})`;

/** The least of times as a ratio to the least of others, and in brackets the median of the ratios of each round. */
export function ratioOf(times: readonly number[], base: readonly number[]): string {
  const ratios = times.map((time, round) => time / (base[round] ?? Number.NaN));
  return `${(least(times) / least(base)).toFixed(2)} (${median(ratios).toFixed(2)})`;
}

/** Starts to count how much of the processors the machine wanted, and the one below it gave to others: asked later, a share. */
export function stolenSince(): () => number {
  const before = processorTimes();
  return () => {
    const now = processorTimes();
    const stolen = now.stolen - before.stolen;
    return stolen / (now.used - before.used + stolen);
  };
}

/** From Linux, in its ticks: `user nice system idle iowait irq softirq steal`. */
function processorTimes(): { readonly used: number; readonly stolen: number } {
  const [, line = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = line
    .split(' ')
    .map(Number);
  return { used: user + nice + system + irq + softirq, stolen };
}
