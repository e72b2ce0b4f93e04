import type { Request } from '../../src/api/requests/request.ts';
import type { Transport } from '../../src/api/transport/transport.ts';
import { StoreError, type Store } from '../../src/model/store.ts';
import type { Clock } from '../../src/model/time/clock.ts';
import type { Lease } from '../../src/model/lease.ts';
import type { LeaseRow, LeaseTable } from '../../src/store/leaseTable.ts';

/** How long a lease lasts in the database, and how long of that it may be used, in milliseconds. */
const leaseMs = 15_000;
const usableMs = 10_000;

/** How long creates and deletes wait after a take-over, in milliseconds: the default. */
const graceMs = 30_000;

/** Whether a request creates a resource. */
const isCreate = ({ method, path }: Request): boolean =>
  method === 'POST' && path.split('/').length === 2;

/** A process that may freeze, die, and lose its database. */
export interface SimulatedProcess {
  /** Its clock: while it is frozen or dead, no sleep ends. */
  readonly clock: Clock;
  readonly leases: LeaseTable;
  /** The store as this process reaches it: a write without the lease is refused. */
  store(store: Store, lease: Lease, row: LeaseRow): Store;
  /** The network as this process reaches it. */
  transport(transport: Transport): Transport;
  /** Freezes it, after so many further answers. */
  freeze(milliseconds: number, after: number): void;
  /** Cuts it off from the database. */
  cut(milliseconds: number): void;
  die(): void;
  /** Ends every disturbance. */
  heal(): void;
}

/** The database with the lease of one workspace, and the network of all processes. */
export interface SimulatedReplicas {
  process(name: string, now: () => Date): SimulatedProcess;
  /** Delays every write on its way to the team. */
  slow(delay: number): void;
}

/** Never resolves. */
const silence = new Promise<never>(() => undefined);

/** `check` is called with every write that is handed to the network: whether its lease may be used. */
export function simulatedReplicas(
  clock: Clock,
  check: (holds: boolean, rule: () => string) => void,
): SimulatedReplicas {
  let row = { holder: '', epoch: 0, expires: -Infinity };
  let delay = 0;
  let graceEnds = -Infinity;
  const isOf = (name: string, { epoch }: LeaseRow): boolean =>
    row.holder === name && row.epoch === epoch && row.expires > clock.steady();

  return {
    slow: (milliseconds) => void (delay = milliseconds),
    process(name, now) {
      let frozenUntil = 0;
      let cutUntil = 0;
      let isDead = false;
      let freezing: { after: number; milliseconds: number } | undefined;
      /** Resolves when the process can go on. */
      const awake = async (): Promise<void> => {
        if (freezing && freezing.after-- <= 0) {
          frozenUntil = clock.steady() + freezing.milliseconds;
          freezing = undefined;
        }
        for (let left = frozenUntil - clock.steady(); left > 0; left = frozenUntil - clock.steady())
          await clock.sleep(left);
        if (isDead) await silence;
      };
      /** The answer to what the process has sent: it sees it when it can go on. */
      const answer = async <Value>(work: Promise<Value>): Promise<Value> => {
        try {
          return await work;
        } finally {
          await awake();
        }
      };
      const query = <Value>(work: () => Value | Promise<Value>): Promise<Value> =>
        answer(
          (async () => {
            if (clock.steady() < cutUntil) {
              await clock.sleep(Math.min(usableMs, cutUntil - clock.steady()));
              throw new StoreError('the store cannot be reached');
            }
            return await work();
          })(),
        );
      return {
        clock: {
          now,
          steady: () => clock.steady(),
          sleep: (milliseconds, signal) => answer(clock.sleep(milliseconds, signal)),
        },
        leases: {
          url: null,
          take: ([workspace = 1]) =>
            query(() => {
              if (row.expires > clock.steady()) return [];
              const handedOver = row.holder === '';
              if (!handedOver) graceEnds = clock.steady() + graceMs;
              row = { holder: name, epoch: row.epoch + 1, expires: clock.steady() + leaseMs };
              return [{ workspace, epoch: row.epoch, handedOver }];
            }),
          renew: (leases) =>
            query(() => {
              const own = leases.filter((lease) => isOf(name, lease));
              if (own.length > 0) row = { ...row, expires: clock.steady() + leaseMs };
              const renewed = own.map((lease) => ({ ...lease, wanted: false }));
              return { renewed, lost: leases.filter((lease) => !own.includes(lease)) };
            }),
          handOver: ([lease]) =>
            query(() => {
              if (lease && isOf(name, lease)) row = { ...row, holder: '', expires: -Infinity };
            }),
          countReplicas: () => query(() => 1),
          leave: () => query(() => undefined),
          holderOf: () => query(() => undefined),
        },
        store(store, lease, own) {
          const reached: Record<string, unknown> = { ...store, lease };
          for (const [key, value] of Object.entries(store)) {
            if (typeof value !== 'function' || key === 'digest') continue;
            const method = value as (...values: unknown[]) => Promise<unknown>;
            const isRead = ['memory', 'costs'].includes(key);
            reached[key] = (...values: unknown[]) =>
              query(() => {
                if (!isRead && !isOf(name, own)) throw new StoreError('its lease has ended');
                return method(...values);
              });
          }
          return reached as unknown as Store;
        },
        transport: (transport) => ({
          exchange(request) {
            const isWrite = request.method !== 'GET';
            const waits = request.method === 'DELETE' || isCreate(request);
            if (waits)
              check(
                clock.steady() >= graceEnds,
                () => `${request.method} ${request.path} is sent too soon after a take-over`,
              );
            if (isWrite)
              check(
                row.holder === name && clock.steady() <= row.expires - leaseMs + usableMs,
                () =>
                  `${request.method} ${request.path} is sent by ${name} without its lease, which ${row.holder || 'nobody'} has`,
              );
            const late = isWrite ? delay : 0;
            return answer(
              (async () => {
                if (late > 0) await clock.sleep(late);
                return await transport.exchange(request);
              })(),
            );
          },
          [Symbol.dispose]: () => undefined,
        }),
        freeze: (milliseconds, after) => void (freezing = { after, milliseconds }),
        cut: (milliseconds) => void (cutUntil = clock.steady() + milliseconds),
        die: () => void (isDead = true),
        heal() {
          frozenUntil = 0;
          cutUntil = 0;
          freezing = undefined;
        },
      };
    },
  };
}
