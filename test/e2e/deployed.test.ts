import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { place } from './holdfast.ts';

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

/** Runs the program as a manifest says, with its paths below a directory of the test. */
async function runAs(
  { args, env, files }: Manifest,
  paths: readonly string[],
  check: (url: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-deployed-'));
  try {
    await using simulator = await startSimulator();
    await using here = await place();
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const daemon = here.start(
      args.map((arg) => below(directory, arg, paths)),
      {
        PAPERSPACE_API_URL: `${simulator.url}/v1`,
        ...Object.fromEntries(
          Object.entries(env).map(([name, value]) => [name, below(directory, value, paths)]),
        ),
      },
    );
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
  readonly valueFrom?: unknown;
}

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          {
            readonly args: readonly string[];
            readonly env: readonly EnvEntry[];
            readonly livenessProbe: { readonly httpGet: { readonly path: string } };
            readonly readinessProbe: { readonly httpGet: { readonly path: string } };
            readonly volumeMounts: readonly { readonly mountPath: string }[];
          },
        ];
      };
    };
  };
}

const kustomize = 'deploy/kustomize';
const yamlOf = async (file: string): Promise<unknown> => parse(await readFile(file, 'utf8'));

test('the program runs as the Deployment says, on its probes and its metrics', async () => {
  const deployment = (await yamlOf(`${kustomize}/base/deployment.yaml`)) as Deployment;
  const monitor = (await yamlOf(
    `${kustomize}/components/prometheus-operator/service-monitor.yaml`,
  )) as { readonly spec: { readonly endpoints: readonly { readonly path: string }[] } };
  const [container] = deployment.spec.template.spec.containers;
  const image = [
    ...(await readFile('Dockerfile', 'utf8')).matchAll(/^\s+(?:ENV )?(HOLDFAST_\w+)=(\S+)/gm),
  ].map(([, name = '', value = '']) => [name, value]);
  expect(image).not.toEqual([]);
  const env = Object.fromEntries([
    ...image,
    ...container.env.map(({ name, value, valueFrom }) => [name, valueFrom ? token : value]),
  ]) as Readonly<Record<string, string>>;
  const paths = container.volumeMounts.map(({ mountPath }) => mountPath);
  const listen = env['HOLDFAST_SERVER_LISTEN']?.replace(/:\d+$/, ':0') ?? '';
  const files = {
    '/config/holdfast.yaml': await readFile(`${kustomize}/base/config/holdfast.yaml`, 'utf8'),
    '/config/team.yaml': 'machines: {}\n',
    '/run/secrets/holdfast/api-key': 'k\n',
    '/data/present': '',
    '/tmp/present': '',
  };
  await runAs(
    { args: container.args, env: { ...env, HOLDFAST_SERVER_LISTEN: listen }, files },
    paths,
    async (url) => {
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
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await answer.json()).toMatchObject({ mode: 'observe', configError: null });
    },
  );
});

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
      headers: { authorization: `Bearer ${token}` },
    });
    expect(requested.status).toBe(202);
  });
});
