// A team as observed, as a file that may be shared, and plans against such a file. `takeSnapshot` reads the team and
// makes the document (document.ts) without what nobody else may see (hide.ts, addresses.ts); `readSnapshot` reads it
// back (read.ts); `snapshotWorkspace` makes a workspace of it that sends no request (replay.ts).

import type { Listed } from '../../model/kind/listed.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import { listKey, type ListRequest } from '../../model/pass/plan.ts';
import type { Listing, Snapshot } from '../../model/pass/snapshot.ts';
import { splitAddress, type DesiredState } from '../../model/resource.ts';
import type { Binding, Memory } from '../../model/memory.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { valueSchemaOf } from '../compare/spec.ts';
import { observe, observeRequired } from '../observe/observe.ts';
import { observeUnlisted } from '../observe/unlisted.ts';
import { isRecent } from '../plan/matching/match.ts';
import type { PlanningWorkspace, Policy } from '../workspace.ts';
import { addressMask, type AddressMask } from './addresses.ts';
import type { SavedItem, SavedList, TeamSnapshot } from './document.ts';
import { hideIn } from './hide.ts';

/**
 * Reads the whole team, and makes a snapshot of it. A list that cannot be read to the end is incomplete in the
 * snapshot, with its error. `state`: the config, which decides which addresses are declared. Sends GET requests only,
 * one for each resource that has members to list. Rejects only on a bug, and with a `StoreError`.
 */
export async function takeSnapshot(
  { catalog, api, cache, store, clock }: PlanningWorkspace,
  state: DesiredState,
  { visibility }: Pick<Policy, 'visibility'>,
): Promise<TeamSnapshot> {
  const now = clock.now();
  const source = { catalog, api, cache };
  const [listed, memory] = await Promise.all([
    observe(source, catalog.kinds.keys()),
    store.memory(now),
  ]);
  const isYoung = ({ created, boundAt }: Binding): boolean =>
    created && isRecent(boundAt, { now, visibility });
  const unlisted = await observeUnlisted(catalog, listed, memory, isYoung, api);
  const team = new Map([...listed, ...unlisted]);
  const requests = [...lookupRequests(catalog), ...memberRequests(catalog, team)];
  const others = await observeRequired(source, requests, team);
  const mask = addressMask(state);
  const kindLists = [...team.values()].map((listing) =>
    savedList(
      { list: 'lookup', kind: listing.kind },
      listing,
      schemaOf(catalog, listing.kind),
      mask,
    ),
  );
  const otherLists = requests.flatMap((request) => {
    const listing = others.get(listKey(request));
    return listing ? [savedList(request, listing, memberSchemaOf(catalog, request), mask)] : [];
  });
  return {
    schema: 'holdfast/snapshot/v1',
    takenAt: now.toISOString(),
    revision: state.revision,
    lists: [...kindLists, ...otherLists],
    bindings: savedBindings(memory, mask),
  };
}

/** The lookups that have a list of their own. */
const lookupRequests = ({ lookups }: Catalog): readonly ListRequest[] =>
  [...lookups.values()].flatMap(({ name, sameListAs }) =>
    sameListAs === undefined ? [{ list: 'lookup', kind: name }] : [],
  );

/** The lists of members of every live resource. */
const memberRequests = ({ kinds }: Catalog, team: Snapshot): readonly ListRequest[] =>
  [...kinds.values()].flatMap(({ name: kind, relations = {} }) =>
    Object.entries(relations).flatMap(([relation, { members }]) =>
      members
        ? (team.get(kind)?.items ?? []).map(({ id }) => ({
            list: 'members' as const,
            kind,
            id,
            relation,
          }))
        : [],
    ),
  );

const schemaOf = ({ kinds }: Catalog, kind: string): FieldSchema => kinds.get(kind)?.schema ?? {};

/** The schema of a member's values; of one whose value is a secret, nothing is shown. */
function memberSchemaOf(catalog: Catalog, request: ListRequest): FieldSchema {
  const field =
    request.list === 'members'
      ? schemaOf(catalog, request.kind).properties?.[request.relation]
      : undefined;
  const values = (field && valueSchemaOf(field)) ?? {};
  return values.writeOnly || values.secret ? { additionalProperties: false } : values;
}

function savedList(
  request: ListRequest,
  listing: Listing,
  schema: FieldSchema,
  mask: AddressMask,
): SavedList {
  return {
    kind: request.kind,
    ...(request.list === 'members'
      ? { of: { id: mask.apply(request.id), relation: request.relation } }
      : {}),
    ...(listing.complete ? {} : { error: mask.apply(listing.error) }),
    items: listing.items.map((one) => savedItem(one, schema, mask)),
  };
}

function savedItem(live: Listed, schema: FieldSchema, mask: AddressMask): SavedItem {
  const { value: spec, hidden } = hideIn(schema, live.spec, mask);
  const { value: attributes } = hideIn({}, live.attributes ?? {}, mask);
  const texts = {
    transition: live.transition,
    failure: live.failure,
    readOnlyReason: live.readOnlyReason,
  };
  return {
    id: mask.apply(live.id),
    name: mask.apply(live.name),
    spec,
    ...(hidden.length > 0 ? { hidden: hidden.map((path) => [...path]) } : {}),
    ready: live.ready ?? true,
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([key, text]) =>
        text === undefined ? [] : [[key, mask.apply(text)]],
      ),
    ),
    ...(live.attributes ? { attributes } : {}),
  };
}

const savedBindings = ({ bindings }: Memory, mask: AddressMask): TeamSnapshot['bindings'] =>
  [...bindings].map(
    ([address, { id, boundAt, created, protected: isProtected, unlistedSince }]) => {
      const { kind, name } = splitAddress(address);
      return {
        kind,
        name: mask.apply(name),
        id: mask.apply(id),
        boundAt,
        created,
        protected: isProtected,
        ...(unlistedSince === undefined ? {} : { unlistedSince }),
      };
    },
  );
