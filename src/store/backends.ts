import type { StoreSettings } from '../model/settings.ts';
import { StoreError } from '../model/store.ts';
import type { Backend } from './backend.ts';
import { sqliteBackend } from './sqlite/backend.ts';
import { inMemoryBackend, openInMemory } from './sqlite/inMemory.ts';

/** Selects the backend of a store. Throws a `StoreError` for a type that is not built in. */
export function backendFor(settings: StoreSettings): Backend {
  if (settings.type === 'sqlite') return sqliteBackend(settings);
  throw new StoreError('stores other than sqlite: are not built in; write sqlite:PATH');
}

/** A store that ends with the process: read where there is none, or in place of one with an older schema. */
export const inMemory = { backend: inMemoryBackend, open: openInMemory } as const;
