import { ROOT_CONTEXT } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import type { Action } from '../../src/model/pass/plan.ts';
import { noTracer, type Tracer } from '../../src/model/tracer.ts';
import { createCallers } from '../../src/daemon/callers.ts';
import { createTracer } from '../../src/tracing/createTracer.ts';

/** A tracer, and a function that returns the names of its spans that have ended, with those of their parents. */
function recorded() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const spans = () => exporter.getFinishedSpans();
  const nameOf = (id: string | undefined): string =>
    spans().find((span) => span.spanContext().spanId === id)?.name ?? '-';
  return {
    tracer: createTracer(provider.getTracer('test'), ROOT_CONTEXT),
    spans,
    tree: () => spans().map((span) => `${nameOf(span.parentSpanContext?.spanId)} > ${span.name}`),
    endOf: (name: string) => {
      const span = spans().find((ended) => ended.name === name);
      return { status: span?.status, ...span?.attributes };
    },
  };
}

const start = { workspace: 'w', trigger: 'cli' } as const;
const action: Action = {
  id: 'machines/m:stop',
  kind: 'machines',
  name: 'm',
  verb: 'stop',
  changes: [],
  requires: [],
};
const request = { method: 'GET', path: '/machines', url: () => 'http://h/machines', resends: 0 };
const ask = (tracer: Tracer): Promise<number> =>
  tracer.request(
    request,
    async () => 204,
    (status) => ({ status, error: undefined }),
  );

test('what work does belongs to its span, and concurrent work to its own', async () => {
  const { tracer, tree } = recorded();
  const result = await tracer.pass(start, () =>
    tracer.phase('apply', async () => {
      const traces = ['stop', 'start'].map((verb) => tracer.action({ ...action, verb } as Action));
      await Promise.all(traces.map((trace) => trace.run(() => ask(tracer))));
      for (const trace of traces) trace.end({ result: 'done' });
      return 'result';
    }),
  );
  expect(result).toBe('result');
  expect(tree()).toEqual([
    'stop machines > GET /machines',
    'start machines > GET /machines',
    'apply > stop machines',
    'apply > start machines',
    'SYNC w > apply',
    '- > SYNC w',
  ]);
});

test('a bound function belongs to where it was bound, wherever it is called', async () => {
  const { tracer, tree } = recorded();
  let bound = (): Promise<number> => Promise.reject(new Error('not bound'));
  await tracer.pass(start, async () => {
    await tracer.phase('observe', async () => {
      bound = tracer.bind(() => ask(tracer));
    });
    await tracer.phase('plan', bound);
  });
  expect(tree()).toContain('observe > GET /machines');
});

test('what outlives its pass, and what happens outside of one, is not recorded', async () => {
  const { tracer, tree } = recorded();
  let late = (): Promise<number> => Promise.reject(new Error('not bound'));
  await tracer.pass(start, async () => {
    expect(tracer.traceId()).toMatch(/^[0-9a-f]{32}$/);
    late = tracer.bind(async () => {
      expect(tracer.traceId()).toBeUndefined();
      await tracer.phase('record', async () => undefined);
      return ask(tracer);
    });
  });
  expect([await late(), await ask(tracer)]).toEqual([204, 204]);
  tracer.action(action).end({ result: 'done' });
  tracer.givenUp(new Error('late'));
  expect(tree()).toEqual(['- > SYNC w']);
});

test('a rejection reaches the caller, and its name is in every span that it ends', async () => {
  const { tracer, endOf } = recorded();
  const error = new RangeError('with a secret');
  const passed = tracer.pass(start, () =>
    tracer.phase('apply', () => tracer.action(action).run(() => Promise.reject(error))),
  );
  await expect(passed).rejects.toBe(error);
  const failed = { status: { code: 2 }, 'error.type': 'RangeError' };
  expect(endOf('stop machines')).toMatchObject(failed);
  expect(endOf('apply')).toMatchObject(failed);
  expect(endOf('SYNC w')).toMatchObject({ ...failed, 'cicd.pipeline.result': 'error' });
  expect(JSON.stringify([endOf('stop machines'), endOf('apply'), endOf('SYNC w')])).not.toContain(
    'secret',
  );
});

test('a pass without a report was cancelled, unless it was given up', async () => {
  const cancelled = recorded();
  await cancelled.tracer.pass(start, async () => undefined);
  expect(cancelled.endOf('SYNC w')).toMatchObject({
    status: { code: 0 },
    'cicd.pipeline.result': 'cancellation',
  });
  const givenUp = recorded();
  await givenUp.tracer.pass(start, async () => givenUp.tracer.givenUp(new RangeError('why')));
  expect(givenUp.endOf('SYNC w')).toMatchObject({
    status: { code: 2 },
    'cicd.pipeline.result': 'error',
    'error.type': 'RangeError',
  });
});

test.each([
  ['done', 'success', 0],
  ['pending', 'success', 0],
  ['skipped', 'skip', 0],
  ['failed', 'failure', 2],
] as const)('an action that is %s', async (result, expected, code) => {
  const { tracer, endOf } = recorded();
  await tracer.pass(start, async () => tracer.action(action).end({ result }));
  expect(endOf('stop machines')).toMatchObject({
    status: { code },
    'cicd.pipeline.task.run.result': expected,
    'holdfast.outcome': result,
  });
});

const traceOf = (digit: number): string => String(digit).repeat(32);
const contextOf = (digit: number): string => `00-${traceOf(digit)}-${String(digit).repeat(16)}-01`;

test('of several requests for a pass, the first is its parent, and the others are links', async () => {
  const { tracer, spans } = recorded();
  const callers = createCallers();
  for (const context of [undefined, 'wrong', contextOf(1), contextOf(2), contextOf(3)])
    callers.add(context);
  await tracer.pass({ ...start, callers: callers.take() }, async () => undefined);
  await tracer.pass({ ...start, callers: callers.take() }, async () => undefined);
  const [caused, next] = spans();
  expect(caused?.spanContext().traceId).toBe(traceOf(1));
  expect(caused?.links.map(({ context }) => context.traceId)).toEqual([traceOf(2), traceOf(3)]);
  expect(next?.parentSpanContext).toBeUndefined();
  expect(next?.links).toEqual([]);
});

test('more requests than a pass can have as links are left out', () => {
  const callers = createCallers();
  for (let count = 0; count < 100; count += 1) callers.add(contextOf(1));
  expect(callers.take()).toHaveLength(32);
  expect(callers.take()).toEqual([]);
});

test('the tracer that records nothing does the work', async () => {
  expect(await noTracer.pass(start, () => noTracer.phase('plan', () => ask(noTracer)))).toBe(204);
  const trace = noTracer.action(action);
  expect(await trace.run(async () => 1)).toBe(1);
  trace.end({ result: 'done' });
  noTracer.givenUp(new Error('why'));
  expect(noTracer.bind((one: number) => one + 1)(1)).toBe(2);
  expect(noTracer.traceId()).toBeUndefined();
});
