import type { Catalog, ResourceKind } from '../model/kind/kind.ts';
import type { FieldChange } from '../model/pass/plan.ts';
import type { Desired } from '../model/resource.ts';
import type { Settings } from '../model/settings.ts';
import type { Workspace } from '../reconcile/workspace.ts';
import type { Context } from '../setup/context.ts';
import type { Stage } from '../setup/stage.ts';

/** The resource to accept, and the paths of its fields; none: all that differ. */
export interface AcceptRequest {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly fields: readonly string[];
}

/** A change to accept, with the file before and after it. */
export interface Acceptance {
  readonly desired: Desired;
  /** The accepted differences, as reports show them. */
  readonly changes: readonly FieldChange[];
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** The revision of the config with the new file. */
  readonly revision: string;
}

/** What accepting works with. */
export interface AcceptTools {
  readonly context: Context;
  readonly catalog: Catalog;
  readonly workspace: Workspace;
  readonly settings: Settings;
  /** A copy of the config, in which the new file is tried out. */
  readonly stage: Stage;
}
