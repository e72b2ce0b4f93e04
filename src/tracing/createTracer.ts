import { AsyncLocalStorage } from 'node:async_hooks';
import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer as SpanFactory,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { ActionTrace, TracedPass, Tracer } from '../model/tracer.ts';
import {
  actionEnd,
  actionStart,
  passCancelled,
  passEnd,
  passFailure,
  passStart,
  rejected,
  requestEnd,
  requestName,
  requestStart,
  type SpanEnd,
} from './attributes.ts';

/** The pass, phase, or action to which new spans belong. */
interface Current {
  readonly context: Context;
  readonly pass: { readonly span: Span; end: SpanEnd; isOver: boolean };
}

/** The greatest length of a status message, in characters. */
const maxMessage = 1000;

/**
 * Creates the tracer that makes spans. `parent`: the context of a pass without callers. The current span is kept here,
 * and not in the global state of OpenTelemetry.
 */
export function createTracer(spans: SpanFactory, parent: Context): Tracer {
  const storage = new AsyncLocalStorage<Current>();
  // What outlives its pass, such as a timer, belongs to none.
  const current = (): Current | undefined => {
    const found = storage.getStore();
    return found?.pass.isOver ? undefined : found;
  };
  const inside = <Result>(
    { context, pass }: Current,
    span: Span,
    work: () => Promise<Result>,
  ): Promise<Result> => storage.run({ context: trace.setSpan(context, span), pass }, work);

  return {
    async pass(traced, work) {
      const { context, links } = originOf(traced, parent);
      const options = { kind: SpanKind.SERVER, attributes: passStart(traced), links };
      const span = spans.startSpan(`SYNC ${traced.workspace}`, options, context);
      const pass = { span, end: passCancelled, isOver: false };
      try {
        return await inside({ context, pass }, span, work);
      } catch (error) {
        pass.end = passFailure(error);
        throw error;
      } finally {
        pass.isOver = true;
        end(span, pass.end);
      }
    },
    reported(report) {
      const found = current();
      if (found) found.pass.end = passEnd(report);
    },
    givenUp(error) {
      const found = current();
      if (found) found.pass.end = passFailure(error);
    },
    async phase(phase, work) {
      const found = current();
      if (!found) return work();
      const span = spans.startSpan(phase, {}, found.context);
      return endAfter(span, inside(found, span, work));
    },
    action(action): ActionTrace {
      const found = current();
      if (!found) return { run: (work) => work(), end() {} };
      const options = { attributes: actionStart(action) };
      const span = spans.startSpan(`${action.verb} ${action.kind}`, options, found.context);
      return {
        run: (work) =>
          inside(found, span, work).catch((error: unknown) => {
            end(span, rejected(error));
            throw error;
          }),
        end: (outcome) => end(span, actionEnd(outcome)),
      };
    },
    async request(request, work, endOf) {
      const found = current();
      if (!found) return work();
      const options = { kind: SpanKind.CLIENT, attributes: requestStart(request) };
      const span = spans.startSpan(requestName(request), options, found.context);
      return endAfter(span, inside(found, span, work), (result) => requestEnd(endOf(result)));
    },
    bind: (work) => AsyncLocalStorage.bind(work),
    traceId: () => current()?.pass.span.spanContext().traceId,
  };
}

/** The context in which a pass begins: that of its first caller. The others are links. */
function originOf({ callers = [] }: TracedPass, parent: Context) {
  const [first, ...others] = callers.flatMap((traceparent) => {
    const context = contextOf({ traceparent });
    const spanContext = trace.getSpanContext(context);
    return spanContext ? [{ context, spanContext }] : [];
  });
  const links = others.map(({ spanContext }) => ({ context: spanContext }));
  return { context: first?.context ?? parent, links };
}

/** The context that W3C trace headers describe; the root if they describe none. */
export const contextOf = (headers: {
  readonly traceparent: string | undefined;
  readonly tracestate?: string | undefined;
}): Context => new W3CTraceContextPropagator().extract(ROOT_CONTEXT, headers, defaultTextMapGetter);

const ended: SpanEnd = { failed: false, attributes: {} };

async function endAfter<Result>(
  span: Span,
  work: Promise<Result>,
  endOf: (result: Result) => SpanEnd = () => ended,
): Promise<Result> {
  try {
    const result = await work;
    end(span, endOf(result));
    return result;
  } catch (error) {
    end(span, rejected(error));
    throw error;
  }
}

function end(span: Span, { attributes, failed, message }: SpanEnd): void {
  span.setAttributes(attributes);
  if (failed) {
    const status = message === undefined ? {} : { message: message.slice(0, maxMessage) };
    span.setStatus({ code: SpanStatusCode.ERROR, ...status });
  }
  span.end();
}
