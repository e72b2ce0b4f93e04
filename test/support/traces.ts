import { serve, type Reply, type TestServer } from './server.ts';

/** A span as a receiver got it. */
export interface ReceivedSpan {
  readonly name: string;
  /** The number of its kind: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** `code` is 2 for an error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** In nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A receiver of traces by OTLP/HTTP, as JSON. */
export interface TraceReceiver extends TestServer {
  /** The variables that make a program export to it. */
  readonly env: Readonly<Record<string, string>>;
  /** All spans so far, in the order of their start, which is in whole milliseconds, and else of their end. */
  spans(): readonly ReceivedSpan[];
}

/** Starts a receiver on loopback, which answers as `reply` says. Default: it accepts everything. */
export async function receiveTraces(
  reply: () => Reply = () => ({ json: {} }),
): Promise<TraceReceiver> {
  const server = await serve(reply);
  return {
    ...server,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: server.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    spans: () =>
      server.seen
        .flatMap(({ body }) => spansIn(JSON.parse(body) as ExportRequest))
        .toSorted((a, b) => Number(a.start - b.start)),
  };
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

interface ExportedSpan extends Omit<
  ReceivedSpan,
  'attributes' | 'links' | 'resource' | 'start' | 'end'
> {
  readonly attributes: readonly KeyValue[];
  readonly links?: ReceivedSpan['links'];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

const spansIn = ({ resourceSpans }: ExportRequest): readonly ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ startTimeUnixNano, endTimeUnixNano, attributes, links = [], ...span }) => ({
        ...span,
        links,
        attributes: recordOf(attributes),
        resource: recordOf(resource.attributes),
        start: BigInt(startTimeUnixNano),
        end: BigInt(endTimeUnixNano),
      })),
    ),
  );

const recordOf = (attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

/** `{ intValue: 3 }` is 3. An integer may be a text. */
const valueOf = (value: KeyValue['value']): unknown =>
  'intValue' in value ? Number(value['intValue']) : Object.values(value)[0];

/**
 * The tree of some spans: a line for each, with its name, indented below its parent. Below one parent, requests follow
 * the others, sorted by name, since they may run at the same time; of equal lines, such as polls, the first is kept.
 */
export function treeOf(
  spans: readonly ReceivedSpan[],
  lineOf: (span: ReceivedSpan) => string = ({ name }) => name,
): readonly string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: ReceivedSpan | undefined, indent: string): readonly string[] =>
    spans
      .filter(({ parentSpanId = '' }) =>
        parent ? parentSpanId === parent.spanId : !ids.has(parentSpanId),
      )
      .toSorted(byPlace)
      .flatMap((span) => [`${indent}${lineOf(span)}`, ...below(span, `${indent}  `)]);
  return below(undefined, '').filter((line, index, lines) => line !== lines[index - 1]);
}

const client = 3;

const byPlace = (a: ReceivedSpan, b: ReceivedSpan): number =>
  a.kind === client && b.kind === client
    ? a.name.localeCompare(b.name)
    : Number(a.kind === client) - Number(b.kind === client);
