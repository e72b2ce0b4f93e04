import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { query } from '../postgres/support.ts';
import { startPostgres, whyNoPostgres } from '../support/postgresServer.ts';
import { place, type Place, type Running } from './holdfast.ts';

const noPostgres = whyNoPostgres();
if (noPostgres !== undefined) process.stderr.write(`SKIPPED: deployed replicas: ${noPostgres}\n`);

/** A command with its variables, and the files that must be there, as a manifest has them. */
interface Manifest {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** The paths of a manifest, below a directory of the test. */
const below = (directory: string, text: string, paths: readonly string[]): string =>
  text.replaceAll(new RegExp(paths.join('|'), 'g'), (path) => join(directory, path));

/** What a GET request answers. */
async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

const token = '0123456789abcdef0123456789abcdef';

/** Starts the program as a manifest says, with its paths below a directory of the test. */
async function startAs(
  here: Place,
  { args, env, files }: Manifest,
  { paths, directory, api }: { readonly paths: readonly string[]; directory: string; api: string },
): Promise<Running> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return here.start(
    args.map((arg) => below(directory, arg, paths)),
    {
      PAPERSPACE_API_URL: `${api}/v1`,
      ...Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, below(directory, value, paths)]),
      ),
    },
  );
}

/** Runs the program as a manifest says until a pass has ended, and then checks it. */
async function runAs(
  manifest: Manifest,
  paths: readonly string[],
  check: (url: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-deployed-'));
  try {
    await using simulator = await startSimulator();
    await using here = await place();
    const daemon = await startAs(here, manifest, { paths, directory, api: simulator.url });
    const [, url = ''] = await daemon.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
    await daemon.saw(/"msg":"pass ended"/);
    await check(url);
    expect(simulator.world.machines.size).toBe(0);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toMatchObject({ code: 0 });
    expect(await readdir(here.path), 'nothing is written to the working directory').toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** What the overlays patch of a container. */
interface Patch {
  readonly env: readonly EnvEntry[];
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}

interface Container extends Patch {
  readonly args: readonly string[];
  readonly livenessProbe: { readonly httpGet: { readonly path: string } };
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

interface Deployment<InIt> {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly [InIt] } };
  };
}

const kustomize = 'deploy/kustomize';
const yamlOf = async (file: string): Promise<unknown> => parse(await readFile(file, 'utf8'));

const deploymentOf = async <InIt>(file: string) => {
  const { replicas, template } = ((await yamlOf(file)) as Deployment<InIt>).spec;
  return { replicas, container: template.spec.containers[0] };
};

/** The program as the base of the kustomizations runs it in the image. `secrets`: by name and key. */
async function inPod(
  patch: Patch,
  secrets: Readonly<Record<string, string>>,
): Promise<{ manifest: Manifest; paths: readonly string[]; container: Container }> {
  const { container } = await deploymentOf<Container>(`${kustomize}/base/deployment.yaml`);
  const image = [
    ...(await readFile('Dockerfile', 'utf8')).matchAll(/^\s+(?:ENV )?(HOLDFAST_\w+)=(\S+)/gm),
  ].map(([, name = '', value = '']) => [name, value]);
  expect(image).not.toEqual([]);
  const valueOf = ({ value, valueFrom }: EnvEntry): string | undefined =>
    valueFrom ? secrets[`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : value;
  const env = Object.fromEntries([
    ...image,
    ...[...container.env, ...patch.env].map((entry) => [entry.name, valueOf(entry)]),
  ]) as Readonly<Record<string, string>>;
  const files = {
    '/config/holdfast.yaml': await readFile(`${kustomize}/base/config/holdfast.yaml`, 'utf8'),
    '/config/team.yaml': 'machines: {}\n',
    '/run/secrets/holdfast/api-key': 'k\n',
    '/data/present': '',
    '/tmp/present': '',
  };
  const listen = env['HOLDFAST_SERVER_LISTEN']?.replace(/:\d+$/, ':0') ?? '';
  return {
    manifest: { args: container.args, env: { ...env, HOLDFAST_SERVER_LISTEN: listen }, files },
    paths: [...container.volumeMounts, ...patch.volumeMounts].map(({ mountPath }) => mountPath),
    container,
  };
}

const authorization = `Bearer ${token}`;

test('the program runs as the Deployment says, on its probes and its metrics', async () => {
  const monitor = (await yamlOf(
    `${kustomize}/components/prometheus-operator/service-monitor.yaml`,
  )) as { readonly spec: { readonly endpoints: readonly { readonly path: string }[] } };
  const unchanged = { env: [], volumeMounts: [] };
  const { manifest, paths, container } = await inPod(unchanged, { 'holdfast/token': token });
  await runAs(manifest, paths, async (url) => {
    expect(url).toContain('0.0.0.0');
    const { livenessProbe, readinessProbe } = container;
    for (const { httpGet } of [livenessProbe, readinessProbe])
      expect((await get(url + httpGet.path)).status).toBe(200);
    for (const { path } of monitor.spec.endpoints)
      expect(await get(url + path)).toMatchObject({
        status: 200,
        text: expect.stringContaining('holdfast_config_valid 1') as string,
      });
    expect((await get(`${url}/api/v1/status`)).status).toBe(401);
    const answer = await fetch(`${url}/api/v1/status`, {
      headers: { authorization },
    });
    expect(await answer.json()).toMatchObject({ mode: 'observe', configError: null });
  });
});

test.runIf(noPostgres === undefined)(
  'the replicas of the overlay for PostgreSQL all get ready, and answer for each other',
  async () => {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await startPostgres(['authentication_timeout=600']));
    const simulator = stack.use(await startSimulator());
    const here = stack.use(await place());
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-deployed-'));
    stack.defer(() => rm(directory, { recursive: true }));
    const password = 'not-in-the-address';
    await query(database.url, `create role holdfast login password '${password}'`);
    await query(database.url, 'create database holdfast owner holdfast');
    await database.write('pg_hba.conf', 'host all all 127.0.0.1/32 scram-sha-256\n');
    await database.control('reload');
    const url = `postgres://holdfast@127.0.0.1:${database.port}/holdfast`;
    // A connection that was not let in must not keep a program from ending.
    expect(
      await here.run(['apply', '--yes', '--config', resolve(kustomize, 'base/config')], {
        HOLDFAST_STORE: url,
        PAPERSPACE_API_KEY: 'k',
      }),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/password.*; check the user in settings\.store/) as unknown,
    });
    const overlay = await deploymentOf<Patch>(`${kustomize}/overlays/postgresql/replicas.yaml`);
    const { manifest, paths, container } = await inPod(overlay.container, {
      'holdfast/token': token,
      'holdfast-postgresql/url': url,
      'holdfast-postgresql/password': password,
    });
    const replicas = await Promise.all(
      Array.from({ length: overlay.replicas }, async (_, number) => {
        const own = { paths, directory: join(directory, String(number)), api: simulator.url };
        const daemon = await startAs(here, manifest, own);
        const [, address = ''] = await daemon.saw(/"url":"(http:[^"]+)","msg":"serving;/);
        return { daemon, address };
      }),
    );
    for (const { address } of replicas)
      await expect
        .poll(() => get(address + container.readinessProbe.httpGet.path))
        .toMatchObject({ status: 200 });
    const statuses = await Promise.all(
      replicas.map(async ({ address }) => {
        const answer = await fetch(`${address}/api/v1/status`, { headers: { authorization } });
        return (await answer.json()) as { readonly lastPass: { readonly pass: string } };
      }),
    );
    expect(statuses).toEqual(Array.from(replicas, () => ({ ...statuses[0], writer: true })));
    expect(statuses[0]?.lastPass.pass).toMatch(/^\w{26}$/);
    for (const { daemon } of replicas) daemon.kill('SIGTERM');
    for (const { daemon } of replicas) expect(await daemon.ended).toMatchObject({ code: 0 });
    expect(await readdir(here.path), 'nothing is written to the working directory').toEqual([]);
  },
);

test('the program runs as the systemd unit says, with its credentials', async () => {
  const unit = await readFile('deploy/systemd/holdfast.service', 'utf8');
  const values = (name: string): readonly string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  const replaced = (text: string): string =>
    text.replaceAll('%d', '/run/credentials/holdfast.service').replaceAll('%S', '/var/lib');
  const env = Object.fromEntries(
    values('Environment').map((text) =>
      replaced(text.replace(/^"(.*)"$/, '$1')).split(/=(.*)/s, 2),
    ),
  ) as Readonly<Record<string, string>>;
  const credentials = Object.fromEntries(
    values('LoadCredential').map((text) => {
      const [name = ''] = text.split(':');
      return [`/run/credentials/holdfast.service/${name}`, name === 'token' ? token : 'k'];
    }),
  );
  const [, args = ''] = /^holdfast (.*)$/.exec(values('ExecStart').join('\n')) ?? [];
  const files = { ...credentials, '/etc/holdfast/config/team.yaml': 'machines: {}\n' };
  const paths = ['/run/credentials/holdfast.service', '/var/lib/holdfast', '/etc/holdfast/config'];
  await runAs({ args: args.split(' '), env, files }, paths, async (url) => {
    expect((await get(`${url}/readyz`)).status).toBe(200);
    const requested = await fetch(`${url}/api/v1/reconcile`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(requested.status).toBe(202);
  });
});
