import { describe, expect, test } from 'vitest';
import { traceEnvironment } from '../../src/tracing/traceSettings.ts';

const endpoint = 'http://collector:4318';
const all = { ratio: 1, parentBased: true };
const settings = { protocol: 'http/protobuf', sampler: all };

test.each([
  ['traces were not asked for', {}],
  ['an empty variable counts as unset', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  ['disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'TRUE' }],
  ['another signal has the receiver', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint }],
  ['no exporter', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' }],
])('off, without a warning: %s', (_, env) => {
  expect(traceEnvironment(env)).toEqual({ settings: undefined, problems: [] });
});

test.each([
  ['a receiver', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }],
  ['a receiver of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }],
  [
    'disabled only by the word true',
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: '1' },
  ],
  [
    'the receiver of traces precedes',
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_ENDPOINT: 'wrong' },
  ],
])('on: %s', (_, env) => {
  expect(traceEnvironment(env)).toEqual({ settings, problems: [] });
});

test.each([
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https URL',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'user:secret@collector:4318' },
  ],
  [
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not an http or https URL',
    {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'ftp://collector',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    },
  ],
  [
    'OTEL_EXPORTER_OTLP_PROTOCOL is not one of http/protobuf, http/json',
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  ],
  [
    'OTEL_TRACES_EXPORTER is neither otlp nor none',
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'zipkin' },
  ],
])('off, with a warning that shows no value: %s', (problem, env) => {
  expect(traceEnvironment(env)).toEqual({
    settings: undefined,
    problems: [`${problem}; no traces are exported`],
  });
});

test('the protocol of traces precedes that of all signals', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
  };
  expect(traceEnvironment(env).settings?.protocol).toBe('http/json');
});

describe('the sampler', () => {
  test.each([
    ['always_on', undefined, { ratio: 1, parentBased: false }],
    ['always_off', undefined, { ratio: 0, parentBased: false }],
    ['traceidratio', '0.25', { ratio: 0.25, parentBased: false }],
    ['traceidratio', undefined, { ratio: 1, parentBased: false }],
    ['parentbased_always_on', '0.5', all],
    ['parentbased_always_off', undefined, { ratio: 0, parentBased: true }],
    ['parentbased_traceidratio', '0', { ratio: 0, parentBased: true }],
  ])('%s with %s', (name, share, sampler) => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_TRACES_SAMPLER: name,
      OTEL_TRACES_SAMPLER_ARG: share,
    };
    expect(traceEnvironment(env)).toEqual({ settings: { ...settings, sampler }, problems: [] });
  });

  test.each([
    ['toString', undefined, /^OTEL_TRACES_SAMPLER is not one of always_on, .*; all traces are/],
    [
      'jaeger_remote',
      undefined,
      /^OTEL_TRACES_SAMPLER is not one of always_on, .*; all traces are/,
    ],
    ['parentbased_traceidratio', '2', /^OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; all/],
    ['parentbased_traceidratio', 'x', /^OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1; all/],
  ])('%s with %s: all traces, with a warning', (name, share, problem) => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_TRACES_SAMPLER: name,
      OTEL_TRACES_SAMPLER_ARG: share,
    };
    const problems = [expect.stringMatching(problem)];
    expect(traceEnvironment(env)).toEqual({ settings, problems });
  });
});
