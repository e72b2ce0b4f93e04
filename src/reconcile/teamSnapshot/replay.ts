import { ApiError, type Api, type ThrottleState } from '../../model/api.ts';
import type { Catalog, Listed, Lookup, ResourceKind } from '../../model/kind/kind.ts';
import type { Binding, Memory } from '../../model/memory.ts';
import { addressOf, unknownValue, type Spec } from '../../model/resource.ts';
import { createPassCache } from '../passCache.ts';
import type { PlanningWorkspace } from '../workspace.ts';
import type { Path, SavedItem, SavedList, TeamSnapshot } from './document.ts';
import { keyOf } from './read.ts';

/**
 * A workspace whose team is a snapshot: it sends no request, and opens no store. Its time is that of the snapshot, so
 * that a plan is what a pass would have done then. Write-only values count as written, since nothing is known of them.
 * `requestsPerSecond`: the rate by which the plan's time is estimated.
 */
export function snapshotWorkspace(
  snapshot: TeamSnapshot,
  catalog: Catalog,
  requestsPerSecond: number,
): PlanningWorkspace {
  const takenAt = new Date(snapshot.takenAt);
  const throttle: ThrottleState = {
    rate: requestsPerSecond,
    waiting: 0,
    running: 0,
    refused: 0,
    headroom: 1,
  };
  return {
    name: 'default',
    catalog: snapshotCatalog(snapshot, catalog),
    api: noApi,
    usage: () => ({ requests: 0, retries: 0, rateLimited: 0, waitedMs: 0 }),
    throttle: () => throttle,
    store: { memory: async () => memoryOf(snapshot), digest: () => 'unknown' },
    clock: { now: () => takenAt, steady: () => 0, sleep: async () => undefined },
    cache: createPassCache(),
    secretReader: () => async () => {
      throw new Error('secrets are not read for a plan against a snapshot');
    },
    written: { is: () => true, unreadable: () => undefined },
    random: () => 0,
  };
}

/** The catalog whose lists are those of the snapshot. */
function snapshotCatalog({ lists, bindings }: TeamSnapshot, catalog: Catalog): Catalog {
  const byKey = new Map(lists.map((list) => [keyOf(list), list]));
  const bound = new Set(bindings.map(({ kind, id }) => `${kind}/${id}`));
  return {
    kinds: new Map(
      [...catalog.kinds].map(([name, kind]) => [name, replayedKind(kind, byKey, bound)]),
    ),
    lookups: new Map(
      [...catalog.lookups].map(([name, lookup]) => [name, replayedLookup(lookup, byKey)]),
    ),
    jobs: { ...catalog.jobs, tail: () => pagesOf(undefined, 'jobs') },
    team: async () => ({ id: 'snapshot', namespace: 'snapshot' }),
  };
}

type Lists = ReadonlyMap<string, SavedList>;

const replayedLookup = (lookup: Lookup, lists: Lists): Lookup => ({
  ...lookup,
  list: () => pagesOf(lists.get(lookup.name) ?? lists.get(lookup.sameListAs ?? ''), lookup.name),
});

function replayedKind(kind: ResourceKind, lists: Lists, bound: ReadonlySet<string>): ResourceKind {
  const { capacity: _, get, relations, ...calls } = kind;
  const list = lists.get(kind.name);
  return {
    ...calls,
    list: (_api, declared = []) => declaredPages(kind, list, declared, bound),
    ...(get ? { get: async (_api, id) => itemOf(list, kind.name, id) } : {}),
    ...(relations
      ? {
          relations: mapValues(relations, (relation, name) => ({
            ...relation,
            // All lists are there, so none has to wait for a later pass.
            rotated: false,
            ...(relation.members
              ? {
                  members: (_api: Api, id: string) => {
                    const key = keyOf({ kind: kind.name, of: { id, relation: name } });
                    return pagesOf(lists.get(key), key);
                  },
                }
              : {}),
          })),
        }
      : {}),
  };
}

const mapValues = <Value, Mapped>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => Mapped,
): Readonly<Record<string, Mapped>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));

/**
 * The pages of a kind's list. The list is incomplete if a declared value identifies a resource, no item shows that
 * value, and an unbound item hides one: it may be that resource.
 */
async function* declaredPages(
  { name, schema }: ResourceKind,
  list: SavedList | undefined,
  declared: readonly Spec[],
  bound: ReadonlySet<string>,
): AsyncIterable<readonly Listed[]> {
  yield* pagesOf(list, name);
  const items = list?.items ?? [];
  for (const [field, { serverAssigned }] of Object.entries(schema.properties)) {
    const hidesOne = items.some(
      ({ id, hidden = [] }) =>
        !bound.has(`${name}/${id}`) && hidden.some(([step]) => step === field),
    );
    const missing =
      serverAssigned &&
      hidesOne &&
      declared.find(
        (spec) =>
          typeof spec[field] === 'string' &&
          !items.some((item) => item.spec[field] === spec[field]),
      );
    if (missing)
      throw unknown(
        `the snapshot hides each ${field} that was not declared when it was made, and ${String(missing[field])} may be one of them; make another snapshot with this config`,
      );
  }
}

async function* pagesOf(
  list: SavedList | undefined,
  name: string,
): AsyncIterable<readonly never[]> {
  if (!list) throw unknown(`the snapshot has no list of ${name}`);
  yield list.items.map(liveItem) as never[];
  if (list.error !== undefined) throw unknown(`the snapshot is incomplete: ${list.error}`);
}

async function itemOf(
  list: SavedList | undefined,
  kind: string,
  id: string,
): Promise<Listed | undefined> {
  const item = list?.items.find((one) => one.id === id);
  if (item) return liveItem(item);
  if (!list || list.error !== undefined)
    throw unknown(`the snapshot does not show every one of ${kind}`);
  return undefined;
}

const unknown = (message: string): ApiError => new ApiError(message, { verdict: 'unavailable' });

/** The item as the API showed it, with an unknown value at each hidden path. */
const liveItem = ({ hidden = [], spec, ...item }: SavedItem): Listed => ({
  ...item,
  spec: hidden.reduce<Spec>((value, path) => withUnknown(value, path) as Spec, spec),
});

function withUnknown(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return unknownValue;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? withUnknown(item, rest) : item));
  const parts = value as Spec;
  return { ...parts, [step]: withUnknown(parts[step], rest) };
}

const memoryOf = ({ bindings }: TeamSnapshot): Memory => ({
  bindings: new Map(
    bindings.map(({ kind, name, ...binding }) => [addressOf(kind, name), binding as Binding]),
  ),
  intents: new Map(),
  memberIntents: new Map(),
  obligations: new Map(),
  team: undefined,
  digests: new Map(),
  conditions: new Map(),
  lastReadAt: new Map(),
  deletions: [],
  failures: new Map(),
  writes: new Map(),
  suspended: new Map(),
  wakes: new Map(),
  approved: new Set(),
  durations: new Map(),
  shortages: new Map(),
  prices: new Map(),
});

const refuse = async (): Promise<never> => {
  throw unknown('no request is sent for a plan against a snapshot');
};

/** An API that is never reached: the lists are those of the snapshot. */
const noApi: Api = {
  list: () => pagesOf(undefined, 'it'),
  get: refuse,
  post: refuse,
  put: refuse,
  patch: refuse,
  remove: refuse,
  getOnce: refuse,
  withObserver: () => noApi,
  inBackground: () => noApi,
};
