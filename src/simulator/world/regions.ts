import { badRequest } from '../http/refusal.ts';

const labels = {
  ny2: 'East Coast (NY2)',
  ca1: 'West Coast (CA1)',
  ams1: 'Europe (AMS1)',
} as const;

export type Region = keyof typeof labels;

/** Every region, in the order that the console shows. */
export const regions = Object.keys(labels) as readonly Region[];

/** The label that answers carry: `East Coast (NY2)`. */
export const regionLabel = (region: Region): string => labels[region];

/** Reads `ny2`, `NY2` or `East Coast (NY2)`; refuses anything else with 400. */
export function readRegion(text: string): Region {
  const bracketed = /\(([^()]+)\)\s*$/.exec(text)?.[1] ?? text;
  const code = bracketed.trim().toLowerCase();
  const region = regions.find((known) => known === code);
  if (!region) throw badRequest(`Region ${text} does not exist`);
  return region;
}
