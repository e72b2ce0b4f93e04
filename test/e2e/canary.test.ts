import { chmod, readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { serve, type Reply, type Seen, type TestServer } from '../support/server.ts';
import { receiveMail } from '../support/smtp.ts';
import { receiveTraces, type TraceReceiver } from '../support/traces.ts';
import { place, type Ended, type Place } from './holdfast.ts';

/** Every secret, each a text that occurs nowhere else, with characters that each encoding writes differently. */
const secrets = {
  key: 'pskey-canary/9f+1=K',
  token: 'canary/token+2="T é',
  team: 'canary/team+3="S é',
  project: 'canary/project+4="P é',
  registry: 'canary/registry+5="R é',
  storage: 'canary/storage+6="W é',
  sops: 'canary/sops+7="O é',
  script: 'canary/script+8=\\E é',
  drive: 'canary/drive+9="D é',
  basicAuth: 'canary/basic+10="B é',
  provider: 'canary/provider+11="V é',
  vaultToken: 'canary/vault+12="H',
  hook: 'canary/hook+13="N é',
  hookKey: 'canary/hookkey+14="Q é',
  routingKey: 'canary/routing+15="J é',
  bearer: 'canary/bearer+16="Z',
  mail: 'canary/mail+17="Y é',
  collector: 'canary/collector+18="X',
} as const;

/** Every encoding in which a text may have been written. */
function formsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret);
  const base64 = (['base64', 'base64url'] as const).flatMap((form) =>
    [0, 1, 2].map((offset) =>
      Buffer.concat([Buffer.alloc(offset), bytes])
        .toString(form)
        .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)),
    ),
  );
  const texts = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
    bytes.toString('hex'),
    ...base64,
  ];
  return texts.map((text) => Buffer.from(text));
}

const forms = Object.entries(secrets).map(([name, secret]) => ({ name, forms: formsOf(secret) }));

/** The secrets in some bytes. */
const leaksIn = (where: string, bytes: Uint8Array): readonly string[] =>
  forms
    .filter(({ forms: of }) => of.some((form) => Buffer.from(bytes).includes(form)))
    .map(({ name }) => `${name} in ${where}`);

const config = {
  'config/holdfast.yaml': `settings:
  mode: enforce
  schedule: "* * * * * *"
  server: { token: { env: HOLDFAST_TOKEN } }
  reports: { directory: ./.holdfast/reports, formats: [json, text, markdown, html], keep: 100 }
  secrets:
    providers:
      tool: { exec: [tool, "{key}"] }
      vault: { vault: "http://localhost:9", auth: { tokenFile: vault.txt } }
`,
  'config/team.yaml': `
privateNetworks: { n: { region: ny2 } }
teamSecrets:
  TEAM: { value: { env: TEAM } }
  SOPS: { value: { sops: secret.enc, key: a.b } }
  TOOL: { value: { from: tool, key: good } }
projects: { p: { secrets: { P: { file: project.txt } } } }
containerRegistries:
  r: { kind: ghcr, namespace: n, url: "https://ghcr.io", username: u, password: { env: REGISTRY } }
storageProviders:
  s: { storageProviderType: s3, s3Config: { bucket: example, accessKey: AKIA, secretAccessKey: { file: storage.txt } } }
startupScripts: { init: { script: { file: init.sh } } }
sharedDrives: { d: { size: 100, region: ny2, network: n } }
`,
  'config/project.txt': secrets.project,
  'config/storage.txt': secrets.storage,
  'config/secret.enc': 'encrypted',
  'config/init.sh': `#!/bin/sh\nexport TOKEN='${secrets.script}'\n`,
  'key.txt': `${secrets.key}\n`,
  'vault.txt': `${secrets.vaultToken}\n`,
};

/** Files that are supposed to hold secrets. */
const inputs = new Set(Object.keys(config));

type Mood = 'plain' | 'echo';

/**
 * A simulator behind a proxy that leaks secrets: always in its responses, and also in its errors if `mood` is `echo`.
 */
async function carelessApi(simulator: Simulator, mood: { now: Mood }): Promise<TestServer> {
  const answer = async (request: Seen, response: ServerResponse): Promise<void> => {
    const { status, body } = await relayed(simulator, request, mood.now);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
  return serve((request) => (response) => void answer(request, response));
}

/** A receiver of traces that accepts them, or refuses them and repeats its key. */
const receiverAnswer =
  (now: Mood): Reply =>
  (response) => {
    if (now === 'plain') response.end('{}');
    else response.writeHead(500, secrets.collector).end(JSON.stringify(secrets));
  };

/** A Vault that refuses everything, and repeats the token and a secret in its responses. */
const echoingVault = (): Promise<TestServer> =>
  serve(({ url, headers }) => (response) => {
    const text = `${String(headers['x-vault-token'])} ${secrets.provider}`;
    response
      .writeHead(url.includes('shapeless') ? 200 : 403)
      .end(JSON.stringify({ errors: [text] }));
  });

async function relayed(
  simulator: Simulator,
  { method, url, headers, body }: Seen,
  mood: Mood,
): Promise<{ status: number; body: string }> {
  if (mood === 'echo' && (method !== 'GET' || url.includes('projects'))) {
    const said = [headers.authorization ?? '', body];
    const message = [...said, ...said.map((part) => Buffer.from(part).toString('base64'))].join(
      ' ',
    );
    return { status: 400, body: JSON.stringify({ code: 'BAD', message, details: body }) };
  }
  const answer = await fetch(simulator.url + url, {
    method,
    headers: {
      authorization: headers.authorization ?? '',
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body }),
  });
  const text = await answer.text();
  const json: unknown = text === '' ? null : JSON.parse(text);
  const careless = url.includes('shared-drives') || url.includes('registries');
  return { status: answer.status, body: careless ? JSON.stringify(withSecrets(json)) : text };
}

/** The items of a response, with the secrets that the real API may show, and more. */
function withSecrets(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withSecrets);
  if (typeof json !== 'object' || json === null) return json;
  const inner = Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, withSecrets(value)]),
  );
  return 'id' in inner
    ? {
        ...inner,
        password: secrets.drive,
        dockerPassword: secrets.registry,
        basicAuthKey: secrets.basicAuth,
      }
    : inner;
}

let here: Place;
let simulator: Simulator;
let api: TestServer;
let vault: TestServer;
let traces: TraceReceiver;
const mood: { now: Mood } = { now: 'plain' };
const found: string[] = [];
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  here = await place();
  simulator = await startSimulator({ key: secrets.key });
  api = await carelessApi(simulator, mood);
  await here.write({
    ...config,
    'bin/sops': `#!/bin/sh\nprintf %s '${secrets.sops}'\n`,
  });
  // Programs that also print the secret where it does not belong, and fail for the key `bad`.
  const tool = `#!/bin/sh\nprintf %s '${secrets.provider}' | tee /dev/stderr\n[ "$1" = good ]\n`;
  await here.write({ 'bin/tool': tool });
  await chmod(join(here.path, 'bin/tool'), 0o755);
  inputs.add('bin/tool');
  vault = await echoingVault();
  traces = await receiveTraces(() => receiverAnswer(mood.now));
  await here.write({
    'config/holdfast.yaml': config['config/holdfast.yaml'].replace('http://localhost:9', vault.url),
  });
  inputs.add('bin/sops');
  await chmod(join(here.path, 'bin/sops'), 0o755);
  env = {
    PATH: `${join(here.path, 'bin')}:${process.env['PATH']}`,
    PAPERSPACE_API_URL: `${api.url}/v1`,
    PAPERSPACE_API_KEY: secrets.key,
    HOLDFAST_TOKEN: secrets.token,
    TEAM: secrets.team,
    REGISTRY: secrets.registry,
    ...traces.env,
    OTEL_EXPORTER_OTLP_HEADERS: `x-key=${encodeURIComponent(secrets.collector)}`,
  };
});

beforeEach(() => void found.splice(0));

afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
  await traces[Symbol.asyncDispose]();
  await simulator[Symbol.asyncDispose]();
});

const look = (command: string, { stdout, stderr }: Ended): void => {
  found.push(...leaksIn(`${command}: stdout`, Buffer.from(stdout)));
  found.push(...leaksIn(`${command}: stderr`, Buffer.from(stderr)));
};

async function run(
  args: readonly string[],
  over: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = await here.run([...args, '--log-level', 'trace'], { ...env, ...over });
  look(args.join(' '), ended);
  return ended;
}

/** The content of the files that Holdfast wrote, the exported traces, and the command lines of all processes. */
async function lookAround(when: string): Promise<void> {
  for (const entry of await readdir(here.path, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(here.path.length + 1);
    if (entry.isFile() && !inputs.has(name))
      found.push(...leaksIn(`${when}: ${name}`, await readFile(path)));
  }
  expect(traces.seen.some(({ headers }) => headers['x-key'] === secrets.collector)).toBe(true);
  for (const { url, body } of traces.seen)
    found.push(...leaksIn(`${when}: traces`, Buffer.from(`${url} ${body}`)));
  for (const pid of await readdir('/proc'))
    if (/^\d+$/.test(pid)) {
      const line = await readFile(`/proc/${pid}/cmdline`).catch(() => Buffer.alloc(0));
      found.push(...leaksIn(`${when}: the command line of ${pid}`, line));
    }
}

test('every command, in every format, without failures', async () => {
  for (const format of ['text', 'json', 'sarif', 'github'])
    for (const more of [[], ['--secrets']]) await run(['validate', '--format', format, ...more]);
  for (const format of ['text', 'json', 'markdown', 'html'])
    await run(['plan', '--format', format, '--out', `${format}.plan`]);
  expect(await run(['apply', '--yes', '--format', 'json'])).toMatchObject({ code: 0 });
  for (const command of [
    'apply --yes',
    'plan',
    'drift',
    'drift --format json',
    'status',
    'status --format json',
  ])
    await run(command.split(' '));
  await run(['doctor']);
  await run(['schema']);
  await run(['schema', 'settings']);
  expect(await run(['import', '--out', 'imported'])).toMatchObject({ code: 0 });
  const { PAPERSPACE_API_KEY: _, ...others } = env;
  const byFile = await here.run(['plan', '--log-level', 'trace'], {
    ...others,
    PAPERSPACE_API_KEY_FILE: 'key.txt',
  });
  look('plan with a key file', byFile);
  expect(byFile.code).toBe(0);
  await lookAround('all went well');
  expect(found).toEqual([]);
}, 300_000);

test('the daemon and its server', async () => {
  const daemon = here.start(['run', '--log-level', 'trace'], {
    ...env,
    HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
  });
  const [, url = ''] = await daemon.saw(/(http:\/\/127\.0\.0\.1:[1-9]\d*)/);
  await daemon.saw(/in sync/i);
  const { items } = (await (await fetch(`${url}/api/v1/passes`)).json()) as {
    items: { pass: string }[];
  };
  for (const path of [
    '/',
    '/healthz',
    '/readyz',
    '/metrics',
    '/api/v1/status',
    '/api/v1/passes',
    `/api/v1/passes/${items[0]?.pass}`,
    '/nowhere',
  ])
    found.push(...leaksIn(path, Buffer.from(await (await fetch(url + path)).arrayBuffer())));
  await lookAround('the daemon runs');
  daemon.kill('SIGTERM');
  look('run', await daemon.ended);
  await lookAround('the daemon ran');
  expect(found).toEqual([]);
}, 120_000);

test('every command, with failures', async () => {
  for (const command of ['plan', 'doctor', 'apply --yes', 'import --out other'])
    await run(command.split(' '), { PAPERSPACE_API_KEY: `${secrets.key}x` });
  await run(['plan'], { PAPERSPACE_API_KEY: `${secrets.key}\nx` });
  await run(['plan'], {
    PAPERSPACE_API_URL: `http://u:${encodeURIComponent(secrets.key)}@127.0.0.1:1/v1`,
  });
  mood.now = 'echo';
  const changed = `${config['config/team.yaml']}\nmodels: { m: {} }`
    .replace('TEAM: {', 'TEAM2: {')
    .replace('SOPS: {', 'SOPS2: {')
    .replace(' r: {', ' r2: {')
    .replace(' s: { st', ' s2: { st')
    .replace('init: {', 'init2: {');
  await here.write({ 'config/team.yaml': changed });
  for (const command of [
    'plan',
    'apply --yes',
    'apply --yes --format json',
    'doctor',
    'import --out third',
    'status',
  ])
    await run(command.split(' '));
  const spoilt = [
    `teamSecrets: { T: { value: '${secrets.team}' } }`,
    `teamSecrets: { T: { value: "${secrets.team} } }`,
    `teamSecrets: { T: { value: ${secrets.sops}: ${secrets.sops} } }`,
    `teamSecrets: { T: { value: { env: '${secrets.team}' } } }`,
    `teamSecrets: { T: { value: { sops: secret.enc, key: ['${secrets.sops}'] } } }`,
    `containerRegistries: { r: { password: ['${secrets.registry}'] } }`,
    `startupScripts: { s: { script: ['${secrets.script}'] } }`,
  ];
  for (const text of spoilt) {
    await here.write({ 'config/team.yaml': text });
    for (const format of ['text', 'json', 'sarif', 'github'])
      await run(['validate', '--format', format]);
  }
  inputs.add('config/team.yaml');
  await lookAround('things went wrong');
  expect(found).toEqual([]);
}, 300_000);

test('secrets that providers refuse, and print anyway', async () => {
  mood.now = 'plain';
  const bad = [
    'BAD: { value: { from: tool, key: bad } }',
    'DENIED: { value: { from: vault, key: "a/b#c" } }',
    'SHAPELESS: { value: { from: vault, key: "shapeless#c" } }',
  ];
  await here.write({ 'config/team.yaml': `teamSecrets: { ${bad.join(', ')} }\n` });
  for (const command of ['plan', 'plan --format json', 'apply --yes', 'status', 'doctor'])
    await run(command.split(' '));
  const told = await run(['validate', '--secrets']);
  expect(told.stdout).toContain('bad: the provider tool: tool failed (exit code 1)');
  expect(told.stdout).toContain('the provider vault does not let its token read that (403)');
  expect(told.stdout).toContain('the provider vault did not answer with a secret of version 2');
  await lookAround('providers refused');
  expect(found).toEqual([]);
}, 300_000);

/** Settings with every sink. */
const everySink = (receiver: string): string => `settings:
  mode: observe
  schedule: "* * * * * *"
  notify:
    - { slack: { env: HOOK }, settle: 1 }
    - { teams: { env: HOOK }, settle: 1 }
    - { discord: { env: HOOK }, settle: 1 }
    - { email: { to: [a@example.com], from: b@example.com, smtp: { env: MAIL } }, settle: 1 }
    - { pagerduty: { routingKey: { env: ROUTING }, url: "${receiver}" }, settle: 1 }
    - { alertmanager: { url: { env: HOOK }, auth: { env: BEARER } }, settle: 1 }
    - { webhook: { url: { env: HOOK }, secret: { env: HOOK_KEY } }, settle: 1 }
`;

test('notifications, to receivers that accept and refuse, and repeat what they get', async () => {
  let status = 200;
  await using receiver = await serve(({ url, headers, body }) => ({
    status,
    headers: { 'x-echo': encodeURIComponent(url) },
    text: `${url} ${JSON.stringify(headers)} ${body} ${secrets.hook}`,
  }));
  await using mails = await receiveMail((command) =>
    status === 200 ? undefined : command.startsWith('AUTH') ? `535 ${secrets.mail}` : undefined,
  );
  const hooks = {
    HOOK: `${receiver.url}/${encodeURIComponent(secrets.hook)}`,
    HOOK_KEY: secrets.hookKey,
    ROUTING: secrets.routingKey,
    BEARER: secrets.bearer,
    MAIL: `smtp://user:${encodeURIComponent(secrets.mail)}@127.0.0.1:${mails.port}`,
  };
  await here.write({
    'config/holdfast.yaml': everySink(receiver.url),
    'config/team.yaml': 'privateNetworks: { n: { region: ny2 } }\n',
  });
  for (const [answer, code] of [
    [200, 0],
    [500, 1],
  ] as const) {
    status = answer;
    for (const command of ['notify test', 'notify test --format json'])
      expect(await run(command.split(' '), hooks)).toMatchObject({ code });
    await run(['validate', '--secrets'], hooks);
    await run(['doctor'], hooks);
  }
  expect(receiver.seen.some(({ url }) => url.includes('canary'))).toBe(true);
  expect(mails.mails).toHaveLength(2);
  const daemon = here.start(['run', '--log-level', 'trace'], {
    ...env,
    ...hooks,
    HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
  });
  const [, url = ''] = await daemon.saw(/(http:\/\/127\.0\.0\.1:[1-9]\d*)/);
  await daemon.saw(/"msg":"pass ended"/);
  await here.write({ 'config/team.yaml': 'privateNetworks: { n2: { region: ny2 } }\n' });
  for (const sink of ['slack', 'teams', 'discord', 'email', 'pagerduty', 'alertmanager', 'webhook'])
    await daemon.saw(new RegExp(`"sink":"${sink}-.*notification not delivered; trying again`));
  for (const path of ['/', '/metrics', '/api/v1/status'])
    found.push(...leaksIn(path, Buffer.from(await (await fetch(url + path)).arrayBuffer())));
  daemon.kill('SIGTERM');
  look('run with notifications', await daemon.ended);
  await lookAround('notifications were sent');
  expect(found).toEqual([]);
}, 300_000);

test('the search finds a secret in every encoding', () => {
  for (const { name, forms: of } of forms)
    for (const form of of)
      expect(
        leaksIn('here', Buffer.concat([Buffer.from('before'), form, Buffer.from('after')])),
      ).toContain(`${name} in here`);
});
