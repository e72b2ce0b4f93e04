/**
 * The right to write to a workspace: to its team, and to its rows in the store. Several processes may run for the same
 * workspaces, and one of them has it at a time. It must be renewed, so that it ends by itself when its holder dies,
 * freezes, or loses its network.
 */
export interface Lease {
  /** Whether the right has not ended. To be asked immediately before a write is handed to the socket. */
  isHeld(): boolean;
  /** Aborted when the right ends: what has been sent by then must not go on. */
  readonly ended: AbortSignal;
  /** Aborted when the lease should be handed over as soon as possible: another process has less to do. */
  readonly recalled: AbortSignal;
  /**
   * For how many milliseconds this process has had it, by a steady clock, if it took it from one that had not handed it
   * over: what that one sent may still arrive. Undefined: the lease was handed over, or nobody had it.
   */
  sinceTakeOver(): number | undefined;
  /** Calls `listener` whenever somebody has asked another process for a pass. Replaces the listener before. */
  onWanted(listener: () => void): void;
}

/** Another process has the lease of a workspace. */
export class HeldError extends Error {
  override readonly name = 'HeldError';

  /** That process, in words for a person. */
  readonly heldBy: string;

  constructor(heldBy: string) {
    super(`${heldBy} writes to this workspace`);
    this.heldBy = heldBy;
  }
}

/** The right of a process that shares its store with no other. */
export const endlessLease: Lease = {
  isHeld: () => true,
  ended: new AbortController().signal,
  recalled: new AbortController().signal,
  sinceTakeOver: () => undefined,
  onWanted: () => undefined,
};
