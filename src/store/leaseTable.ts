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
  /** This process, in words for a person. No other has the same. */
  readonly holder: string;
  /** Takes the free leases of these workspaces, but at most `limit`. Never waits for another process. */
  take(workspaces: readonly number[], limit: number): Promise<readonly TakenLease[]>;
  /** Renews leases. Resolves to those that were renewed, and which of them somebody has asked for a pass. */
  renew(leases: readonly LeaseRow[]): Promise<readonly RenewedLease[]>;
  /** Hands leases over. Those that another process has taken meanwhile stay as they are. */
  handOver(leases: readonly LeaseRow[]): Promise<void>;
  /** Asks the holder of a lease for a pass. */
  askForPass(workspace: number): Promise<void>;
  /** Who holds these leases now; those of nobody are left out. */
  holders(workspaces: readonly number[]): Promise<ReadonlyMap<number, string>>;
}

/** A lease that was renewed. */
export interface RenewedLease extends LeaseRow {
  /** Whether somebody has asked for a pass since the last renewal. */
  readonly wanted: boolean;
}
