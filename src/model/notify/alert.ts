import type { Labels } from '../selection/labels.ts';

/** The classes of alerts, from what needs a person first to what can wait longest (INTERFACE 8). */
export const alertClasses = [
  'config',
  'failed',
  'blocked',
  'contended',
  'incomplete',
  'drift',
  'budget',
  'expiry',
] as const;
export type AlertClass = (typeof alertClasses)[number];

/** The classes that a sink gets if its settings name none: all but `expiry`. */
export const defaultClasses: readonly AlertClass[] = alertClasses.filter(
  (name) => name !== 'expiry',
);

/**
 * Something wrong, from the pass that finds it to the pass that no longer does: a resource in a bad condition, an
 * incomplete pass, a config that is not valid, a budget that is nearly or fully spent, or an expiry.
 */
export interface Alert {
  readonly class: AlertClass;
  /** The kind of the resource; null for `config`, `incomplete`, and `budget`. */
  readonly kind: string | null;
  /** The name of the resource or of the budget; null for `config` and `incomplete`. */
  readonly name: string | null;
  /** The labels of the resource. Not set: it has none, or they are no longer known. */
  readonly labels?: Labels;
  /** Since when, RFC 3339. */
  readonly since: string;
  readonly reason: string | null;
}

/** An alert as one sink follows it. */
export interface TrackedAlert extends Alert {
  /** The id of the sink. */
  readonly sink: string;
  /**
   * `settling`: seen in too few passes to be announced. `open`: announced. `baseline`: already there when the sink was
   * configured, so it is never announced by itself.
   */
  readonly state: 'settling' | 'open' | 'baseline';
  /** The passes in a row that have found it while it was settling. */
  readonly passes: number;
  /** When the last message about it was recorded, RFC 3339; null while it is settling. */
  readonly toldAt: string | null;
}

/** A message to one sink. Never contains a secret. */
export interface Message {
  /** Unique, the same in every attempt to deliver it, and ascending for each sink. */
  readonly id: string;
  readonly workspace: string;
  /** The pass that caused it; null for a test message. */
  readonly pass: string | null;
  readonly at: string;
  /**
   * `opened`: alerts have opened, and others may have been resolved. `baseline`: the sink is new, and these alerts were
   * there before. `reminder`: these are still open.
   */
  readonly event: 'opened' | 'resolved' | 'reminder' | 'baseline' | 'test';
  /**
   * The alerts that have opened, or that the baseline or the reminder is about. For receivers that keep alerts, those
   * that are repeated too, whatever the event.
   */
  readonly opened: readonly Alert[];
  readonly resolved: readonly Alert[];
}

/** A message that has not been delivered. */
export interface PendingMessage {
  /** The id of the sink. */
  readonly sink: string;
  readonly message: Message;
  /** The attempts that have begun. */
  readonly attempts: number;
  /** When to try next, RFC 3339. */
  readonly nextAt: string;
}

/** Which alerts and messages a pass changes. Written in one transaction with the pass. */
export interface AlertChanges {
  readonly write: readonly TrackedAlert[];
  readonly forget: readonly TrackedAlert[];
  readonly messages: readonly { readonly sink: string; readonly message: Message }[];
  /** The configured sinks. The alerts and messages of all others are deleted. */
  readonly sinks: readonly { readonly id: string; readonly hasBaseline: boolean }[];
}

/** The stored alerts. */
export interface AlertState {
  readonly alerts: readonly TrackedAlert[];
  /** The ids of the sinks that have their baseline. */
  readonly sinks: ReadonlySet<string>;
}
