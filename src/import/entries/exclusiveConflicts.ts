import type { Kinds } from '../../model/kind/kind.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { addressOf, type Address, type Desired } from '../../model/resource.ts';
import type { SelectedResource, Owners, Team, OmittedFields } from './team.ts';

/** The members that declared resources hold in exclusive relations. `idOf` resolves a reference to a live id. */
export const ownersIn = (
  kinds: Kinds,
  resources: readonly Desired[],
  idOf: (reference: unknown) => string | undefined,
): Owners =>
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
 * The exclusive relations of which a member is already held by a declared resource or an earlier import. Such a
 * relation is omitted as a whole: without that member it would declare its removal.
 */
export function exclusiveConflicts(
  chosen: readonly SelectedResource[],
  { holders, snapshot }: Team,
): OmittedFields {
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
      const because = `${member} is in ${field} of ${holder}; it may be in only one`;
      clashes.set(address, (clashes.get(address) ?? new Map<string, string>()).set(field, because));
    }
  return clashes;
}

const heldKey = (kind: string, field: string, id: string): string => `${kind}.${field}/${id}`;

const exclusiveIn = (schema: FieldSchema = {}): readonly (readonly [string, FieldSchema])[] =>
  Object.entries(schema.properties ?? {}).filter(([, { exclusive }]) => exclusive);

/** Merges two sets of omitted fields. For the same field, the reason in the first one wins. */
export const mergeOmitted = (first: OmittedFields, second: OmittedFields): OmittedFields =>
  new Map(
    [...new Set([...first.keys(), ...second.keys()])].map((address) => [
      address,
      new Map([...(second.get(address) ?? []), ...(first.get(address) ?? [])]),
    ]),
  );
