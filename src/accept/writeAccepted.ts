import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Acceptance, AcceptTools } from './request.ts';
import { loadConfig } from '../setup/loadConfig.ts';
import { UserError } from '../setup/context.ts';

/**
 * Writes the accepted file into the config directory, and loads it from there. Puts the old file back, and rejects with
 * a `UserError`, if the config is then not the one that was verified.
 */
export async function writeAccepted(
  { context, catalog, stage }: Pick<AcceptTools, 'context' | 'catalog' | 'stage'>,
  { file, after, revision }: Acceptance,
): Promise<void> {
  await stage.keep(new Map([[file, after]]));
  const loaded = await loadConfig(context, catalog);
  if (loaded.ok && loaded.state.revision === revision) return;
  await stage.restore([file]);
  throw new UserError(
    'nothing was changed: another file of the config changed meanwhile, so this one was put back; run the command again',
  );
}

/**
 * Rejects with a `UserError` for a file that nobody may write to: replacing it would ignore its mode.
 */
export async function requireWritable(directory: string, file: string): Promise<void> {
  const stats = await stat(join(directory, file)).catch(() => undefined);
  if (stats && (stats.mode & 0o222) === 0)
    throw new UserError(`nothing was changed: ${file} is read-only`);
}
