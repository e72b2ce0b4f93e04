import type { Outcome } from '../../model/pass/plan.ts';
import type { Address } from '../../model/resource.ts';
import type { Setback } from '../../model/store.ts';

const shortestPause = 1000;
const longestPause = 10 * 60_000;

/**
 * What is remembered of an action that failed: what the API refused for good is not tried again until something changes, everything
 * else after a pause that doubles from a second to ten minutes, spread over its second half by `random` in [0, 1). Pure.
 */
export function setbackAfter(
  before: Setback | undefined,
  {
    action,
    address,
    outcome: { error = 'it failed', refused },
    fingerprint,
    now,
    random,
  }: {
    readonly action: string;
    readonly address: Address;
    readonly outcome: Pick<Outcome, 'error' | 'refused'>;
    readonly fingerprint: string;
    readonly now: Date;
    readonly random: number;
  },
): Setback {
  const failures = before?.fingerprint === fingerprint ? before.failures + 1 : 1;
  const pause = Math.min(longestPause, shortestPause * 2 ** Math.min(failures - 1, 20));
  const retryAt = new Date(now.getTime() + pause * (0.5 + random / 2));
  return {
    action,
    address,
    failures,
    at: now.toISOString(),
    retryAt: refused ? null : retryAt.toISOString(),
    fingerprint,
    error,
  };
}

/**
 * Why an action waits after a setback; undefined when it may be tried. `pauses` is false when a person asks: only what was refused for
 * good is held then.
 */
export function waitsAfter(
  { retryAt, fingerprint, error, failures, at }: Setback,
  now: { readonly fingerprint: string; readonly at: Date; readonly pauses: boolean },
): string | undefined {
  if (fingerprint !== now.fingerprint) return undefined;
  if (retryAt === null)
    return `refused at ${at}, and not tried again until its YAML or its live state changes: ${error}`;
  if (!now.pauses || Date.parse(retryAt) <= now.at.getTime()) return undefined;
  const times = failures === 1 ? 'once' : `${failures} times in a row`;
  return `failed ${times}, tried again at ${retryAt}: ${error}`;
}
