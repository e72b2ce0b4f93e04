import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { keyOf, hasHelm, hasKustomize, kustomize, helm } from '../deploy/render.ts';
import { launch, place } from './holdfast.ts';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const page = await readFile(join(root, 'docs/install.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
}

const blocksIn = (text: string): readonly Block[] =>
  [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));

/** The commands of a section, each with its continued lines. */
const commandsOf = (title: string): readonly string[] => {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
  const commands = blocksIn(section)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) =>
      text
        .replaceAll(/\\\n\s*/g, '')
        .trim()
        .split('\n'),
    );
  expect(commands, title).not.toEqual([]);
  return commands;
};

/** A checkout with the files of the page, as a reader has it. */
let checkout = '';
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'holdfast-install-'));
  await execute('cp', ['-r', join(root, 'deploy'), checkout]);
  for (const { text } of blocksIn(page)) {
    const [, file] = /^# (\S+)\n/.exec(text) ?? [];
    if (file === undefined) continue;
    await mkdir(dirname(join(checkout, file)), { recursive: true });
    await writeFile(join(checkout, file), text);
  }
  await mkdir(join(checkout, 'build'));
  await execute('npm', ['pack', '--pack-destination', join(checkout, 'build'), inject('build')]);
});
afterAll(() => rm(checkout, { recursive: true }));

/** Runs commands of the page in the checkout, with a simulated team. The package is already made. */
async function shell(commands: readonly string[], env: Readonly<Record<string, string>> = {}) {
  await using simulator = await startSimulator();
  const prefix = join(checkout, 'prefix');
  const text = commands
    .filter((command) => command !== 'npm ci && npm run package')
    .join('\n')
    .replaceAll('sudo ', '')
    .replaceAll('/etc/', `${checkout}/etc/`);
  const { stdout } = await execute('bash', ['--norc', '-euo', 'pipefail', '-c', text], {
    cwd: checkout,
    env: {
      HOME: checkout,
      PATH: [join(prefix, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
      npm_config_prefix: prefix,
      npm_config_offline: 'true',
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      PAPERSPACE_API_KEY: 'k',
      ...env,
    },
  });
  return stdout;
}

test('the commands for npm work as written', async () => {
  const out = await shell(commandsOf('npm'));
  expect(out.match(/1 to create: 1 missing/g)).toHaveLength(2);
  expect(await stat(join(checkout, 'prefix/share/man/man1/holdfast.1'))).toBeDefined();
});

test('the commands for systemd make what the unit needs', async () => {
  const isService = /^(sudo )?(systemctl|journalctl|sh -c) /;
  const commands = commandsOf('systemd');
  expect(commands.filter((command) => isService.test(command))).toEqual([
    'sudo systemctl daemon-reload',
    'sudo systemctl enable --now holdfast',
    'journalctl --unit holdfast --follow',
    expect.stringContaining('holdfast reconcile --server http://127.0.0.1:8080 --wait'),
  ]);
  await mkdir(join(checkout, 'etc/systemd/system'), { recursive: true });
  await shell(commands.filter((command) => !isService.test(command)));
  const etc = join(checkout, 'etc');
  const unit = await readFile(join(etc, 'systemd/system/holdfast.service'), 'utf8');
  const credentials = [...unit.matchAll(/^LoadCredential=\S+:\/etc\/(\S+)$/gm)];
  expect(credentials).toHaveLength(2);
  for (const [, path = ''] of credentials) {
    const { mode, size } = await stat(join(etc, path));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeGreaterThan(0);
  }
  const [, config = ''] = /^ExecStart=holdfast run --config \/etc\/(\S+)$/m.exec(unit) ?? [];
  expect((await stat(join(etc, config, 'team.yaml'))).mode & 0o444).toBe(0o444);
  await using here = await place();
  expect(await here.run(['validate', '--config', join(etc, config)])).toMatchObject({ code: 0 });
});

/** A `docker run`: its variables and volumes, and the arguments of the program. */
interface DockerRun {
  readonly env: readonly string[];
  readonly volumes: readonly string[];
  readonly args: readonly string[];
}

const flags = new Set(['--rm', '--detach', '--read-only']);

function dockerRun(command: string): DockerRun {
  const words = command.split(/\s+/).slice(2);
  const values = new Map<string, string[]>();
  while (words[0]?.startsWith('--')) {
    const option = words.shift() ?? '';
    if (!flags.has(option))
      values.set(option, [...(values.get(option) ?? []), words.shift() ?? '']);
  }
  const [image, ...args] = words;
  expect(image).toBe('holdfast');
  return { env: values.get('--env') ?? [], volumes: values.get('--volume') ?? [], args };
}

test('the containers run the program as the image does', async () => {
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  const [, cmd = ''] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
  const runs = commandsOf('Container').filter((command) => command.startsWith('docker run'));
  expect(runs).toHaveLength(2);
  const results = runs.map(async (command) => {
    await using simulator = await startSimulator();
    await using here = await place();
    const { env, volumes, args } = dockerRun(command);
    const mounts = volumes.map((volume) => volume.split(':') as [string, string]);
    expect(mounts.map(([, target]) => target)).toEqual(['/config', '/data']);
    expect(dockerfile).toContain('\nVOLUME /data\n');
    const moved = (text: string): string => (text === '/config' ? join(checkout, 'team') : text);
    const given: Readonly<Record<string, string>> = {
      PAPERSPACE_API_KEY: 'k',
      HOLDFAST_TOKEN: '0123456789abcdef',
    };
    const daemon = here.start((args.length > 0 ? args : (parse(cmd) as string[])).map(moved), {
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      ...Object.fromEntries(
        env.map((text) => {
          const [name = '', value = given[name]] = text.split('=');
          return [name, value?.replace(/:8080$/, ':0')];
        }),
      ),
    });
    if (command.includes('--publish')) await daemon.saw(/"url":"http:\/\/0\.0\.0\.0:/);
    await daemon.saw(/1 to create: 1 missing/);
    daemon.kill('SIGTERM');
    await daemon.ended;
  });
  await Promise.all(results);
});

test('the paths that the page names in the image are in it', async () => {
  const named = [...page.matchAll(/`\/app\/(dist\/[\w.]+)`/g)].map(([, path = '']) => path);
  expect(named).toHaveLength(2);
  for (const path of named)
    expect((await stat(join(inject('build'), path))).size).toBeGreaterThan(0);
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^WORKDIR \/app$/m);
  const [, base = ''] = /^FROM (\S+)$/m.exec(dockerfile) ?? [];
  expect(page).toContain(`--build-context ${base}=docker-image://node@$digest`);
  expect(page).toContain(`imagetools inspect ${base} `);
});

describe('Kubernetes', () => {
  test.each([
    ['Kubernetes with Kustomize', 'base/deployment.yaml', ['api-key', 'token']],
    [
      'Kubernetes with several replicas',
      'overlays/postgresql/replicas.yaml',
      ['password', 'ca.crt', 'url'],
    ],
  ])('the Secret of %s has the keys that %s reads', async (title, file, expected) => {
    const [command = ''] = commandsOf(title).filter((text) => text.includes('create secret'));
    const [, name] = /create secret generic (\S+)/.exec(command) ?? [];
    const keys = [...command.matchAll(/--from-(?:file|literal)=([\w.-]+)=/g)].map(([, key]) => key);
    expect(keys).toEqual(expected);
    const deployment = await readFile(join(root, 'deploy/kustomize', file), 'utf8');
    expect(deployment).toContain(`secretName: ${name}\n`);
    for (const key of keys)
      expect([
        expect.stringContaining(`secretKeyRef: { name: ${name}, key: ${key}`),
        expect.stringContaining(`items: [{ key: ${key}, path: ${key} }]`),
      ]).toContainEqual(deployment);
  });

  test.runIf(hasKustomize)('the overlay of the page renders, with its config', async () => {
    const [, directory = ''] =
      /^kubectl apply --kustomize (\S+)$/m.exec(
        commandsOf('Kubernetes with Kustomize').join('\n'),
      ) ?? [];
    const objects = await kustomize(join(checkout, directory));
    expect(objects.map(keyOf)).toContain('PersistentVolumeClaim/holdfast-data');
    const config = objects.find(({ kind }) => kind === 'ConfigMap');
    expect(config).toMatchObject({
      metadata: { name: 'holdfast-config', namespace: 'holdfast' },
      data: { 'team.yaml': await readFile(join(checkout, 'team/team.yaml'), 'utf8') },
    });
    expect(JSON.stringify(objects)).toContain('"image":"registry.example.com/holdfast:0.1.0"');
  });

  test.runIf(hasKustomize)('the overlay for several replicas is there', async () => {
    const [, resource = ''] = /`resources: \[(\S+postgresql)\]`/.exec(page) ?? [];
    expect((await kustomize(join(checkout, resource))).map(keyOf)).toContain(
      'PodDisruptionBudget/holdfast',
    );
  });

  test.runIf(hasHelm).each([
    ['Helm', 'PersistentVolumeClaim/holdfast-data'],
    ['Kubernetes with several replicas', 'PodDisruptionBudget/holdfast'],
  ])('the release of %s renders, with its config', async (title, included) => {
    const [command = ''] = commandsOf(title).filter((text) => text.startsWith('helm install'));
    const args = command
      .replace('helm install holdfast deploy/helm/holdfast ', '')
      .replaceAll("'", '')
      .replaceAll('=team/', `=${checkout}/team/`)
      .split(/\s+/);
    const objects = await helm(...args);
    expect(objects.map(keyOf)).toContain(included);
    const config = objects.find(({ kind }) => kind === 'ConfigMap');
    expect(Object.keys(config?.['data'] ?? {}).toSorted()).toEqual(['holdfast.yaml', 'team.yaml']);
    expect(JSON.stringify(objects)).toContain('"image":"registry.example.com/holdfast:0.1.0"');
  });

  test('the command in a pod is one of the program', async () => {
    await using here = await place();
    const [, command = ''] =
      /exec deployment\/holdfast -- node bin\/holdfast\.js (.*)$/m.exec(
        commandsOf('Kubernetes with Kustomize').join('\n'),
      ) ?? [];
    const args = command.replace('/config', join(checkout, 'team')).split(' ');
    const { code, stdout } = await here.run(args);
    expect({ code, stdout }).toMatchObject({ code: 2 });
    expect(stdout).not.toBe('');
  });
});

test('the request of the page reaches a daemon', async () => {
  const [command = ''] = commandsOf('systemd').filter((text) => text.includes('reconcile'));
  await using here = await place();
  await here.write({
    'config/team.yaml': '{}\n',
    token: '0123456789abcdef\n',
    holdfast: `#!/bin/sh\nexec "${process.execPath}" "${inject('build')}/bin/holdfast.js" "$@"\n`,
  });
  await chmod(join(here.path, 'holdfast'), 0o755);
  const daemon = here.start(['run', '--simulate'], { HOLDFAST_TOKEN: '0123456789abcdef' });
  const [, url = ''] = await daemon.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  const words = command
    .replace('sudo ', '')
    .replaceAll('/etc/holdfast/credentials/token', join(here.path, 'token'))
    .replace('http://127.0.0.1:8080', url);
  const asked = launch(['bash', '-c', words], here.path, {
    PATH: here.path + delimiter + process.env['PATH'],
  });
  expect(await asked.ended).toMatchObject({ code: 0 });
  const [, inPod = ''] =
    /exec deployment\/holdfast -- node bin\/holdfast\.js (.*)$/m.exec(
      commandsOf('Kubernetes with several replicas').join('\n'),
    ) ?? [];
  const status = inPod.replace('http://127.0.0.1:8080', url).split(' ');
  expect(await here.run(status, { HOLDFAST_TOKEN: '0123456789abcdef' })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('All in sync') as unknown,
  });
});
