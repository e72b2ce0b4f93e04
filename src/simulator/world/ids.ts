import { createHash } from 'node:crypto';

const factor = 0x9e3779b97f4a7c15n;
const mask = (1n << 50n) - 1n;

/** Creates identifiers. The same seed gives the same sequence, without repeats. */
export class Ids {
  readonly seed: number;
  #count: number;

  constructor(seed: number, count = 0) {
    this.seed = seed;
    this.#count = count;
  }

  /** The number of identifiers so far, from which a stored world continues. */
  get count(): number {
    return this.#count;
  }

  /** Returns a short identifier such as `psm1k4e8zr0qd`. An odd factor permutes the numbers, so they remain unique. */
  next(prefix: string): string {
    const mixed = ((BigInt(this.serial()) + (BigInt(this.seed) << 32n)) * factor) & mask;
    return prefix + mixed.toString(36).padStart(10, '0');
  }

  uuid(): string {
    const hex = createHash('sha256').update(`${this.seed}:${this.serial()}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** Returns the next number, from 1. */
  serial(): number {
    this.#count += 1;
    return this.#count;
  }
}
