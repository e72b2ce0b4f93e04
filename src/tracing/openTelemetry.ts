// Traces by OpenTelemetry. In: the settings of traceSettings.ts, and calls of the `Tracer` of model/. Out: spans, which
// createTracer.ts makes with the attributes of attributes.ts, exported by OTLP/HTTP. watchExporter.ts logs failures.
// Loaded only if traces are exported.

import { diag, DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
  type Resource,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { Log } from '../model/log.ts';
import { systemClock } from '../model/time/clock.ts';
import type { Tracer } from '../model/tracer.ts';
import { contextOf, createTracer } from './createTracer.ts';
import type { SamplerSettings, TraceSettings } from './traceSettings.ts';
import { watchExporter } from './watchExporter.ts';

/** The options of `startTracing`. */
export interface TracingOptions {
  /** The version of Holdfast. */
  readonly version: string;
  /** The W3C trace context in which passes without callers begin. Default: each begins a trace. */
  readonly parent?: {
    readonly traceparent: string | undefined;
    readonly tracestate: string | undefined;
  };
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Running traces. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Exports the remaining spans. Resolves after at most two seconds, to whether that has ended. */
  stop(): Promise<boolean>;
}

/** How long a stop waits for the receiver, in milliseconds. */
const stopMs = 2000;

/** Starts tracing. The exporter reads its variables from the environment of the process. Never throws or rejects. */
export function startTracing(
  { protocol, sampler }: TraceSettings,
  { version, parent, log }: TracingOptions,
): Tracing {
  const { exporter, failed } = watchExporter(createExporter(protocol, log), log);
  const provider = new TracerProvider({
    resource: resourceOf(version),
    sampler: samplerOf(sampler),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const spans = provider.getTracer('holdfast', version);
  return {
    tracer: createTracer(spans, contextOf(parent ?? { traceparent: undefined })),
    async stop() {
      const waiting = new AbortController();
      // The exporter has reported a failure already.
      const stopped = provider.shutdown().catch(() => undefined);
      const isStopped = await Promise.race([
        stopped.then(() => true),
        systemClock.sleep(stopMs, waiting.signal).then(
          () => false,
          () => false,
        ),
      ]);
      waiting.abort();
      if (!isStopped) failed(`the receiver did not accept them within ${stopMs / 1000} s`);
      return isStopped;
    },
  };
}

const ignore = (): void => undefined;

/** Creates the exporter, and logs which of its variables it does not use, and why. */
function createExporter(
  protocol: TraceSettings['protocol'],
  log: TracingOptions['log'],
): SpanExporter {
  const warn = (problem: string): void =>
    log.warn({ reason: problem }, 'a setting of traces is not used');
  const logger: DiagLogger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  try {
    const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
    return new Exporter({ userAgent: 'holdfast' });
  } finally {
    diag.disable();
  }
}

/** The resource of the program. `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` override it. */
function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({ 'service.name': 'holdfast', 'service.version': version });
  const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector];
  return defaultResource().merge(own).merge(detectResources({ detectors }));
}

function samplerOf({ ratio, parentBased }: SamplerSettings): Sampler {
  const root = rootSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(ratio: number): Sampler {
  if (ratio === 0) return new AlwaysOffSampler();
  return ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
}
