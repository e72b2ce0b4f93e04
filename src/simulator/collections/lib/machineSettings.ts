import { badRequest } from '../../http/refusal.ts';
import type { MachineSettings } from '../machines/machines.ts';

/** The settings in a request. */
export type SettingsBody = {
  readonly [K in keyof MachineSettings]?: NonNullable<MachineSettings[K]>;
};

/** The settings of a machine whose create sets none (FACTS 3.1). */
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
 * Returns the settings after a request. Throws a 400 if a setting is switched on without the values that it needs. With
 * `sticky`, keeps timeout and force of a shutdown that was on and stays on, without an error (FACTS 3.1).
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
