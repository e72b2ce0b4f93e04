import { ApiError, type Api } from '../../model/api.ts';
import type { Job } from '../../model/jobs.ts';
import type { Catalog, ResourceKind } from '../../model/kind.ts';
import type { Address, Desired, Observed } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { CompleteListing, Snapshot } from '../../model/pass/snapshot.ts';
import type { Intent, Memory } from '../../model/store.ts';
import { kindOf } from '../kindOf.ts';
import { completeListing, toObserved } from './observe.ts';
import { isReference } from '../compare/spec.ts';

/** Clocks differ between machines, so jobs somewhat older than the intent count too. */
const clockSkew = 60_000;

/** How many machines that no list shows are asked for one by one. */
const mostAsked = 20;

/** What was seen of creates whose answers were lost: listings with what no list showed, and intents that a job vouches for. */
export interface Witnessed {
  readonly snapshot: Snapshot;
  readonly intents: Memory['intents'];
}

/** A create of which no list shows anything. */
interface Open {
  readonly desired: Desired;
  readonly kind: ResourceKind;
  readonly intent: Intent;
}

export interface WitnessInput {
  readonly catalog: Catalog;
  readonly resources: readonly Desired[];
  readonly snapshot: Snapshot;
  readonly memory: Pick<Memory, 'bindings' | 'intents'>;
  readonly now: Date;
}

/**
 * Asks the second witness of creates whose answer was lost and that no complete list shows: the jobs since then (DESIGN, Nothing twice). A
 * machine that a job names is asked for and stands in the listing from then on; a job that is there, or jobs that cannot be read, keep the
 * intent open. Sends nothing where no such create is open.
 */
export async function askWitnesses(input: WitnessInput, api: Api): Promise<Witnessed> {
  const { snapshot, memory, now } = input;
  const open = openIntents(input);
  if (open.length === 0) return { snapshot, intents: memory.intents };
  const oldest = Math.min(...open.map(({ intent }) => Date.parse(intent.at))) - clockSkew;
  try {
    const jobs = await jobsSince(input.catalog, oldest, api);
    const listed = await withUnlisted(open, jobs, snapshot, api);
    const vouched = open.flatMap((one) => {
      const at = vouchedAt(one, jobs, listed.missing, input);
      return at === undefined
        ? []
        : [[one.desired.address, { ...one.intent, witnessedAt: at }] as const];
    });
    return { snapshot: listed.snapshot, intents: new Map([...memory.intents, ...vouched]) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const witnessedAt = now.toISOString();
    const kept = open.map(
      ({ desired, intent }) => [desired.address, { ...intent, witnessedAt }] as const,
    );
    return { snapshot, intents: new Map([...memory.intents, ...kept]) };
  }
}

const openIntents = ({ catalog, resources, snapshot, memory }: WitnessInput): readonly Open[] =>
  memory.intents.size === 0
    ? []
    : resources.flatMap((desired) => {
        const intent = memory.intents.get(desired.address);
        const kind = kindOf(catalog.kinds, desired.kind);
        const listing = snapshot.get(desired.kind);
        const isOpen =
          intent && kind.createJob && listing?.complete && !listing.byName.has(desired.name);
        return isOpen ? [{ desired, kind, intent }] : [];
      });

async function jobsSince(catalog: Catalog, since: number, api: Api): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for await (const page of catalog.jobs.tail(api)) {
    jobs.push(...page.filter(({ at }) => Date.parse(at) >= since));
    if (page.some(({ at }) => Date.parse(at) < since)) break;
  }
  return jobs;
}

/** Whether a job may be the one that a create began. */
const isOf = ({ kind, intent }: Open, { verb, state, at }: Job): boolean =>
  verb === kind.createJob?.verb &&
  state !== 'failed' &&
  Date.parse(at) >= Date.parse(intent.at) - clockSkew;

/** Listings with the resources that only a job names; `missing` are those that cannot be had yet. */
async function withUnlisted(
  open: readonly Open[],
  jobs: readonly Job[],
  snapshot: Snapshot,
  api: Api,
): Promise<{ readonly snapshot: Snapshot; readonly missing: ReadonlySet<string> }> {
  const missing = new Set<string>();
  const extended = new Map(snapshot);
  const own = open.filter(({ kind }) => kind.createJob?.field === undefined);
  for (const [kind, ofKind] of Map.groupBy(own, (one) => one.kind)) {
    const listing = snapshot.get(kind.name) as CompleteListing;
    const ids = new Set(
      jobs.flatMap((job) =>
        job.machine !== undefined &&
        !listing.byId.has(job.machine) &&
        ofKind.some((one) => isOf(one, job))
          ? [job.machine]
          : [],
      ),
    );
    const found: Observed[] = [];
    for (const [index, id] of [...ids].entries()) {
      const live = index < mostAsked ? await kind.get?.(api, id) : undefined;
      if (live) found.push(toObserved(live));
      else missing.add(id);
    }
    if (found.length > 0)
      extended.set(kind.name, completeListing(kind, [...listing.items, ...found]));
  }
  return { snapshot: extended, missing };
}

/** Since when it has been known that the create happened: now while its job runs, else the end of that. */
function vouchedAt(
  one: Open,
  jobs: readonly Job[],
  missing: ReadonlySet<string>,
  input: WitnessInput,
): string | undefined {
  const field = one.kind.createJob?.field;
  const machine = field === undefined ? undefined : machineOf(one, field, input);
  const isMeant = (id: string): boolean => (field === undefined ? missing.has(id) : id === machine);
  const times = jobs
    .filter((job) => isOf(one, job) && job.machine !== undefined && isMeant(job.machine))
    .map((job) => (job.state === 'running' ? input.now.toISOString() : (job.endedAt ?? job.at)));
  return times.toSorted().at(-1);
}

/** The live machine that something is made from. */
function machineOf(
  { desired }: Open,
  field: string,
  { memory, snapshot }: WitnessInput,
): string | undefined {
  const reference = desired.spec[field];
  if (!isReference(reference)) return undefined;
  if (reference.by === 'id') return reference.id;
  const address: Address = addressOf(reference.kind, reference.name);
  const listing = snapshot.get(reference.kind);
  const named = listing?.complete ? listing.byName.get(reference.name)?.[0]?.id : undefined;
  return memory.bindings.get(address)?.id ?? named;
}
