import type { Kinds } from '../../model/kind.ts';
import type { FieldSchema } from '../../model/schema.ts';
import { addressOf, type Address, type Desired } from '../../model/resource.ts';
import type { Chosen, Team } from './selectResources.ts';

/** Which declared resource lists what may stand in one such relation only, by `heldKey`. */
export type Holders = ReadonlyMap<string, Address>;

/** Fields that entries cannot have, and why, by address. */
export type Without = ReadonlyMap<Address, ReadonlyMap<string, string>>;

/** What the declared resources hold in exclusive relations. `idOf` turns a reference into a live id. */
export const holdersIn = (
  kinds: Kinds,
  resources: readonly Desired[],
  idOf: (reference: unknown) => string | undefined,
): Holders =>
  new Map(
    resources.flatMap(({ kind, address, spec }) =>
      exclusiveIn(kinds.get(kind)?.schema).flatMap(([field]) =>
        [spec[field] ?? []].flat().flatMap((reference) => {
          const id = idOf(reference);
          return id === undefined ? [] : [[heldKey(kind, field, id), address] as const];
        }),
      ),
    ),
  );

/**
 * The exclusive relations that list what one that is declared, or comes before, lists already. Such a relation cannot be said at all: with
 * the one member left out it would say that the member goes.
 */
export function clashesIn(chosen: readonly Chosen[], { holders, snapshot }: Team): Without {
  const held = new Map(holders);
  const clashes = new Map<Address, Map<string, string>>();
  for (const { kind, name, live } of chosen)
    for (const [field, { references = '' }] of exclusiveIn(kind.schema)) {
      const address = addressOf(kind.name, name);
      const ids = [live.spec[field] ?? []].flat().map(String);
      const taken = ids.find((id) => held.has(heldKey(kind.name, field, id)));
      if (taken === undefined) {
        for (const id of ids) held.set(heldKey(kind.name, field, id), address);
        continue;
      }
      const member = `${references}/${snapshot.get(references)?.byId.get(taken)?.name ?? taken}`;
      const holder = held.get(heldKey(kind.name, field, taken));
      const because = `${member} stands in ${field} of ${holder}; it may stand in one`;
      clashes.set(address, (clashes.get(address) ?? new Map<string, string>()).set(field, because));
    }
  return clashes;
}

const heldKey = (kind: string, field: string, id: string): string => `${kind}.${field}/${id}`;

const exclusiveIn = (schema: FieldSchema = {}): readonly (readonly [string, FieldSchema])[] =>
  Object.entries(schema.properties ?? {}).filter(([, { exclusive }]) => exclusive);

/** All that either says, and what the first says where both speak of one field. */
export const joined = (one: Without, other: Without): Without =>
  new Map(
    [...new Set([...one.keys(), ...other.keys()])].map((address) => [
      address,
      new Map([...(other.get(address) ?? []), ...(one.get(address) ?? [])]),
    ]),
  );
