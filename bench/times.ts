import { readFileSync } from 'node:fs';

/** Formats milliseconds. */
export const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The minimum: the time with the least interference from other load. */
export const least = (values: readonly number[]): number => Math.min(...values);

/** Formats the minimum of the rounds, with their median in brackets. */
export const leastOf = (times: readonly number[]): string =>
  `${ms(least(times))} (${ms(median(times))})`;

/** Formats the ratio of the minima of two series, with the median of the ratios of each round in brackets. */
export function ratioOf(times: readonly number[], base: readonly number[]): string {
  const ratios = times.map((time, round) => time / (base[round] ?? Number.NaN));
  return `${(least(times) / least(base)).toFixed(2)} (${median(ratios).toFixed(2)})`;
}

/**
 * Starts to measure steal: the returned function returns the share of requested processor time that went to other
 * machines.
 */
export function stolenSince(): () => number {
  const before = processorTimes();
  return () => {
    const now = processorTimes();
    const stolen = now.stolen - before.stolen;
    return stolen / (now.used - before.used + stolen);
  };
}

/** Reads the processor times of Linux in ticks: `user nice system idle iowait irq softirq steal`. */
function processorTimes(): { readonly used: number; readonly stolen: number } {
  const [, line = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = line
    .split(' ')
    .map(Number);
  return { used: user + nice + system + irq + softirq, stolen };
}
