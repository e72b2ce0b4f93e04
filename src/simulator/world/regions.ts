import { badRequest } from '../http/refusal.ts';

const labels = {
  ny2: 'East Coast (NY2)',
  ca1: 'West Coast (CA1)',
  ams1: 'Europe (AMS1)',
} as const;

export type Region = keyof typeof labels;

/** All regions, in the order of the console. */
export const regions = Object.keys(labels) as readonly Region[];

/** Returns the label of a region in answers: `East Coast (NY2)`. */
export const regionLabel = (region: Region): string => labels[region];

/** Reads `ny2`, `NY2`, or `East Coast (NY2)`. Throws a 400 for anything else. */
export function readRegion(text: string): Region {
  const bracketed = /\(([^()]+)\)\s*$/.exec(text)?.[1] ?? text;
  const code = bracketed.trim().toLowerCase();
  const region = regions.find((candidate) => candidate === code);
  if (!region) throw badRequest(`Region ${text} does not exist`);
  return region;
}
