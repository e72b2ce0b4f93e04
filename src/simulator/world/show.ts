import { regionLabel, type Region } from './regions.ts';
import type { World } from './world.ts';

/** A moment as answers write it. */
export const time = (at: number): string => new Date(at).toISOString();

/** A moment that may not have come yet. */
export function timeOrNull(at: number | null): string | null {
  return at === null ? null : time(at);
}

/** `dtDeleted` for answers that leave it out of what is not deleted. */
export const deleted = (at: number | null): { readonly dtDeleted?: string } =>
  at === null ? {} : { dtDeleted: time(at) };

/** A region as answers write it. */
export const showRegion = (world: World, region: Region): string =>
  world.settings.regions === 'labels' ? regionLabel(region) : region;

/** A row without what no answer has. */
export function without<T extends object, K extends keyof T>(
  row: T,
  ...hidden: readonly K[]
): Omit<T, K> {
  const copy: Partial<T> = { ...row };
  for (const key of hidden) delete copy[key];
  return copy as Omit<T, K>;
}
