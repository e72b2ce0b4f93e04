import type { Outcome } from '../../model/pass/plan.ts';
import type { Address } from '../../model/resource.ts';
import type { FailureRecord } from '../../model/memory.ts';

const minDelayMs = 1000;
const maxDelayMs = 10 * 60_000;

/**
 * The failure record of an action that failed again. An action that the API refused permanently is not retried until
 * its YAML or its live state changes (`retryAt` is null). Any other is retried after a delay that doubles from one
 * second to ten minutes, of which `random` in [0, 1) spreads the second half. A changed `fingerprint` starts the count
 * anew. Pure.
 */
export function nextFailure(
  before: FailureRecord | undefined,
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
): FailureRecord {
  const failures = before?.fingerprint === fingerprint ? before.failures + 1 : 1;
  const delayMs = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(failures - 1, 20));
  const retryAt = new Date(now.getTime() + delayMs * (0.5 + random / 2));
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
 * The reason why a failed action is blocked; undefined if it may be retried. If `honourBackoff` is false, because a
 * person asked for the pass, only a permanent refusal blocks it.
 */
export function backoffReason(
  { retryAt, fingerprint, error, failures, at }: FailureRecord,
  now: { readonly fingerprint: string; readonly at: Date; readonly honourBackoff: boolean },
): string | undefined {
  if (fingerprint !== now.fingerprint) return undefined;
  if (retryAt === null)
    return `refused at ${at}; not retried until its YAML or its live state changes, it is resumed, or it is applied with --force: ${error}`;
  if (!now.honourBackoff || Date.parse(retryAt) <= now.at.getTime()) return undefined;
  const times = failures === 1 ? 'once' : `${failures} times in a row`;
  return `failed ${times}; next attempt at ${retryAt}, or with holdfast apply: ${error}`;
}
