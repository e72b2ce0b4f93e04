/** A lease in the database. */
export interface LeaseRow {
  /** The number of the workspace. */
  readonly workspace: number;
  /** Raised with every change of the holder. */
  readonly epoch: number;
}

/** A lease that was taken. */
export interface TakenLease extends LeaseRow {
  /** Whether the holder before handed it over. Otherwise what it sent may still arrive. */
  readonly handedOver: boolean;
}

/** The leases of the workspaces in a database, which several processes share. Methods reject with a `StoreError`. */
export interface LeaseTable {
  /** The URL of this process's server, which other processes find with its leases. */
  url: string | null;
  /**
   * Takes free leases of these workspaces. `held`: how many leases this process has already, of which it may have no
   * more than its share; undefined: it takes what is free. Never waits for another process.
   */
  take(workspaces: readonly number[], held?: number): Promise<readonly TakenLease[]>;
  /** Renews leases. Those of neither list could not be renewed in time, and may be in the next attempt. */
  renew(leases: readonly LeaseRow[]): Promise<Renewal>;
  /** Hands leases over. Those that another process has taken meanwhile stay as they are. */
  handOver(leases: readonly LeaseRow[]): Promise<void>;
  /** Counts the processes that share the work, with this one. To be called more often than it counts for. */
  countReplicas(): Promise<number>;
  /** This process shares the work no more. */
  leave(): Promise<void>;
  /** Who holds a lease now; undefined: nobody. */
  holderOf(workspace: number): Promise<Holder | undefined>;
}

/** A process that holds a lease. */
export interface Holder {
  /** In words for a person. */
  readonly heldBy: string;
  /** Whether that is this process. */
  readonly isOwn: boolean;
  /** The URL of its server, for other processes; null: it has none. */
  readonly url: string | null;
}

/** The result of a renewal. */
export interface Renewal {
  readonly renewed: readonly RenewedLease[];
  /** This process no longer has them. */
  readonly lost: readonly LeaseRow[];
}

/** A lease that was renewed. */
export interface RenewedLease extends LeaseRow {
  /** Whether somebody has asked for a pass since the last renewal. */
  readonly wanted: boolean;
}
