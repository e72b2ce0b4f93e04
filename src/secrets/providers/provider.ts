import type { Clock } from '../../model/time/clock.ts';

/**
 * Why a provider gave no secret. The message follows the name of the provider. It must never quote what the provider
 * printed or answered.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** The provider did not answer in time, so it is not asked again in this pass. */
  readonly timedOut: boolean;

  constructor(message: string, timedOut = false) {
    super(message);
    this.timedOut = timedOut;
  }
}

/** What providers use of the process. */
export interface Means {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Asks a provider for the secret of a key. Rejects with a `ProviderError`. */
export type Ask = (key: string) => Promise<string>;

/** The greatest size of what a program prints or a server answers, in bytes. */
export const maxBytes = 1024 * 1024;
