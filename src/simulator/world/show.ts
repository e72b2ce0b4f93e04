import { regionLabel, type Region } from './regions.ts';
import type { World } from './world.ts';

/** Formats a time for answers. */
export const time = (at: number): string => new Date(at).toISOString();

/** Formats a time that may not be set. */
export function timeOrNull(at: number | null): string | null {
  return at === null ? null : time(at);
}

/** Returns `dtDeleted` for answers that omit it for existing items. */
export const deleted = (at: number | null): { readonly dtDeleted?: string } =>
  at === null ? {} : { dtDeleted: time(at) };

/** Formats a region for answers. */
export const showRegion = (world: World, region: Region): string =>
  world.settings.regions === 'labels' ? regionLabel(region) : region;

/** Returns a row without the fields that no answer shows. */
export function without<T extends object, K extends keyof T>(
  row: T,
  ...hidden: readonly K[]
): Omit<T, K> {
  const copy: Partial<T> = { ...row };
  for (const key of hidden) delete copy[key];
  return copy as Omit<T, K>;
}
