import type { Lease } from '../model/lease.ts';
import type { Clock } from '../model/time/clock.ts';
import type { LeaseRow, LeaseTable, TakenLease } from './leaseTable.ts';

/** A lease that this process has. */
export interface HeldLease extends Lease {
  readonly row: LeaseRow;
}

/** Keeps the leases of this process: takes those that it waits for, and renews those that it has. */
export interface LeaseKeeper extends AsyncDisposable {
  /** Takes the lease of a workspace; undefined: another process has it. Rejects with a `StoreError`. */
  take(workspace: number): Promise<HeldLease | undefined>;
  /** Resolves when it has the lease of a workspace, however long that takes. Rejects if the signal is aborted. */
  whenFree(workspace: number, signal: AbortSignal): Promise<HeldLease>;
  /** Hands a lease over. Whatever was sent under it must have ended. Never rejects: without an answer it runs out. */
  handOver(lease: HeldLease): Promise<void>;
}

/**
 * How long a lease is used after the begin of its last successful renewal, in milliseconds by this machine's steady
 * clock. It lasts longer in the database, by `leaseSeconds`, so that a process stops before another may begin.
 */
const usedMs = 10_000;

/** How often leases are renewed, in milliseconds. */
const renewMs = 4000;

/** How often free leases are looked for, in milliseconds. */
const lookMs = 250;

/** How many leases are recalled at a time when another process has come. */
const recalledAtOnce = 50;

/** Makes a keeper. It asks the database for nothing until there is a lease to wait for or to renew. */
export function createLeaseKeeper(table: LeaseTable, clock: Clock): LeaseKeeper {
  const held = new Map<number, Held>();
  const waiting = new Map<number, (lease: HeldLease) => void>();
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let nudged = new AbortController();
  let renewedAt = -Infinity;

  let countedAt = -Infinity;
  /** Whether this process shares the work. One that only takes a lease does not. */
  let isReplica = false;

  /** Hands over what this process has beyond its share. */
  const balance = async (): Promise<void> => {
    countedAt = clock.steady();
    const share = Math.ceil((waiting.size + held.size) / (await table.countReplicas()));
    const kept = [...held.values()].filter(({ recalled }) => !recalled.aborted);
    const surplus = Math.min(kept.length - share, recalledAtOnce);
    for (const lease of kept.slice(0, Math.max(0, surplus))) lease.recall();
  };
  const hold = (taken: TakenLease, askedAt: number): HeldLease => {
    const lease = new Held(taken, askedAt + usedMs, clock);
    held.set(taken.workspace, lease);
    lease.ended.addEventListener('abort', () => {
      if (held.get(taken.workspace) === lease) held.delete(taken.workspace);
    });
    start();
    return lease;
  };
  const takeSome = async (): Promise<void> => {
    const askedAt = clock.steady();
    for (const taken of await table.take([...waiting.keys()], held.size)) {
      const resolve = waiting.get(taken.workspace);
      waiting.delete(taken.workspace);
      const lease = hold(taken, askedAt);
      if (resolve) resolve(lease);
      else await handOver(lease);
    }
  };
  const renewAll = async (): Promise<void> => {
    const askedAt = clock.steady();
    const leases = [...held.values()];
    const { renewed, lost } = await table.renew(leases.map(({ row }) => row));
    // Those that could not be renewed in time are tried again soon.
    if (renewed.length + lost.length === leases.length) renewedAt = askedAt;
    const rows = new Map(renewed.map((row) => [row.workspace, row]));
    for (const lease of leases) {
      const row = rows.get(lease.row.workspace);
      if (row) lease.renewed(askedAt + usedMs);
      if (row?.wanted) lease.wanted();
      if (lost.includes(lease.row)) lease.end();
    }
  };
  /** Without an answer of the database, leases run out by themselves. */
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted && held.size + waiting.size > 0) {
      if (isReplica && clock.steady() - countedAt >= renewMs)
        await balance().catch(() => undefined);
      if (waiting.size > 0) await takeSome().catch(() => undefined);
      if (held.size > 0 && clock.steady() - renewedAt >= renewMs)
        await renewAll().catch(() => undefined);
      const untilRenewal = Math.max(lookMs, renewedAt + renewMs - clock.steady());
      await clock
        .sleep(waiting.size > 0 ? lookMs : untilRenewal, nudged.signal)
        .catch(() => undefined);
    }
    running = undefined;
  };
  /** Lets the loop look for what is new. */
  const start = (): void => {
    if (!running) running = run();
    nudged.abort();
    nudged = new AbortController();
  };
  const handOver = async (lease: HeldLease): Promise<void> => {
    const own = held.get(lease.row.workspace);
    if (own !== lease) return;
    own.end();
    await table.handOver([lease.row]).catch(() => undefined);
  };

  return {
    async take(workspace) {
      const askedAt = clock.steady();
      const [taken] = await table.take([workspace]);
      return taken && hold(taken, askedAt);
    },
    async whenFree(workspace, signal) {
      signal.throwIfAborted();
      isReplica = true;
      const { promise, resolve, reject } = Promise.withResolvers<HeldLease>();
      const stop = (): void => {
        waiting.delete(workspace);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      waiting.set(workspace, (lease) => {
        signal.removeEventListener('abort', stop);
        resolve(lease);
      });
      start();
      return await promise;
    },
    handOver,
    async [Symbol.asyncDispose]() {
      closing.abort();
      nudged.abort();
      await running;
      await Promise.all([...held.values()].map(handOver));
      if (isReplica) await table.leave().catch(() => undefined);
    },
  };
}

/** A lease with its deadline. */
class Held implements HeldLease {
  readonly row: LeaseRow;
  readonly #takenOverAt: number | undefined;
  #listener: () => void = () => undefined;
  readonly #ending = new AbortController();
  readonly #recall = new AbortController();
  readonly #clock: Clock;
  #deadline: number;

  constructor({ handedOver, ...row }: TakenLease, deadline: number, clock: Clock) {
    this.row = row;
    this.#takenOverAt = handedOver ? undefined : clock.steady();
    this.#clock = clock;
    this.#deadline = deadline;
    void this.#watch();
  }

  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  isHeld(): boolean {
    return !this.ended.aborted && this.#clock.steady() < this.#deadline;
  }

  sinceTakeOver(): number | undefined {
    return this.#takenOverAt === undefined ? undefined : this.#clock.steady() - this.#takenOverAt;
  }

  /** Moves the deadline, unless it has passed. */
  renewed(deadline: number): void {
    if (this.isHeld()) this.#deadline = deadline;
  }

  onWanted(listener: () => void): void {
    this.#listener = listener;
  }

  get recalled(): AbortSignal {
    return this.#recall.signal;
  }

  recall(): void {
    this.#recall.abort();
  }

  /** Somebody has asked for a pass. */
  wanted(): void {
    this.#listener();
  }

  end(): void {
    this.#ending.abort(new Error('the lease has ended'));
  }

  /** Ends the lease at its deadline. */
  async #watch(): Promise<void> {
    while (this.isHeld()) {
      const left = this.#deadline - this.#clock.steady();
      await this.#clock.sleep(left, this.ended).catch(() => undefined);
    }
    this.end();
  }
}
