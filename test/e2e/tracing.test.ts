import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { testRepository } from '../support/git.ts';
import { passedOn, serve } from '../support/server.ts';
import { receiveTraces, treeOf, type ReceivedSpan } from '../support/traces.ts';
import { place, type Env, type Place, type Running } from './holdfast.ts';

const settings = 'settings: { mode: enforce, schedule: null }\n';
const team = `privateNetworks: { n: { region: ny2 } }
machines:
  m: { machineType: C1, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, network: n }
`;

async function withTeam(text = team): Promise<Place> {
  const here = await place();
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': text });
  return here;
}

const network = (name: string): string => `privateNetworks: { ${name}: { region: ny2 } }\n`;

const envOf = ({ url }: Pick<Simulator, 'url'>): Readonly<Record<string, string>> => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'k',
});

/** The span of each pass. */
const passesIn = (spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] =>
  spans.filter(({ name }) => name.startsWith('SYNC'));

/** The name of a span, and the attributes that depend on neither time nor ports. */
function described({ name, kind, attributes, status }: ReceivedSpan): string {
  const shown = Object.entries(attributes).filter(
    ([key]) => !/^(server\.|url\.full|holdfast\.revision|cicd\.pipeline\.run\.id)/.test(key),
  );
  const words = shown.map(([key, value]) => `${key}=${String(value)}`);
  return [name, ['', 'internal', 'server', 'client'][kind], ...words, status.code === 2 && 'ERROR']
    .filter(Boolean)
    .join(' ');
}

/** A trace that somebody else began. */
const trace = { id: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };
const traceparent = `00-${trace.id}-${trace.span}-01`;

describe('the spans of a pass', () => {
  test('apply: the pass, its phases, its actions, and its requests', async () => {
    await using here = await withTeam();
    await using traces = await receiveTraces();
    const { code } = await here.run(
      ['apply', '--simulate', '--yes', '--job-time', '0'],
      traces.env,
    );
    expect(code).toBe(0);
    const action = (verb: string, kind: string, name: string): string =>
      `cicd.pipeline.task.name=${verb} ${kind}/${name} cicd.pipeline.task.run.id=${kind}/${name}:${verb} holdfast.verb=${verb} holdfast.kind=${kind} holdfast.name=${name} cicd.pipeline.task.run.result=success holdfast.outcome=done`;
    const request = (method: string, collection: string): string =>
      `${method} /${collection} client http.request.method=${method} http.response.status_code=200`;
    const lines = treeOf(traces.spans(), described);
    expect(lines).toEqual([
      'SYNC default server cicd.pipeline.name=default cicd.pipeline.action.name=SYNC holdfast.trigger=cli cicd.pipeline.result=success holdfast.mode=enforce holdfast.actions.blocked=0',
      '  observe internal',
      `    ${request('GET', 'machines')}`,
      `    ${request('GET', 'private-networks')}`,
      '  plan internal',
      `    ${request('GET', 'os-templates')}`,
      '  guard internal',
      `    ${request('GET', 'auth')}`,
      `    ${request('GET', 'machine-availability')}`,
      '  apply internal',
      `    create privateNetworks internal ${action('create', 'privateNetworks', 'n')}`,
      `      ${request('POST', 'private-networks')}`,
      `    create machines internal ${action('create', 'machines', 'm')}`,
      `      ${request('POST', 'machines')}`,
      `    ${request('GET', 'machine-events')}`,
      `    ${request('GET', 'machines')}`,
      '  record internal',
    ]);
    const [pass] = passesIn(traces.spans());
    expect(pass?.attributes).toMatchObject({
      'cicd.pipeline.run.id': expect.stringMatching(/^[0-9A-Z]{26}$/),
      'holdfast.revision': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const list = traces.spans().find(({ name }) => name === 'GET /machines');
    const { port } = new URL(String(list?.attributes['url.full']));
    expect(list?.attributes).toMatchObject({
      'url.full': `http://127.0.0.1:${port}/machines?limit=120&order=asc`,
      'server.address': '127.0.0.1',
      'server.port': Number(port),
    });
    expect(pass?.resource).toMatchObject({
      'service.name': 'holdfast',
      'service.version': '0.1.0',
    });
  });

  test('actions and requests that wait for others do not belong to them', async () => {
    await using here = await withTeam('privateNetworks: { "n{1..4}": { region: ny2 } }\n');
    await here.write({
      'config/holdfast.yaml': 'settings: { mode: enforce, throttle: { concurrency: 1 } }\n',
    });
    await using traces = await receiveTraces();
    await here.run(['apply', '--simulate', '--yes'], traces.env);
    const names = ({ name, attributes }: ReceivedSpan): string =>
      [name, attributes['holdfast.name']].filter(Boolean).join(' ');
    const lines = treeOf(traces.spans(), names);
    expect(lines.slice(lines.indexOf('  apply'), -1)).toEqual([
      '  apply',
      ...['n1', 'n2', 'n3', 'n4'].flatMap((name) => [
        `    create privateNetworks ${name}`,
        '      POST /private-networks',
      ]),
    ]);
  });

  test('an action that fails, and one that requires it', async () => {
    await using here = await withTeam();
    await using traces = await receiveTraces();
    await using simulator = await startSimulator();
    await using api = await serve((request) =>
      request.method === 'POST'
        ? { status: 400, json: { code: 'BAD', message: 'no' } }
        : passedOn(request, simulator.url),
    );
    const ended = await here.run(['apply', '--yes'], { ...traces.env, ...envOf(api) });
    expect(ended.code).toBe(1);
    const spans = traces.spans();
    const applied = spans.filter(({ name }) => /^(SYNC|create|POST)/.test(name));
    expect(applied.map(({ name, status, attributes }) => [name, status, attributes])).toEqual([
      [
        'SYNC default',
        { code: 2 },
        expect.objectContaining({ 'cicd.pipeline.result': 'failure', 'error.type': 'failed' }),
      ],
      [
        'create privateNetworks',
        { code: 2, message: expect.stringContaining('answered 400') },
        expect.objectContaining({
          'cicd.pipeline.task.run.result': 'failure',
          'error.type': 'failed',
        }),
      ],
      [
        'POST /private-networks',
        { code: 2 },
        expect.objectContaining({ 'http.response.status_code': 400, 'error.type': '400' }),
      ],
    ]);
  });

  test('a request that is sent again', async () => {
    await using here = await withTeam();
    await using traces = await receiveTraces();
    await using simulator = await startSimulator();
    await using api = await serve((request, index) =>
      index === 0 ? { status: 503, text: 'busy' } : passedOn(request, simulator.url),
    );
    const ended = await here.run(['drift'], { ...traces.env, ...envOf(api) });
    expect(ended.code).toBe(2);
    const attempts = traces
      .spans()
      .filter(({ name, attributes }) => name.startsWith('GET') && attributes['url.full'] !== '')
      .map(({ attributes: { 'http.response.status_code': status, ...more } }) => [
        status,
        more['http.request.resend_count'],
        more['error.type'],
      ]);
    expect(attempts.filter(([status, resends]) => status === 503 || resends !== undefined)).toEqual(
      [
        [503, undefined, '503'],
        [200, 1, undefined],
      ],
    );
    for (const { headers } of api.seen)
      expect(Object.keys(headers).filter((name) => /^(trace|baggage|b3)/.test(name))).toEqual([]);
  });

  test('lists that cannot be read, and a key that is refused', async () => {
    await using here = await withTeam();
    await using traces = await receiveTraces();
    await using api = await serve(() => ({ status: 401, json: { code: 'NO', message: 'no' } }));
    const ended = await here.run(['plan'], { ...traces.env, ...envOf(api) });
    expect(ended.code).toBe(1);
    const [pass] = passesIn(traces.spans());
    expect(pass).toMatchObject({
      status: { code: 2 },
      attributes: { 'cicd.pipeline.result': 'error', 'error.type': 'UserError' },
    });
  });
});

/** Starts a daemon, and resolves once its first pass has ended. */
async function daemonIn(here: Place, env: Env, args: readonly string[] = []) {
  const run = here.start(['run', '--log-level', 'debug', ...args], {
    HOLDFAST_TOKEN: 'open',
    ...env,
  });
  const [, url = ''] = await run.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  const reconcile = (headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${url}/api/v1/reconcile`, {
      method: 'POST',
      headers: { authorization: 'Bearer open', ...headers },
    });
  return { run, url, reconcile };
}

/** Stops a daemon, and returns the lines of its log. */
async function logOf(run: Running): Promise<readonly Readonly<Record<string, unknown>>[]> {
  run.kill('SIGTERM');
  const { code, stderr } = await run.ended;
  expect(code).toBe(0);
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('a daemon', () => {
  test('each pass is a trace, with the commit, and log lines name it', async () => {
    await using here = await place();
    await using traces = await receiveTraces();
    await using simulator = await startSimulator();
    const source = await testRepository();
    const commit = await source.commit({ 'team.yaml': network('n') });
    await here.write({
      'operator.yaml': `settings: { mode: enforce, schedule: null, git: { url: "${source.url}" } }\n`,
    });
    const env = { ...traces.env, ...envOf(simulator), TRACEPARENT: traceparent };
    const { run } = await daemonIn(here, env, ['--settings', join(here.path, 'operator.yaml')]);
    // The pass that writes, and the one that proves it.
    await run.saw(/"msg":"pass ended"[^]*"msg":"pass ended"/);
    const log = await logOf(run);
    const spans = traces.spans();
    const passes = passesIn(spans);
    expect(passes).toHaveLength(2);
    expect(new Set([trace.id, ...passes.map(({ traceId }) => traceId)]).size).toBe(3);
    expect(passes[0]?.attributes).toMatchObject({
      'holdfast.trigger': 'start',
      'vcs.repository.url.full': source.url,
      'vcs.ref.head.name': 'main',
      'vcs.ref.head.revision': commit,
    });
    const ofFirst = spans.filter(({ traceId }) => traceId === passes[0]?.traceId);
    expect(treeOf(ofFirst).filter((line) => /^ {0,2}\S/.test(line))).toEqual([
      'SYNC default',
      ...['load', 'observe', 'plan', 'guard', 'apply', 'record'].map((phase) => `  ${phase}`),
    ]);
    const [first, last] = passes.map(({ traceId }) => traceId);
    const writing = new Set(['a write was sent']);
    for (const message of ['request ended', 'a write was sent', 'pass ended']) {
      const ids = log.filter(({ msg }) => msg === message).map((line) => line['trace_id']);
      expect(new Set(ids), message).toEqual(
        new Set(writing.has(message) ? [first] : [first, last]),
      );
    }
    for (const message of ['started', 'stopping', 'stopped'])
      expect(log.find(({ msg }) => msg === message)).not.toHaveProperty('trace_id');
  });

  test('a request for a pass is its parent, and its wrong context is ignored', async () => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    const { run, reconcile } = await daemonIn(here, traces.env, ['--simulate']);
    await run.saw(/"msg":"pass ended"[^]*"msg":"pass ended"/);
    expect((await reconcile({ traceparent })).status).toBe(202);
    await run.saw(/("msg":"pass ended"[^]*){3}/);
    expect((await reconcile({ traceparent: 'anything' })).status).toBe(202);
    await run.saw(/("msg":"pass ended"[^]*){4}/);
    await logOf(run);
    const requested = passesIn(traces.spans()).slice(2);
    expect(requested.map(({ attributes }) => attributes['holdfast.trigger'])).toEqual([
      'request',
      'request',
    ]);
    expect(requested[0]).toMatchObject({ traceId: trace.id, parentSpanId: trace.span, links: [] });
    expect(requested[1]?.traceId).not.toBe(trace.id);
    expect(requested[1]?.parentSpanId ?? '').toBe('');
  });
});

describe('a command that ends', () => {
  const commands = [['plan'], ['drift'], ['ci', 'plan'], ['apply', '--yes']];

  test.each(commands)('%s %s continues the trace of its environment', async (...command) => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    const env = { ...traces.env, TRACEPARENT: traceparent };
    await here.run([...command, '--simulate'], env);
    const spans = traces.spans();
    expect(passesIn(spans)).toMatchObject([{ traceId: trace.id, parentSpanId: trace.span }]);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([trace.id]));
  });

  test('a trace that is not recorded by who began it is not recorded here', async () => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    const env = { ...traces.env, TRACEPARENT: `00-${trace.id}-${trace.span}-00` };
    expect(await here.run(['plan', '--simulate'], env)).toMatchObject({ code: 2, stderr: '' });
    expect(traces.seen).toEqual([]);
    await here.run(['plan', '--simulate'], { ...env, OTEL_TRACES_SAMPLER: 'always_on' });
    expect(traces.spans()).not.toEqual([]);
  });

  test('a plan against a snapshot has the phases too', async () => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    await here.run(['snapshot', '--simulate', '--out', 'team.json'], traces.env);
    expect(traces.seen).toEqual([]);
    await here.run(['plan', '--from', 'team.json'], traces.env);
    expect(treeOf(traces.spans())).toEqual(['SYNC default', '  observe', '  plan', '  guard']);
  });
});

describe('variables', () => {
  test('the name, the attributes, the headers, and the path', async () => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    await here.run(['plan', '--simulate'], {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${traces.url}/my/traces`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
      OTEL_SERVICE_NAME: 'gpu-team',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod,service.name=other',
    });
    expect(traces.seen).toMatchObject([{ url: '/my/traces', headers: { 'x-key': 'a b' } }]);
    expect(traces.spans()[0]?.resource).toMatchObject({
      'service.name': 'gpu-team',
      'deployment.environment.name': 'prod',
    });
  });

  test('Protocol Buffers are the default', async () => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    await here.run(['plan', '--simulate'], { OTEL_EXPORTER_OTLP_ENDPOINT: traces.url });
    const [request] = traces.seen;
    expect(request).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf' },
    });
    expect(request?.body).toContain('SYNC default');
    expect(request?.body).toContain('cicd.pipeline.action.name');
  });

  test('what cannot be used is a warning, and the command does its work', async () => {
    await using here = await withTeam(network('n'));
    await using traces = await receiveTraces();
    const env = { ...traces.env, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const ended = await here.run(['plan', '--simulate'], env);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(
      'OTEL_EXPORTER_OTLP_PROTOCOL is not one of http/protobuf, http/json; no traces are exported',
    );
    const late = await here.run(['plan', '--simulate'], {
      ...traces.env,
      OTEL_EXPORTER_OTLP_TIMEOUT: '-1',
    });
    expect(late.stderr).toContain('OTEL_EXPORTER_OTLP_TIMEOUT is invalid');
    expect(traces.seen).toHaveLength(1);
  });
});

describe('without a receiver nothing of the SDK is loaded', () => {
  /** The names of the program's files that a command loads. */
  async function loaded(here: Place, env: Env): Promise<readonly string[]> {
    const directory = join(here.path, 'loaded');
    await mkdir(directory, { recursive: true });
    await here.run(['plan', '--simulate'], { ...env, NODE_V8_COVERAGE: directory });
    const names = await Promise.all(
      (await readdir(directory)).map(async (file) => {
        const text = await readFile(join(directory, file), 'utf8');
        const { result } = JSON.parse(text) as { result: readonly { url: string }[] };
        return result.map(({ url }) => url).filter((url) => url.includes('/dist/'));
      }),
    );
    return names.flat().map((url) => url.replace(/^.*\/dist\//, ''));
  }

  test.each<[string, Env, boolean]>([
    ['no variable', {}, false],
    ['an empty variable', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [
      'the SDK disabled',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:1', OTEL_SDK_DISABLED: 'true' },
      false,
    ],
    ['a receiver', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:1' }, true],
  ])('%s', async (_, env, isLoaded) => {
    await using here = await withTeam(network('n'));
    const names = await loaded(here, env);
    expect(names).toContain('planTeam.js');
    expect(names.includes('openTelemetry.js')).toBe(isLoaded);
  });
});

describe('a receiver that fails changes nothing else', () => {
  /** Longer than a test may take: what waits for the exporter fails. */
  const patient = { OTEL_EXPORTER_OTLP_TIMEOUT: '600000' };
  const hanging = () => receiveTraces(() => () => undefined);
  const failing = () => receiveTraces(() => ({ status: 500, text: 'no' }));
  /** A receiver that has ended, so nobody listens at its address. */
  const gone = async () => {
    const traces = await receiveTraces();
    await traces[Symbol.asyncDispose]();
    return { ...traces, async [Symbol.asyncDispose]() {} };
  };

  test.each([
    ['hangs', hanging, 'the receiver did not accept them within 2 s'],
    ['answers 500', failing, 'the receiver answered 500'],
    ['cannot be reached', gone, 'the receiver did not accept them within 2 s'],
  ])('it %s', async (_, receiver, reason) => {
    await using traces = await receiver();
    const env = { ...traces.env, ...patient };
    await using here = await withTeam(network('n'));
    const commands = [
      ['plan', '--simulate'],
      ['apply', '--simulate', '--yes'],
    ];
    await using other = await withTeam(network('n'));
    for (const command of commands) {
      const expected = await other.run(command);
      const ended = await here.run(command, env);
      expect([ended.code, ended.stdout]).toEqual([expected.code, expected.stdout]);
      expect(ended.stderr.match(/traces cannot be exported/g), ended.stderr).toHaveLength(1);
      expect(ended.stderr).toContain(reason);
    }
  });

  test('an error of the command is printed, and is its exit code', async () => {
    await using traces = await hanging();
    await using here = await withTeam(network('n'));
    await using api = await serve(() => ({ status: 401, json: { code: 'NO', message: 'no' } }));
    const env = { ...traces.env, ...patient, ...envOf(api) };
    const ended = await here.run(['plan'], env);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/answered 401/);
  });

  test('a daemon logs each change of state once, and stops', async () => {
    let reply: 'no' | 'yes' | 'never' = 'no';
    await using traces = await receiveTraces(() =>
      reply === 'never' ? () => undefined : { status: reply === 'no' ? 500 : 200, json: {} },
    );
    await using here = await place();
    await here.write({
      'config/holdfast.yaml': 'settings: { mode: enforce, schedule: "* * * * * *" }\n',
      'config/team.yaml': network('n'),
    });
    const { run } = await daemonIn(here, { ...traces.env, ...patient }, ['--simulate']);
    await traces.arrived(2);
    reply = 'yes';
    await run.saw(/traces are exported again/);
    reply = 'never';
    await traces.arrived(traces.seen.length + 1);
    const log = await logOf(run);
    const changes = log.filter(({ msg }) => String(msg).startsWith('traces '));
    expect(changes.map(({ msg, reason }) => [msg, reason])).toEqual([
      ['traces cannot be exported', 'the receiver answered 500'],
      ['traces are exported again', undefined],
      ['traces cannot be exported', 'the receiver did not accept them within 2 s'],
    ]);
    const ends = log.filter(({ msg }) => msg === 'pass ended');
    expect(ends.length).toBeGreaterThan(5);
    expect(ends.every(({ complete }) => complete === true)).toBe(true);
  });
});
