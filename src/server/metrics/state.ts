import { Gauge, type Registry } from 'prom-client';

/** The values at the time of a scrape. */
export interface Measured {
  /** Whether the present config files are in force. */
  readonly configValid: boolean;
  /** Seconds since the present config came into force. */
  readonly configAge: number;
  /** When the repository was last looked up, in milliseconds since 1970; undefined: there is none, or not yet. */
  readonly lastFetch?: number | undefined;
  /** The requests per second that the throttle allows; undefined before there is a throttle. */
  readonly rateLimit: number | undefined;
  /** Whether everything is suspended. */
  readonly suspended: boolean;
  /** The number of suspended resources, without a suspension of everything. */
  readonly suspendedResources: number;
  /** By kind, since when the resource that has needed attention longest has done so, in milliseconds since 1970. */
  readonly oldestOpen: ReadonlyMap<string, number>;
  /** The messages of each sink that wait, and when the oldest was made, RFC 3339; null: none waits. */
  readonly notifications: readonly {
    readonly sink: string;
    readonly pending: number;
    readonly oldest: string | null;
  }[];
  /** Seconds since the running pass began; 0 if none is running. */
  readonly passSeconds: number;
}

/** The metrics of the state at the time of a scrape. Returns the function that sets them. */
export function stateMetrics(registry: Registry): (now: Measured) => void {
  const setters = [
    configMetrics(registry),
    runMetrics(registry),
    suspensionMetrics(registry),
    driftMetric(registry),
    pendingMetrics(registry),
  ];
  return (now) => {
    for (const set of setters) set(now);
  };
}

function configMetrics(registry: Registry): (now: Measured) => void {
  const registers = [registry];
  const valid = new Gauge({
    name: 'holdfast_config_valid',
    help: '1 if the present config files are in force, 0 if they are not valid.',
    registers,
  });
  const age = new Gauge({
    name: 'holdfast_config_age_seconds',
    help: 'Time since the present config came into force.',
    registers,
  });
  const lastFetchTime = new Gauge({
    name: 'holdfast_git_last_fetch_timestamp_seconds',
    help: 'Time of the last successful lookup of the repository.',
    registers,
  });
  return ({ configValid, configAge, lastFetch }) => {
    valid.set(configValid ? 1 : 0);
    age.set(configAge);
    if (lastFetch === undefined) lastFetchTime.remove();
    else lastFetchTime.set(lastFetch / 1000);
  };
}

function runMetrics(registry: Registry): (now: Measured) => void {
  const registers = [registry];
  const rate = new Gauge({
    name: 'holdfast_api_rate_limit',
    help: 'Requests per second that the throttle allows now.',
    registers,
  });
  const running = new Gauge({
    name: 'holdfast_pass_running_seconds',
    help: 'Time since the running pass began; 0 if none is running.',
    registers,
  });
  return ({ rateLimit, passSeconds }) => {
    if (rateLimit === undefined) rate.remove();
    else rate.set(rateLimit);
    running.set(passSeconds);
  };
}

function suspensionMetrics(registry: Registry): (now: Measured) => void {
  const registers = [registry];
  const everything = new Gauge({
    name: 'holdfast_suspended',
    help: '1 if everything is suspended, 0 if not.',
    registers,
  });
  const resources = new Gauge({
    name: 'holdfast_suspended_resources',
    help: 'Resources that are suspended themselves.',
    registers,
  });
  return ({ suspended, suspendedResources }) => {
    everything.set(suspended ? 1 : 0);
    resources.set(suspendedResources);
  };
}

function driftMetric(registry: Registry): (now: Measured) => void {
  const oldest = new Gauge({
    name: 'holdfast_oldest_drift_timestamp_seconds',
    help: 'Time since which a resource of the kind has needed attention, of the one that has for the longest time.',
    labelNames: ['kind'],
    registers: [registry],
  });
  return ({ oldestOpen }) => {
    oldest.reset();
    for (const [kind, since] of oldestOpen) oldest.set({ kind }, since / 1000);
  };
}

function pendingMetrics(registry: Registry): (now: Measured) => void {
  const labels = { labelNames: ['sink'], registers: [registry] };
  const pending = new Gauge({
    name: 'holdfast_notifications_pending',
    help: 'Notifications that wait to be delivered.',
    ...labels,
  });
  const oldestPending = new Gauge({
    name: 'holdfast_notifications_oldest_timestamp_seconds',
    help: 'Time of the oldest notification that waits to be delivered.',
    ...labels,
  });
  return ({ notifications }) => {
    pending.reset();
    oldestPending.reset();
    for (const { sink, pending: count, oldest } of notifications) {
      pending.set({ sink }, count);
      if (oldest !== null) oldestPending.set({ sink }, Date.parse(oldest) / 1000);
    }
  };
}
