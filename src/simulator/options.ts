/** How long things take, in milliseconds. 0 is allowed: it is done by the next request. */
interface Durations {
  /** From the answer to the moment the job begins; default 100. */
  readonly queue: number;
  /** From the beginning of the job to the end of its event; default 1500. */
  readonly create: number;
  /** From the end of the create event to ready; default 800. */
  readonly boot: number;
  /** From the beginning of the job to ready; default 1000. */
  readonly start: number;
  /** Default 800. */
  readonly stop: number;
  /** Default 1200. */
  readonly restart: number;
  /** From the beginning of the deletion until the machine is gone; default 800. */
  readonly delete: number;
  /** A change of machine type or disk size; default 1000. */
  readonly upgrade: number;
  /** Taking, deleting or restoring a snapshot; default 1000. */
  readonly snapshot: number;
  /** Default 2000. */
  readonly template: number;
  /** From the submission of a deployment to healthy; it is applied half-way. Default 1000. */
  readonly deployment: number;
}

export interface RateLimit {
  /** Tokens that come back in a second. */
  readonly perSecond: number;
  /** Size of the bucket: how many requests may come at once; at least 1. */
  readonly burst: number;
  /** How a refusal names the time to wait; default `seconds`. */
  readonly retryAfter?: 'seconds' | 'date' | 'none';
}

/** How the simulator behaves. Everything is optional; the defaults are what the real service does. */
export interface SimulatorOptions {
  /** Port on 127.0.0.1; default 0, any free one. */
  readonly port?: number;
  /** The one key that is accepted; by default every bearer token is. */
  readonly key?: string;
  /** The time in milliseconds; default `Date.now`. Nothing else drives jobs, limits and dates. */
  readonly now?: () => number;
  /** Decides the identifiers; default 1. */
  readonly seed?: number;
  readonly durations?: Partial<Durations>;
  /**
   * Milliseconds from a request to the end of its job (its event, or the rollout of a deployment), for all jobs whose duration is not
   * set by `durations`. A machine that starts on creation boots for as long again. A whole number up to 7 days; default: the durations above.
   */
  readonly jobTime?: number;
  /** Default: none. */
  readonly rateLimit?: RateLimit;
  /** Milliseconds to wait before each answer, between min and max in real time; default none. */
  readonly latency?: { readonly min: number; readonly max: number };
  /** Where the world is kept: read at start when it exists, and written before each answer to a write, and at the end. */
  readonly stateFile?: string;
  /** Whether `requests` is filled; default true. The newest 100,000 are kept. */
  readonly record?: boolean;
  /** Machines still to be had, by `TYPE@region` (`H100@ny2`); unlimited where not named. */
  readonly capacity?: Readonly<Record<string, number>>;
  /** `team.maxMachines`; default 10,000. */
  readonly maxMachines?: number;
  /** Milliseconds for which lists still show what was deleted, with dtDeleted; default 0. */
  readonly listDeleted?: number;
  /** How answers write regions: `East Coast (NY2)` or `ny2`; default labels. */
  readonly regions?: 'labels' | 'codes';
  /** How machines answer byte counts; default strings. */
  readonly bytes?: 'strings' | 'numbers';
  /** What assigning a second script to a machine does; default refuse, with 409. */
  readonly secondScript?: 'refuse' | 'replace';
  /** Whether a create event ends before the machine has booted, or with it; default before. */
  readonly createDone?: 'before-boot' | 'after-boot';
  /** Whether shutdown settings of a machine whose shutdown is on silently stay; default true. */
  readonly stickyShutdown?: boolean;
  /** Whether later pages of custom templates repeat the last item of the page before; default true. */
  readonly repeatTemplates?: boolean;
}

/** The options with every default filled in. */
export type Settings = Omit<Required<SimulatorOptions>, 'durations' | OptionalKey> & {
  readonly durations: Durations;
} & Pick<SimulatorOptions, OptionalKey>;

type OptionalKey = 'jobTime' | 'key' | 'rateLimit' | 'latency' | 'stateFile';

const defaults: Durations = {
  queue: 100,
  create: 1500,
  boot: 800,
  start: 1000,
  stop: 800,
  restart: 1200,
  delete: 800,
  upgrade: 1000,
  snapshot: 1000,
  template: 2000,
  deployment: 1000,
};

/** The longest `jobTime`, in milliseconds: 7 days. */
const longestJobTime = 7 * 86_400_000;

/** Throws a RangeError when `jobTime` is out of bounds. */
export function readOptions(options: SimulatorOptions): Settings {
  return {
    port: 0,
    now: Date.now,
    seed: 1,
    record: true,
    capacity: {},
    maxMachines: 10_000,
    listDeleted: 0,
    regions: 'labels',
    bytes: 'strings',
    secondScript: 'refuse',
    createDone: 'before-boot',
    stickyShutdown: true,
    repeatTemplates: true,
    ...options,
    durations: { ...durationsFor(options.jobTime), ...options.durations },
  };
}

function durationsFor(jobTime: number | undefined): Durations {
  if (jobTime === undefined) return defaults;
  if (!Number.isInteger(jobTime) || jobTime < 0 || jobTime > longestJobTime)
    throw new RangeError(
      `jobTime is ${jobTime}; it takes whole milliseconds from 0 to ${longestJobTime}`,
    );
  const all = Object.fromEntries(Object.keys(defaults).map((name) => [name, jobTime]));
  return { ...defaults, ...all, queue: 0 };
}
