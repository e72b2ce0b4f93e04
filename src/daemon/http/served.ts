// The parts of a running daemon that its HTTP interface reads. `views.ts` makes data of them, for the API and for the
// pages; `commands.ts` changes something, by `control.ts`; `tokens.ts` reads the tokens; `serve.ts` listens.

import { StoreError } from '../../model/store.ts';
import type { SinkStatus } from '../../notify/outbox.ts';
import type { Events } from '../../server/events.ts';
import type { Metrics } from '../../server/metrics.ts';
import type { OpenWorkspace } from '../../setup/team/openWorkspace.ts';
import type { FollowedConfig } from '../config/followedConfig.ts';
import type { LastPass } from '../passes.ts';
import type { Watchdog } from '../watchdog.ts';

/**
 * The daemon's access to its store: it waits while another process has the right to write, and then has a workspace.
 */
export interface Standing {
  workspace: OpenWorkspace | undefined;
  /** The process that has the right to write, while this process waits. */
  heldBy: string | undefined;
}

/** The parts of the daemon that the server reads, and the function to request a pass. */
export interface Served {
  /** The name of the workspace. */
  readonly name: string;
  /** Whether the config has workspaces. */
  readonly oneOfSeveral: boolean;
  readonly standing: Readonly<Standing>;
  readonly config: FollowedConfig;
  readonly last: LastPass;
  readonly watchdog: Pick<Watchdog, 'current' | 'seconds'>;
  readonly metrics: Metrics;
  readonly events: Events;
  /** When the next pass is due, RFC 3339. */
  readonly next: () => string | null;
  /** Requests a pass. `traceparent`: the W3C trace context of who asks for it. Default: none. */
  readonly request: (traceparent?: string) => void;
  /** Looks the repository up, and requests a pass if its config has changed. */
  readonly fetch: () => void;
  /** The state of the sinks. */
  readonly notifications: () => readonly SinkStatus[];
}

/** The workspace. Throws a `StoreError` while there is none. */
export function openIn({ workspace, heldBy }: Readonly<Standing>): OpenWorkspace {
  if (workspace) return workspace;
  throw new StoreError(waitingText(heldBy));
}

export const waitingText = (heldBy: string | undefined): string =>
  `waiting for the store: ${heldBy ?? 'another process'} has the right to write to it`;

/** The resource of the last report; undefined if the report has no such resource. */
export const findResource = ({ report }: LastPass, kind: string, name: string) =>
  report?.resources.find((resource) => resource.kind === kind && resource.name === name);
