import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binding } from '../../src/model/memory.ts';
import type { Address } from '../../src/model/resource.ts';
import type { Store } from '../../src/model/store.ts';
import { readStore } from '../../src/store/open.ts';
import { openTestStore } from '../support/openTestStore.ts';

/** A temporary directory, removed when disposed of. */
export async function directory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

export const open = (path: string, readOnly = false): Promise<Store> =>
  readOnly ? readStore({ type: 'sqlite', path }, 'default') : openTestStore(path);

/** A resource that Holdfast created. */
export const binding = (address: Address, id: string): Binding & { readonly address: Address } => ({
  address,
  id,
  boundAt: '2026-11-21T09:00:00Z',
  created: true,
  protected: false,
});
