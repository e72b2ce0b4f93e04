import type { StoreSettings } from '../model/settings.ts';
import type { Backend } from './backend.ts';
import { postgresBackend } from './postgres/backend.ts';
import { sqliteBackend } from './sqlite/backend.ts';
import { inMemoryBackend, openInMemory } from './sqlite/inMemory.ts';

/** Selects the backend of a store. Throws a `StoreError` if its address cannot be used. */
export function backendFor(settings: StoreSettings): Backend {
  return settings.type === 'sqlite' ? sqliteBackend(settings) : postgresBackend(settings.url);
}

/** A store that ends with the process: read where there is none, or in place of one with an older schema. */
export const inMemory = { backend: inMemoryBackend, open: openInMemory } as const;
