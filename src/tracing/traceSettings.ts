// The variables of OpenTelemetry that decide whether and how passes are traced. This file loads nothing of
// OpenTelemetry: it is read by commands that trace nothing.

/** How passes are traced. The exporter itself reads the address of the receiver, its headers, and its time limit. */
export interface TraceSettings {
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly sampler: SamplerSettings;
}

/** Which traces are recorded. */
export interface SamplerSettings {
  /** The share of traces, from 0 to 1. */
  readonly ratio: number;
  /** Whether a trace that somebody else began is recorded if, and only if, its parent is. */
  readonly parentBased: boolean;
}

/** The settings of traces; undefined: there are none. `problems`: what cannot be used, as sentences without values. */
export interface TraceEnvironment {
  readonly settings: TraceSettings | undefined;
  readonly problems: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the variables. An empty one counts as unset. Pure. */
export function traceEnvironment(env: Env): TraceEnvironment {
  const endpoint = firstOf(
    env,
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
  );
  const isDisabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
  const exporter = env['OTEL_TRACES_EXPORTER']?.trim() || 'otlp';
  if (!endpoint || isDisabled || exporter === 'none') return off();
  if (exporter !== 'otlp') return off('OTEL_TRACES_EXPORTER is neither otlp nor none');
  if (!isHttp(endpoint.value)) return off(`${endpoint.name} is not an http or https URL`);
  const protocol = protocolOf(env);
  if ('problem' in protocol) return off(protocol.problem);
  const { sampler, problems } = samplerOf(env);
  return { settings: { protocol: protocol.value, sampler }, problems };
}

const off = (problem?: string): TraceEnvironment => ({
  settings: undefined,
  problems: problem === undefined ? [] : [`${problem}; no traces are exported`],
});

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The first variable that is set. */
function firstOf(env: Env, ...names: readonly string[]): Variable | undefined {
  const variables = names.map((name) => ({ name, value: env[name]?.trim() ?? '' }));
  return variables.find(({ value }) => value !== '');
}

const isHttp = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const protocols = ['http/protobuf', 'http/json'] as const;

function protocolOf(
  env: Env,
): { readonly value: TraceSettings['protocol'] } | { readonly problem: string } {
  const variable = firstOf(
    env,
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
  );
  const value = variable ? protocols.find((name) => name === variable.value) : protocols[0];
  return value ? { value } : { problem: `${variable?.name} is not one of ${protocols.join(', ')}` };
}

/** The samplers of the specification, by name. `ratio` null: `OTEL_TRACES_SAMPLER_ARG`. */
const samplers: Readonly<Record<string, { ratio: number | null; parentBased: boolean }>> = {
  always_on: { ratio: 1, parentBased: false },
  always_off: { ratio: 0, parentBased: false },
  traceidratio: { ratio: null, parentBased: false },
  parentbased_always_on: { ratio: 1, parentBased: true },
  parentbased_always_off: { ratio: 0, parentBased: true },
  parentbased_traceidratio: { ratio: null, parentBased: true },
};

function samplerOf(env: Env): {
  readonly sampler: SamplerSettings;
  readonly problems: readonly string[];
} {
  const all = { ratio: 1, parentBased: true };
  const name = env['OTEL_TRACES_SAMPLER']?.trim() || 'parentbased_always_on';
  const sampler = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (!sampler) {
    const problem = `OTEL_TRACES_SAMPLER is not one of ${Object.keys(samplers).join(', ')}; all traces are recorded`;
    return { sampler: all, problems: [problem] };
  }
  const { ratio, parentBased } = sampler;
  if (ratio !== null) return { sampler: { ratio, parentBased }, problems: [] };
  const share = Number(env['OTEL_TRACES_SAMPLER_ARG']?.trim() || 1);
  if (share >= 0 && share <= 1) return { sampler: { ratio: share, parentBased }, problems: [] };
  const problem = 'OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; all traces are recorded';
  return { sampler: { ratio: 1, parentBased }, problems: [problem] };
}
