import { badRequest } from '../../http/refusal.ts';
import type { MachineSettings } from './machines.ts';

/** The settings as a request may carry them. */
export type SettingsBody = {
  readonly [K in keyof MachineSettings]?: NonNullable<MachineSettings[K]>;
};

/** What a machine has for which nothing was asked (FACTS 3.1). */
export const defaultSettings: MachineSettings = {
  autoShutdownEnabled: false,
  autoShutdownTimeout: null,
  autoShutdownForce: false,
  autoSnapshotEnabled: false,
  autoSnapshotFrequency: null,
  autoSnapshotSaveCount: null,
  restorePointEnabled: false,
  restorePointFrequency: null,
};

/**
 * The settings after a request. Refuses with 400 what is switched on without what it needs. With
 * `sticky`, timeout and force of a shutdown that was on and stays on are silently kept (FACTS 3.1).
 */
export function changeSettings(
  before: MachineSettings,
  body: SettingsBody,
  sticky: boolean,
): MachineSettings {
  const after = { ...before };
  for (const key of Object.keys(defaultSettings) as (keyof MachineSettings)[])
    if (body[key] !== undefined) Object.assign(after, { [key]: body[key] });
  if (after.autoShutdownEnabled && after.autoShutdownTimeout === null)
    throw badRequest('autoShutdownTimeout is required when autoShutdownEnabled is true');
  if (after.autoSnapshotEnabled && !(after.autoSnapshotFrequency && after.autoSnapshotSaveCount))
    throw badRequest(
      'autoSnapshotFrequency and autoSnapshotSaveCount are required when autoSnapshotEnabled is true',
    );
  if (!sticky || !before.autoShutdownEnabled || !after.autoShutdownEnabled) return after;
  const { autoShutdownTimeout, autoShutdownForce } = before;
  return { ...after, autoShutdownTimeout, autoShutdownForce };
}
