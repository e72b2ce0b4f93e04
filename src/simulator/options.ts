/** Durations in milliseconds. 0 is allowed: done by the next request. */
interface Durations {
  /** From the answer to the start of the job. Default: 100. */
  readonly queue: number;
  /** From the start of the job to the end of its event. Default: 1500. */
  readonly create: number;
  /** From the end of the create event to `ready`. Default: 800. */
  readonly boot: number;
  /** From the start of the job to `ready`. Default: 1000. */
  readonly start: number;
  /** Default: 800. */
  readonly stop: number;
  /** Default: 1200. */
  readonly restart: number;
  /** From the start of the deletion until the machine is gone. Default: 800. */
  readonly delete: number;
  /** A change of machine type or disk size. Default: 1000. */
  readonly upgrade: number;
  /** The creation, deletion, or restore of a snapshot. Default: 1000. */
  readonly snapshot: number;
  /** Default: 2000. */
  readonly template: number;
  /** From the submission of a deployment to healthy; it is applied half-way. Default: 1000. */
  readonly deployment: number;
}

export interface RateLimit {
  /** The tokens that are refilled per second. */
  readonly perSecond: number;
  /** The size of the bucket: the number of requests that may come at once; at least 1. */
  readonly burst: number;
  /** The form of Retry-After in a refusal. Default: `seconds`. */
  readonly retryAfter?: 'seconds' | 'date' | 'none';
}

/** The options of the simulator. All are optional; the defaults are the behaviour of the real service. */
export interface SimulatorOptions {
  /** The port on 127.0.0.1. Default: 0, any free one. */
  readonly port?: number;
  /** The only accepted key. Default: all bearer tokens are accepted. */
  readonly key?: string;
  /** Returns the time in milliseconds. Default: `Date.now`. Jobs, limits, and dates use no other clock. */
  readonly now?: () => number;
  /** The seed of the identifiers. Default: 1. */
  readonly seed?: number;
  readonly durations?: Partial<Durations>;
  /**
   * Milliseconds from a request to the end of its job (its event, or the rollout of a deployment), for all jobs that
   * `durations` does not set. A machine that starts on creation takes as long again to boot. A whole number up to 7
   * days. Default: the durations above.
   */
  readonly jobTime?: number;
  /** Default: none. */
  readonly rateLimit?: RateLimit;
  /** The delay of each answer in milliseconds of real time, between min and max. Default: none. */
  readonly latency?: { readonly min: number; readonly max: number };
  /**
   * The file of the world. It is read at the start if it exists, and written before each answer to a write and at the
   * end. Default: none.
   */
  readonly stateFile?: string;
  /** Whether requests are recorded in `requests`. Default: true. The newest 100,000 are kept. */
  readonly record?: boolean;
  /** The available machines by `TYPE@region` (`H100@ny2`). Default: unlimited. */
  readonly capacity?: Readonly<Record<string, number>>;
  /** `team.maxMachines`. Default: 10,000. */
  readonly maxMachines?: number;
  /** The milliseconds for which lists still show deleted items, with dtDeleted. Default: 0. */
  readonly listDeleted?: number;
  /** The form of regions in answers: `East Coast (NY2)` or `ny2`. Default: labels. */
  readonly regions?: 'labels' | 'codes';
  /** The form of byte counts in answers about machines. Default: strings. */
  readonly bytes?: 'strings' | 'numbers';
  /** The effect of a second script on a machine. Default: refuse, with 409. */
  readonly secondScript?: 'refuse' | 'replace';
  /** Whether a create event ends before the machine has booted, or with the boot. Default: before. */
  readonly createDone?: 'before-boot' | 'after-boot';
  /** Whether changes to shutdown settings are ignored while the shutdown is on. Default: true. */
  readonly stickyShutdown?: boolean;
  /** Whether each further page of custom templates repeats the last item of the page before. Default: true. */
  readonly repeatTemplates?: boolean;
}

/** The options with all defaults filled in. */
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

/** The longest `jobTime` in milliseconds: 7 days. */
const longestJobTime = 7 * 86_400_000;

/** Fills in the defaults. Throws a RangeError if `jobTime` is out of bounds. */
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
