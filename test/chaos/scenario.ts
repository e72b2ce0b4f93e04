import type { Desired } from '../../src/model/resource.ts';
import type { Settings } from '../../src/model/settings.ts';
import type { Fault } from '../../src/simulator/faults/faults.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator.ts';

/** A change that somebody else makes to the team, without Holdfast's knowledge. */
export type Meddling =
  | 'delete a machine'
  | 'rename a machine'
  | 'stop a machine'
  | 'start a machine'
  | 'change a script'
  | 'take a script off'
  | 'delete a network'
  | 'make a namesake'
  | 'free an address';

/** Something that happens to Holdfast or to the team. `at`: milliseconds after the start. */
export type Disturbance = { readonly at: number } & (
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'config'; readonly version: number }
  | { readonly do: 'meddle'; readonly how: Meddling; readonly pick: number }
  | { readonly do: 'stock'; readonly of: string; readonly left: number | undefined }
  | { readonly do: 'clock'; readonly by: number }
  | { readonly do: 'stale page'; readonly pages: number }
  /**
   * The process dies after `after` further requests or store writes, and another one starts `down` milliseconds later.
   */
  | {
      readonly do: 'kill';
      readonly after: number;
      readonly steps: 'requests' | 'store writes';
      readonly when: 'before' | 'after';
      readonly down: number;
      /** Its store is lost too. */
      readonly loses: boolean;
    }
  /** A second daemon starts on the same store. */
  | { readonly do: 'rival' }
  /** With replicas: the process with the lease freezes, after so many further answers. */
  | { readonly do: 'freeze'; readonly milliseconds: number; readonly after: number }
  /** With replicas: the process with the lease is cut off from the database. */
  | { readonly do: 'cut'; readonly milliseconds: number }
  /** With replicas: from now on, writes take so long to the team. */
  | { readonly do: 'slow'; readonly by: number }
);

/** A config: the declared resources, and those that `absent` names. */
export interface Version {
  readonly resources: readonly Desired[];
  readonly absent: readonly (readonly [kind: string, name: string])[];
}

/** Everything that determines a run. It is plain data, so that it can be shrunk. */
export interface Scenario {
  readonly seed: number;
  /** The configs, in the order in which they come into force. */
  readonly versions: readonly Version[];
  readonly disturbances: readonly Disturbance[];
  readonly simulator: Pick<
    SimulatorOptions,
    'secondScript' | 'createDone' | 'rateLimit' | 'regions' | 'bytes' | 'listDeleted'
  >;
  readonly limits: Settings['limits'];
  readonly throttle: Settings['throttle'];
  /** The longest time between a request and its response, in milliseconds. */
  readonly latency: number;
  /** The number of processes that share the store. Default: one at a time. */
  readonly replicas?: number;
}

/** A config that declares nothing. */
export const nothing: Version = { resources: [], absent: [] };
