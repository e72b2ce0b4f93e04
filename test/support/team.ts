import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import type { Catalog, ResourceKind } from '../../src/model/kind/kind.ts';
import type { Plan } from '../../src/model/pass/plan.ts';
import type { Desired, Lifecycle, Observed, Reference, Spec } from '../../src/model/resource.ts';
import { addressOf, defaultLifecycle } from '../../src/model/resource.ts';
import type { Listing } from '../../src/model/pass/snapshot.ts';
import type { Memory } from '../../src/model/memory.ts';
import { kindOf } from '../../src/reconcile/kindOf.ts';
import { plan } from '../../src/reconcile/plan/plan.ts';
import type { PlanInput } from '../../src/reconcile/plan/planInput.ts';

export const catalog: Catalog = await loadCatalog();

/** The time of all plan tests: a Saturday in November. */
export const now = new Date('2026-11-21T10:00:00Z');

export const declared = (kind: string, name: string): Reference => ({ by: 'declared', kind, name });
export const live = (kind: string, name: string): Reference => ({ by: 'live', kind, name });
export const pinned = (kind: string, id: string): Reference => ({ by: 'id', kind, id });
export const text = (value: string) => ({ from: 'value', value }) as const;

/** Returns a declared resource. `lifecycle` is an argument of its own, not part of the spec. */
export const want = (
  kind: string,
  name: string,
  spec: Spec,
  lifecycle: Partial<Lifecycle> = {},
): Desired => ({
  address: addressOf(kind, name),
  kind,
  name,
  spec,
  lifecycle: { ...defaultLifecycle, ...lifecycle },
  source: { file: 'team.yaml', line: 1, column: 1 },
});

/** A live resource with its kind. */
export interface Live extends Observed {
  readonly kind: string;
}

/** Returns a live resource. Default id: `id-NAME`. */
export const have = (
  kind: string,
  name: string,
  spec: Spec,
  over: Partial<Observed> = {},
): Live => ({ kind, name, id: `id-${name}`, spec, ready: true, ...over });

const complete = (kind: string, items: readonly Observed[]): Listing => ({
  kind,
  complete: true,
  items,
  byId: new Map(items.map((item) => [item.id, item])),
  named: (name) => items.filter((item) => item.name === name),
});

const partial = (kind: string, items: readonly Observed[]): Listing => ({
  kind,
  complete: false,
  items,
  byId: new Map(items.map((item) => [item.id, item])),
  error: 'GET failed',
});

const noMemory: Memory = {
  bindings: new Map(),
  intents: new Map(),
  memberIntents: new Map(),
  obligations: new Map(),
  team: undefined,
  digests: new Map(),
  lastReadAt: new Map(),
  conditions: new Map(),
  deletions: [],
  failures: new Map(),
  writes: new Map(),
  suspended: new Map(),
  wakes: new Map(),
  approved: new Set(),
  shortages: new Map(),
  prices: new Map(),
  durations: new Map(),
};

/** Returns the intent of a create whose only attempt ended immediately. */
export const sentAt = (at: Date | string) => {
  const instant = new Date(at).toISOString();
  return { at: instant, until: instant };
};

/** Returns a binding that is older than the observation. */
export const bound = (id: string, over: object = {}) => ({
  id,
  boundAt: '2026-11-01T00:00:00Z',
  created: false,
  protected: false,
  ...over,
});

/** Returns bindings of these addresses to the default ids of `have`. */
export const bindings = (...addresses: `${string}/${string}`[]) => ({
  bindings: new Map(
    addresses.map((address) => [address, bound(`id-${address.split('/')[1]}`)] as const),
  ),
});

/** Returns a kind of an API that lacks one of its operations. */
export function kindWithout(name: string, call: 'create' | 'update' | 'remove'): ResourceKind {
  const { [call]: _, ...kind } = kindOf(catalog.kinds, name);
  return kind;
}

export interface World {
  readonly want?: readonly Desired[];
  readonly have?: readonly Live[];
  readonly absent?: readonly [kind: string, name: string][];
  readonly memory?: Partial<Memory>;
  readonly partial?: readonly string[];
  /** Kinds whose lists were not read. */
  readonly unlisted?: readonly string[];
  readonly prune?: readonly string[];
  /** The members of relations with lists of their own, by `kind/id.relation`. */
  readonly members?: Readonly<Record<string, readonly Observed[]>>;
  readonly written?: Partial<PlanInput['written']>;
  /** Kinds that replace the program's. */
  readonly kinds?: readonly ResourceKind[];
  readonly now?: Date;
}

/** Plans for a small team: all kinds are listed, and write-only values count as written by default. */
export function planFor(world: World): Plan {
  const items = Map.groupBy(world.have ?? [], ({ kind }) => kind);
  const kinds = [...catalog.kinds.keys(), ...catalog.lookups.keys()].filter(
    (kind) => !world.unlisted?.includes(kind),
  );
  const source = { file: 'team.yaml', line: 1, column: 1 };
  const own = (world.kinds ?? []).map((kind) => [kind.name, kind] as const);
  return plan({
    catalog: { ...catalog, kinds: new Map([...catalog.kinds, ...own]) },
    desired: {
      resources: world.want ?? [],
      absent: (world.absent ?? []).map(([kind, name]) => ({
        address: addressOf(kind, name),
        kind,
        name,
        source,
      })),
      revision: 'r',
    },
    snapshot: new Map(
      [
        ...kinds.map((kind) => [kind, items.get(kind) ?? []] as const),
        ...Object.entries(world.members ?? {}),
      ].map(([key, ones]) => [key, (world.partial?.includes(key) ? partial : complete)(key, ones)]),
    ),
    memory: { ...noMemory, ...world.memory },
    written: { is: () => true, unreadable: () => undefined, ...world.written },
    prune: world.prune ?? [],
    visibility: 120_000,
    now: world.now ?? now,
  });
}

/** The actions as text: `create machines/a`, followed by the reason of a blocked one. */
export const actionsOf = ({ actions }: Plan): string[] =>
  actions.map(({ id, blockedReason }) =>
    blockedReason === undefined ? id : `${id} blocked: ${blockedReason}`,
  );

/** The resources that are not in sync as text: `missing machines/a`, followed by the reason. */
export const findingsOf = ({ assessments }: Plan): string[] =>
  assessments
    .filter(({ status }) => status !== 'inSync')
    .map(
      ({ status, kind, name, reason }) =>
        `${status} ${kind}/${name}${reason === undefined ? '' : `: ${reason}`}`,
    );
