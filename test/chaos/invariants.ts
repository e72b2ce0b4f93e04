import type { Answer, Failure } from '../../src/api/requests/failure.ts';
import type { Request } from '../../src/api/requests/request.ts';
import type { Report } from '../../src/model/pass/report.ts';
import type { Spec } from '../../src/model/resource.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { World } from '../../src/simulator/simulator.ts';
import { nothing, type Scenario, type Version } from './scenario.ts';

/** The counts of a run, and the rules that it broke. */
export interface Findings {
  /** The broken rules, in order. Expected: none. */
  readonly violations: readonly string[];
  readonly passes: number;
  readonly requests: number;
  /** The number of checks of invariants. */
  readonly checks: number;
}

/** Observes everything that happens in a run, and records the broken rules. */
export interface Watch {
  /** Records a broken rule, unless it holds. */
  check(holds: boolean, rule: () => string): void;
  /** A process has started, with a new throttle. */
  started(): void;
  sending(request: Request, at: number): void;
  answered(request: Request, outcome: Answer | Failure): void;
  /** A pass has ended. */
  report(report: Report, version: Version, isCalm: boolean): void;
  configured(version: Version): void;
  /** A pass has read its config. */
  passBegan(version: Version): void;
  /** Somebody else created this resource. */
  meddled(id: string): void;
  /** Somebody else switched this machine off. */
  switchedByOthers(id: string): void;
  bug(error: unknown): void;
  ended(memory: Memory): void;
  result(): Findings;
}

/** The tables of resources that can be created and deleted, by their path in the API. */
const collections = {
  '/machines': 'machines',
  '/private-networks': 'privateNetworks',
  '/startup-scripts': 'startupScripts',
  '/shared-drives': 'sharedDrives',
  '/snapshots': 'snapshots',
  '/custom-templates': 'customTemplates',
  '/public-ips': 'publicIps',
  '/projects': 'projects',
  '/models': 'models',
  '/datasets': 'datasets',
  '/storage-providers': 'storageProviders',
  '/container-registries': 'containerRegistries',
  '/deployments': 'deployments',
} as const;

const named = [
  'machines',
  'privateNetworks',
  'startupScripts',
  'sharedDrives',
  'snapshots',
  'customTemplates',
  'projects',
  'models',
  'datasets',
  'storageProviders',
  'containerRegistries',
  'deployments',
] as const;

const dayMs = 24 * 60 * 60_000;

export function createWatch(scenario: Scenario, world: World): Watch {
  const violations: string[] = [];
  const foreign = new Set<string>();
  const deletable = new Set<string>();
  /** Every address that was ever declared. */
  const addresses = new Set<string>();
  /** Protected by the config of the present pass, or by the last one that declared them. */
  const protectedNames = new Set<string>();
  const names = new Map<string, Set<string>>();
  const deletions: number[] = [];
  /** What only the store knew, such as a protection that outlives its block, is lost with it. */
  const isStoreLost = scenario.disturbances.some((one) => one.do === 'kill' && one.loses);
  const full = { at: 0, tokens: scenario.throttle.burst };
  let bucket = full;
  let now = 0;
  let counts = { passes: 0, requests: 0, checks: 0 };
  let quiet = 0;
  let lastCalm: Report | undefined;

  const switches = createSwitches(world, (id) => names.get(id) ?? new Set());

  const check = (holds: boolean, rule: () => string): void => {
    counts = { ...counts, checks: counts.checks + 1 };
    if (!holds && violations.length < 20) violations.push(rule());
  };
  const configured = ({ resources, absent }: Version): void => {
    for (const [kind, name] of absent) deletable.add(`${kind}/${name}`);
    for (const { address, kind, lifecycle } of resources) {
      if (kind === 'publicIps') addresses.add(address);
      if (lifecycle.onImmutableChange === 'replace') deletable.add(address);
    }
  };
  configured(scenario.versions[0] ?? nothing);

  /** At most one live resource has a declared name, except those that somebody else created. */
  const checkNames = (): void => {
    for (const kind of named) {
      const seen = new Set<string>();
      for (const row of world[kind]) {
        const { id } = row;
        const name = row.name ?? id;
        names.set(id, (names.get(id) ?? new Set()).add(name));
        if (('dtDeleted' in row && row.dtDeleted) || foreign.has(id)) continue;
        check(!seen.has(name), () => `${kind}/${name} exists twice`);
        seen.add(name);
      }
    }
    const tags = [...world.datasetVersions].flatMap((version) =>
      version.tags.map((tag) => `${version.datasetId}/${tag}`),
    );
    check(new Set(tags).size === tags.length, () => `a version exists twice: ${tags.join()}`);
    check(
      isStoreLost || world.publicIps.size <= addresses.size,
      () => `${world.publicIps.size} addresses are claimed, but ${addresses.size} are declared`,
    );
  };

  /** At most a burst at once, and then at most the rate. The tolerance is one millisecond of the clock. */
  const checkPace = (at: number): void => {
    const { burst, requestsPerSecond, ceiling = requestsPerSecond } = scenario.throttle;
    const tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) * ceiling) / 1000) - 1;
    bucket = { at, tokens };
    check(
      tokens >= -ceiling / 1000,
      () => `a request is sent ${-tokens} tokens too early, at ${ceiling} tokens per second`,
    );
  };

  const checkDeletion = (path: string): void => {
    const slash = path.lastIndexOf('/');
    const kind = collections[path.slice(0, slash) as keyof typeof collections];
    if (!kind) return;
    const id = path.slice(slash + 1);
    const borne = [...(names.get(id) ?? [])].map((name) => `${kind}/${name}`);
    check(
      borne.some((address) => deletable.has(address)),
      () => `${borne.join()} (${id}) was deleted, but no rule allowed it`,
    );
    check(
      isStoreLost || borne.length > 1 || !borne.some((address) => protectedNames.has(address)),
      () => `${borne.join()} was deleted, but is protected`,
    );
    deletions.push(now);
    const today = deletions.filter((at) => at > now - dayMs).length;
    const { deletionsPerDay } = scenario.limits;
    check(
      isStoreLost || today <= deletionsPerDay,
      () => `${today} deletions in 24 hours; the limit is ${deletionsPerDay}`,
    );
  };

  return {
    check,
    configured,
    started: () => void (bucket = full),
    sending(request, at) {
      now = at;
      counts = { ...counts, requests: counts.requests + 1 };
      // Each process has a throttle of its own.
      if (scenario.replicas === undefined) checkPace(at);
      checkNames();
    },
    passBegan(version) {
      switches.passBegan(version);
      for (const { address, lifecycle } of version.resources)
        if (lifecycle.preventDeletion) protectedNames.add(address);
        else protectedNames.delete(address);
    },
    switchedByOthers: (id) => switches.forget(id),
    answered(request, outcome) {
      switches.sent(request, outcome);
      const isDone =
        outcome.sort === 'answer' || outcome.sort === 'lost' || outcome.sort === 'unusable';
      if (request.method === 'DELETE' && outcome.sort === 'answer') checkDeletion(request.path);
      if (request.method !== 'GET' && isDone) checkNames();
    },
    report(report, version, isCalm) {
      counts = { ...counts, passes: counts.passes + 1 };
      checkReport(report, scenario, check);
      if (!isCalm) return;
      const wrote = report.actions.some(({ attempts }) => attempts > 0);
      quiet = wrote ? 0 : quiet + 1;
      lastCalm = report;
    },
    meddled: (id) => void foreign.add(id),
    bug: (error) =>
      void violations.push(
        `bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ),
    ended({ intents }) {
      checkNames();
      check(
        intents.size === 0,
        () => `the result of a create is unknown: ${[...intents.keys()].join()}`,
      );
      check(quiet >= 3, () => `it does not converge: ${describe(lastCalm)}`);
      for (const line of unrestIn(lastCalm)) check(false, () => `at the end ${line}`);
      checkWorld(lastCalm, world, foreign, check);
      if (!isStoreLost) switches.check(check);
    },
    result: () => ({ violations, ...counts }),
  };
}

/**
 * Tracks what Holdfast switched off for a change. It must be on at the end, unless the YAML declares it off or somebody
 * else switched it off.
 */
function createSwitches(world: World, namesOf: (id: string) => ReadonlySet<string>) {
  const fields = ['state', 'autoShutdownEnabled'] as const;
  const isOff = (value: unknown): boolean => value === 'off' || value === false;
  const owed = new Map<string, Set<(typeof fields)[number]>>();
  let current: Version = nothing;
  const saysOff = (id: string, field: string): boolean =>
    current.resources.some(
      ({ kind, name, spec }) => kind === 'machines' && namesOf(id).has(name) && isOff(spec[field]),
    );
  const note = (id: string, field: (typeof fields)[number]): void => {
    const own = owed.get(id) ?? new Set();
    owed.set(id, own);
    if (saysOff(id, field)) own.delete(field);
    else own.add(field);
  };
  return {
    passBegan(version: Version): void {
      current = version;
      for (const [id, own] of owed)
        for (const field of own) if (saysOff(id, field)) own.delete(field);
    },
    forget: (id: string) => void owed.get(id)?.delete('state'),
    sent({ method, path, json }: Request, outcome: Answer | Failure): void {
      if (outcome.sort === 'refused' || outcome.sort === 'unsent' || outcome.sort === 'stopped')
        return;
      const [, id = '', verb] = /^\/machines\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
      if (method === 'PATCH' && verb === 'stop') note(id, 'state');
      const isSwitchedOff = (json as Spec | undefined)?.['autoShutdownEnabled'] === false;
      if (method === 'PUT' && isSwitchedOff) note(id, 'autoShutdownEnabled');
    },
    check(check: Check): void {
      for (const [id, own] of owed) {
        const machine = world.machines.get(id);
        if (!machine || machine.dtDeleted !== null) continue;
        for (const field of own)
          check(
            !isOff(machine[field]),
            () =>
              `machines/${machine.name} (${id}) was switched off by Holdfast, and ${field} is ${machine[field]} at the end`,
          );
      }
    },
  };
}

type Check = (holds: boolean, rule: () => string) => void;

const describe = (report: Report | undefined): string =>
  report?.actions.map(({ id, outcome }) => `${id} ${outcome}`).join(', ') ?? 'no pass has ended';

/** Incomplete lists lead to no create and no delete, and limits hold in each pass. */
function checkReport({ incomplete, actions }: Report, { limits }: Scenario, check: Check): void {
  const partial = new Set(incomplete.map(({ kind }) => kind));
  const done = actions.filter(({ attempts }) => attempts > 0);
  for (const { id, verb, kind } of done)
    check(
      !partial.has(kind) || (verb !== 'create' && verb !== 'delete'),
      () => `${id} was carried out although the list of ${kind} was incomplete`,
    );
  if (!('count' in limits.deletions)) return;
  for (const [kind, own] of Map.groupBy(done, (action) => action.kind)) {
    const deleted = own.filter(({ verb }) => verb === 'delete').length;
    const { count } = limits.deletions;
    check(deleted <= count, () => `${deleted} ${kind} deleted in one pass; the limit is ${count}`);
  }
}

/** The reasons that may still block a resource after the disturbances have ended: declared rules. */
const lawful = [
  /limits\.deletions/,
  /must be off/,
  /is fixed at creation|cannot be changed/,
  /refers to it and stays/,
  /is held by/,
  /is not there and will not be created|is ambiguous|waits for/,
  /can only grow|only grows|only be raised|smaller/,
  /protected|preventDeletion/,
  /could not be created again/,
  /still uses it/,
];

function unrestIn(report: Report | undefined): readonly string[] {
  return (report?.resources ?? [])
    .filter(({ kind, status, reason }) => {
      if (status === 'inSync' || status === 'orphaned' || status === 'unmanaged') return false;
      if (status === 'ambiguous') return false;
      // A failed spec stays failed until its YAML changes (FACTS 3.12).
      if (kind === 'deployments' && status === 'failed') return false;
      return !lawful.some((law) => law.test(reason ?? ''));
    })
    .map(({ status, kind, name, reason }) => `${status} ${kind}/${name}: ${reason}`);
}

/** Resources that are reported in sync exist. */
function checkWorld(
  report: Report | undefined,
  world: World,
  foreign: ReadonlySet<string>,
  check: Check,
): void {
  for (const { kind, name, id, status } of report?.resources ?? []) {
    const table = named.find((one) => one === kind);
    if (!table || status !== 'inSync') continue;
    const row = world[table].get(id ?? '');
    check(
      row !== undefined && row.name === name && !('dtDeleted' in row && row.dtDeleted),
      () =>
        `${kind}/${name} is reported in sync but does not exist (${id}${foreign.has(id ?? '') ? ', foreign' : ''})`,
    );
  }
}
