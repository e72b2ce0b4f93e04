import { ApiError, type Api } from '../../model/api.ts';
import type { Job } from '../../model/kind/jobs.ts';
import type { Catalog, ResourceKind } from '../../model/kind/kind.ts';
import type { Address, Desired, Observed } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { CompleteListing, Snapshot } from '../../model/pass/snapshot.ts';
import type { Intent, Memory } from '../../model/memory.ts';
import { kindOf } from '../kindOf.ts';
import { completeListing, toObserved } from './observe.ts';
import { isReference } from '../compare/spec.ts';

/** Clocks differ between machines, so jobs up to this much older than the intent count too, in milliseconds. */
const clockSkew = 60_000;

/** The number of unlisted machines that one pass requests one by one. */
const maxRequested = 20;

/**
 * The evidence of creates with a lost response: listings extended by resources that no list showed, and intents
 * confirmed by a job.
 */
export interface LostCreates {
  readonly snapshot: Snapshot;
  readonly intents: Memory['intents'];
}

/** A create with an open intent whose resource no list shows. */
interface OpenCreate {
  readonly desired: Desired;
  readonly kind: ResourceKind;
  readonly intent: Intent;
}

export interface LostCreatesInput {
  readonly catalog: Catalog;
  readonly resources: readonly Desired[];
  readonly snapshot: Snapshot;
  readonly memory: Pick<Memory, 'bindings' | 'intents'>;
  readonly now: Date;
}

/**
 * Searches the jobs for creates whose response was lost and whose resource no complete list shows (DESIGN, Nothing
 * twice). A machine that a job names is requested and added to its listing. A matching job keeps the intent open, and
 * so do jobs that cannot be read. Sends no request if no such create is open. Rejects only on a bug.
 */
export async function findLostCreates(input: LostCreatesInput, api: Api): Promise<LostCreates> {
  const { snapshot, memory, now } = input;
  const open = openIntents(input);
  if (open.length === 0) return { snapshot, intents: memory.intents };
  const oldest = Math.min(...open.map(({ intent }) => Date.parse(intent.at))) - clockSkew;
  try {
    const jobs = await jobsSince(input.catalog, oldest, api);
    const listed = await withUnlisted(open, jobs, snapshot, api);
    const confirmed = open.flatMap((create) => {
      const at = confirmedAt(create, jobs, listed.missing, input);
      return at === undefined
        ? []
        : [[create.desired.address, { ...create.intent, witnessedAt: at }] as const];
    });
    return { snapshot: listed.snapshot, intents: new Map([...memory.intents, ...confirmed]) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const witnessedAt = now.toISOString();
    const kept = open.map(
      ({ desired, intent }) => [desired.address, { ...intent, witnessedAt }] as const,
    );
    return { snapshot, intents: new Map([...memory.intents, ...kept]) };
  }
}

const openIntents = ({
  catalog,
  resources,
  snapshot,
  memory,
}: LostCreatesInput): readonly OpenCreate[] =>
  memory.intents.size === 0
    ? []
    : resources.flatMap((desired) => {
        const intent = memory.intents.get(desired.address);
        const kind = kindOf(catalog.kinds, desired.kind);
        const listing = snapshot.get(desired.kind);
        const isOpen =
          intent && kind.createJob && listing?.complete && listing.named(desired.name).length === 0;
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

/** Whether a job may belong to a create. */
const mayBelongTo = ({ kind, intent }: OpenCreate, { verb, state, at }: Job): boolean =>
  verb === kind.createJob?.verb &&
  state !== 'failed' &&
  Date.parse(at) >= Date.parse(intent.at) - clockSkew;

/**
 * The listings extended by the resources that only a job names. `missing`: ids that the API does not return, or were
 * not requested.
 */
async function withUnlisted(
  open: readonly OpenCreate[],
  jobs: readonly Job[],
  snapshot: Snapshot,
  api: Api,
): Promise<{ readonly snapshot: Snapshot; readonly missing: ReadonlySet<string> }> {
  const missing = new Set<string>();
  const extended = new Map(snapshot);
  // With a `field`, the job names the machine that the resource is made from, not the resource.
  const namedByJob = open.filter(({ kind }) => kind.createJob?.field === undefined);
  for (const [kind, creates] of Map.groupBy(namedByJob, (create) => create.kind)) {
    const listing = snapshot.get(kind.name) as CompleteListing;
    const ids = new Set(
      jobs.flatMap((job) =>
        job.machine !== undefined &&
        !listing.byId.has(job.machine) &&
        creates.some((create) => mayBelongTo(create, job))
          ? [job.machine]
          : [],
      ),
    );
    const found: Observed[] = [];
    for (const [index, id] of [...ids].entries()) {
      const live = index < maxRequested ? await kind.get?.(api, id) : undefined;
      if (live) found.push(toObserved(live));
      else missing.add(id);
    }
    if (found.length > 0)
      extended.set(kind.name, completeListing(kind, [...listing.items, ...found]));
  }
  return { snapshot: extended, missing };
}

/**
 * When a job last confirmed that the create happened: now while the job runs, else the job's end. Undefined without
 * such a job.
 */
function confirmedAt(
  create: OpenCreate,
  jobs: readonly Job[],
  missing: ReadonlySet<string>,
  input: LostCreatesInput,
): string | undefined {
  const field = create.kind.createJob?.field;
  const source = field === undefined ? undefined : sourceMachine(create, field, input);
  const isMachine = (id: string): boolean =>
    field === undefined ? missing.has(id) : id === source;
  const times = jobs
    .filter(
      (job) => mayBelongTo(create, job) && job.machine !== undefined && isMachine(job.machine),
    )
    .map((job) => (job.state === 'running' ? input.now.toISOString() : (job.endedAt ?? job.at)));
  return times.toSorted().at(-1);
}

/** The live id of the machine that the resource is made from. */
function sourceMachine(
  { desired }: OpenCreate,
  field: string,
  { memory, snapshot }: LostCreatesInput,
): string | undefined {
  const reference = desired.spec[field];
  if (!isReference(reference)) return undefined;
  if (reference.by === 'id') return reference.id;
  const address: Address = addressOf(reference.kind, reference.name);
  const listing = snapshot.get(reference.kind);
  const idByName = listing?.complete ? listing.named(reference.name)[0]?.id : undefined;
  return memory.bindings.get(address)?.id ?? idByName;
}
