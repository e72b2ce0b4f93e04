import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { stopMs } from '../../src/daemon/shutdown.ts';
import { schemaProblems } from './kubeSchemas.ts';
import {
  hasHelm,
  hasKustomize,
  helm,
  keyOf,
  kustomize,
  sorted,
  type KubeObject,
} from './render.ts';

interface Container {
  readonly image: string;
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: unknown;
  }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly containers: readonly [Container];
  readonly topologySpreadConstraints?: readonly { readonly labelSelector: unknown }[];
  readonly volumes: readonly { readonly name: string; readonly [type: string]: unknown }[];
}

interface DeploymentSpec {
  readonly replicas: number;
  readonly strategy: unknown;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: Pod;
  };
}

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as {
  readonly version: string;
};
const dockerfile = await readFile('Dockerfile', 'utf8');
const page = await readFile('docs/install.md', 'utf8');
const rules: unknown = parse(await readFile('deploy/monitoring/prometheus-rules.yaml', 'utf8'));

/** Renders a kustomization that is made for this test, in a copy of `deploy/kustomize/`. */
async function kustomized(kustomization: string): Promise<readonly KubeObject[]> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-kustomize-'));
  try {
    await cp('deploy/kustomize', directory, { recursive: true });
    const own = join(directory, 'own');
    await cp('deploy/kustomize/base/config', own, { recursive: true });
    await writeFile(join(own, 'kustomization.yaml'), kustomization);
    return await kustomize(own);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The store of an overlay, and the values of the chart that render the same. */
const stores = [
  { store: 'sqlite', values: '' },
  { store: 'postgresql', values: ',postgresql.secretName=holdfast-postgresql' },
] as const;

type InStore = (typeof stores)[number];

const byKustomize = ({ store }: InStore): Promise<readonly KubeObject[]> =>
  kustomized(`
resources: [../overlays/${store}]
components: [../components/prometheus-operator]
`);

const byHelm = ({ values }: InStore): Promise<readonly KubeObject[]> =>
  helm('--set', `serviceMonitor.enabled=true${values}`);

const kinds = {
  sqlite: ['PersistentVolumeClaim', 'PrometheusRule'],
  postgresql: ['PodDisruptionBudget', 'PrometheusRule'],
};

describe.each(
  stores.flatMap((inStore) => [
    { ...inStore, by: 'kustomize', isThere: hasKustomize, render: () => byKustomize(inStore) },
    { ...inStore, by: 'helm', isThere: hasHelm, render: () => byHelm(inStore) },
  ]),
)('what $by renders with $store', ({ store, isThere, render }) => {
  const isShared = store === 'postgresql';
  let objects: readonly KubeObject[] = [];
  const one = (kind: string): KubeObject => {
    const found = objects.find((object) => object.kind === kind);
    if (!found) throw new Error(`there is no ${kind}`);
    return found;
  };
  const specOf = <T>(kind: string): T => one(kind)['spec'] as T;
  const pod = (): Pod => specOf<DeploymentSpec>('Deployment').template.spec;
  const container = (): Container => pod().containers[0];
  const variable = (name: string): string | undefined =>
    container().env.find((entry) => entry.name === name)?.value;
  beforeAll(async () => {
    if (isThere) objects = await render();
  });

  test.runIf(isThere)('has each object once, and fits the schemas', async () => {
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      ...kinds[store],
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
    expect(await schemaProblems(objects)).toEqual([]);
  });

  test.runIf(isThere && !isShared)('ends its one replica before the next one starts', () => {
    const { replicas, strategy } = specOf<DeploymentSpec>('Deployment');
    expect({ replicas, strategy }).toEqual({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  test.runIf(isThere && isShared)('replaces its replicas one by one, on several nodes', () => {
    const { replicas, strategy, selector } = specOf<DeploymentSpec>('Deployment');
    expect({ replicas, strategy }).toEqual({
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
    });
    expect(specOf('PodDisruptionBudget')).toEqual({ maxUnavailable: 1, selector });
    expect(pod().topologySpreadConstraints).toMatchObject([{ labelSelector: selector }]);
  });

  test.runIf(isThere && isShared)('lets its replicas reach each other and the database', () => {
    const { selector } = specOf<DeploymentSpec>('Deployment');
    const { egress } = specOf<{ egress: readonly unknown[] }>('NetworkPolicy');
    expect(egress.slice(-2)).toEqual([
      {
        to: [{ podSelector: selector }],
        ports: [{ port: container().ports[0]?.name, protocol: 'TCP' }],
      },
      { ports: [{ port: 5432, protocol: 'TCP' }] },
    ]);
  });

  test.runIf(isThere && isShared)('has the address of the store from a Secret', () => {
    const key = (name: string, more: object = {}) => ({
      valueFrom: { secretKeyRef: { name: 'holdfast-postgresql', key: name, ...more } },
    });
    expect(container().env).toEqual(
      expect.arrayContaining([
        { name: 'HOLDFAST_STORE', ...key('url') },
        { name: 'PGPASSWORD', ...key('password', { optional: true }) },
      ]),
    );
    const mount = container().volumeMounts.find(({ name }) => name === 'postgresql');
    expect(page).toContain(`sslrootcert=${mount?.mountPath}/ca.crt`);
    expect(pod().volumes.find(({ name }) => name === 'postgresql')).toMatchObject({
      secret: { secretName: 'holdfast-postgresql', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
  });

  test.runIf(isThere && isShared)('limits the size of what it keeps for itself', () => {
    const empty = pod().volumes.filter((volume) => 'emptyDir' in volume);
    expect(empty.map(({ name }) => name).toSorted()).toEqual(['data', 'tmp']);
    for (const { emptyDir } of empty)
      expect(emptyDir).toEqual({ sizeLimit: expect.stringMatching(/^\d+[MG]i$/) as unknown });
  });

  test.runIf(isThere)('runs without rights', () => {
    expect(pod().automountServiceAccountToken).toBe(false);
    expect(one('ServiceAccount')['automountServiceAccountToken']).toBe(false);
    expect(pod().serviceAccountName).toBe(one('ServiceAccount').metadata.name);
    expect(pod().securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test.runIf(isThere)('has the user, the volume, and the version of the image', () => {
    const { runAsUser, runAsGroup } = pod().securityContext;
    expect(dockerfile).toContain(`\nUSER ${runAsUser}:${runAsGroup}\n`);
    expect(container().image).toBe(`holdfast:${version}`);
    const [, volume] = /^VOLUME (.*)$/m.exec(dockerfile) ?? [];
    const [, config] = /^CMD .*"--config", "(.*)"/m.exec(dockerfile) ?? [];
    const mounts = Object.fromEntries(
      container().volumeMounts.map(({ name, mountPath }) => [name, mountPath]),
    );
    expect(mounts).toMatchObject({ data: volume, config, tmp: '/tmp' });
    expect(pod().volumes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(Object.keys(mounts)),
    );
  });

  test.runIf(isThere)('waits for a clean stop', () => {
    expect(pod().terminationGracePeriodSeconds * 1000).toBeGreaterThan(stopMs);
  });

  test.runIf(isThere)('reaches the port on which it listens', () => {
    const [port] = container().ports;
    expect(variable('HOLDFAST_SERVER_LISTEN')).toBe(`0.0.0.0:${port?.containerPort}`);
    const service = specOf<{ ports: readonly { name: string; targetPort: string }[] }>('Service');
    const monitor = specOf<{ endpoints: readonly { port: string }[] }>('ServiceMonitor');
    const policy = specOf<{ ingress: readonly { ports: readonly { port: string }[] }[] }>(
      'NetworkPolicy',
    );
    expect([
      container().livenessProbe.httpGet.port,
      container().readinessProbe.httpGet.port,
      ...service.ports.map(({ targetPort }) => targetPort),
      ...policy.ingress.flatMap(({ ports }) => ports.map((allowed) => allowed.port)),
    ]).toEqual(Array.from({ length: 4 }, () => port?.name));
    expect(monitor.endpoints.map((endpoint) => endpoint.port)).toEqual(
      service.ports.map(({ name }) => name),
    );
  });

  test.runIf(isThere)('selects its own pods, and its own Service', () => {
    const { selector, template } = specOf<DeploymentSpec>('Deployment');
    const { matchLabels } = selector;
    expect(Object.keys(matchLabels)).not.toEqual([]);
    expect(template.metadata.labels).toMatchObject(matchLabels);
    expect(specOf<{ selector: unknown }>('Service').selector).toEqual(matchLabels);
    expect(specOf<{ podSelector: unknown }>('NetworkPolicy').podSelector).toEqual({ matchLabels });
    expect(specOf<{ selector: unknown }>('ServiceMonitor').selector).toEqual({ matchLabels });
    expect(one('Service').metadata.labels).toMatchObject(matchLabels);
  });

  const volume = (name: string): unknown => pod().volumes.find((entry) => entry.name === name);

  test.runIf(isThere)('mounts the ConfigMap that it has', () => {
    expect(volume('config')).toMatchObject({
      configMap: { name: one('ConfigMap').metadata.name },
    });
  });

  test.runIf(isThere && !isShared)('mounts the claim that it has', () => {
    expect(volume('data')).toMatchObject({
      persistentVolumeClaim: { claimName: one('PersistentVolumeClaim').metadata.name },
    });
  });

  test.runIf(isThere)('alerts as deploy/monitoring does', () => {
    expect(one('PrometheusRule')['spec']).toEqual(rules);
  });
});

test.runIf(hasKustomize && hasHelm).each(stores)(
  'Helm and Kustomize render the same objects with $store',
  async (inStore) => {
    const extra = /^(app\.kubernetes\.io\/(instance|version|managed-by)|helm\.sh\/.*)$/;
    const withoutExtras = (objects: readonly KubeObject[]): unknown =>
      JSON.parse(
        JSON.stringify(sorted(objects), (key, value: unknown) =>
          extra.test(key) || key === 'annotations' || key === 'imagePullPolicy' ? undefined : value,
        ),
      );
    const [one, other] = await Promise.all([byHelm(inStore), byKustomize(inStore)]);
    const sortVolumes = (objects: unknown): unknown =>
      JSON.parse(JSON.stringify(objects), (key, value: unknown) =>
        key === 'volumes'
          ? (value as readonly { name: string }[]).toSorted((a, b) => a.name.localeCompare(b.name))
          : value,
      );
    expect(sortVolumes(withoutExtras(one))).toEqual(sortVolumes(withoutExtras(other)));
  },
);

test.runIf(hasKustomize)('the component is optional', async () => {
  const objects = await kustomize('deploy/kustomize/overlays/sqlite');
  expect(objects.map(keyOf)).not.toContain('ServiceMonitor/holdfast');
});

test.runIf(hasKustomize)('an own overlay sets the image and the config', async () => {
  const objects = await kustomized(`
resources: [../overlays/sqlite]
images: [{ name: holdfast, newName: registry.example.com/holdfast, newTag: "9" }]
configMapGenerator:
  - { name: holdfast-config, behavior: replace, files: [team.yaml=holdfast.yaml] }
`);
  const config = objects.find(({ kind }) => kind === 'ConfigMap');
  expect(Object.keys(config?.['data'] ?? {})).toEqual(['team.yaml']);
  expect(config?.metadata.name).toBe('holdfast-config');
  expect(JSON.stringify(objects)).toContain('"image":"registry.example.com/holdfast:9"');
});

describe.runIf(hasHelm)('the values of the chart', () => {
  const text = async (...args: readonly string[]): Promise<string> =>
    JSON.stringify(await helm(...args));

  test.each([
    ['image.repository=r.example.com/h', '"image":"r.example.com/h:'],
    ['image.tag=9.1', '"image":"holdfast:9.1"'],
    [`image.digest=sha256:${'a'.repeat(64)}`, `"image":"holdfast@sha256:${'a'.repeat(64)}"`],
    ['image.pullPolicy=Always', '"imagePullPolicy":"Always"'],
    ['image.pullSecrets[0].name=registry', '"imagePullSecrets":[{"name":"registry"}]'],
    ['config.files.team\\.yaml=machines: {}', '"team.yaml":"machines: {}"'],
    ['config.existingConfigMap=mine', '"configMap":{"name":"mine"}'],
    ['secretName=mine', '"secretName":"mine"'],
    ['secretName=mine', '"secretKeyRef":{"name":"mine","key":"token"}'],
    ['persistence.size=5Gi', '"storage":"5Gi"'],
    ['persistence.storageClassName=fast', '"storageClassName":"fast"'],
    ['persistence.existingClaim=mine', '"claimName":"mine"'],
    ['postgresql.secretName=mine', '"secretKeyRef":{"name":"mine","key":"url"}'],
    ['postgresql.secretName=mine,postgresql.port=6432', '"port":6432'],
    ['postgresql.secretName=mine,postgresql.replicas=5', '"replicas":5'],
    ['resources.limits.memory=1Gi', '"limits":{"memory":"1Gi"}'],
    ['extraEnv[0].name=HOLDFAST_MODE,extraEnv[0].value=enforce', '"value":"enforce"'],
  ])('%s is honoured', async (value, rendered) => {
    expect(await text()).not.toContain(rendered);
    expect(await text('--set', value)).toContain(rendered);
  });

  test.each([
    ['config.existingConfigMap=mine', 'ConfigMap'],
    ['persistence.existingClaim=mine', 'PersistentVolumeClaim'],
    ['postgresql.secretName=mine', 'PersistentVolumeClaim'],
  ])('with %s there is no %s of the chart', async (value, kind) => {
    expect((await helm('--set', value)).map((object) => object.kind)).not.toContain(kind);
  });

  test('serviceMonitor.labels and interval are honoured', async () => {
    const rendered = await text(
      '--set',
      'serviceMonitor.enabled=true,serviceMonitor.interval=1m,serviceMonitor.labels.release=p',
    );
    expect(rendered).toContain('"interval":"1m"');
    expect(rendered.match(/"release":"p"/g)).toHaveLength(2);
  });

  test.each([
    ['image.tagg=9', 'tagg'],
    ['replicas=2', 'replicas'],
    ['postgresql.replicas=0', 'replicas'],
    ['image.digest=sha256:1', 'digest'],
    ['persistence.size=big', 'size'],
    ['serviceMonitor.interval=often', 'interval'],
    ['image.pullPolicy=Sometimes', 'pullPolicy'],
  ])('%s is refused', async (value, named) => {
    await expect(helm('--set', value)).rejects.toThrow(named);
  });
});

test('the versions of the chart are those of the program', async () => {
  const chart: unknown = parse(await readFile('deploy/helm/holdfast/Chart.yaml', 'utf8'));
  expect(chart).toMatchObject({ version, appVersion: version });
});

test.each([
  ['Deployment', { replica: 1 }, 'replica'],
  ['Service', { ports: [{ port: 'x' }] }, 'port'],
  ['ServiceMonitor', { selector: {}, endpoints: [{ intervall: '1m' }] }, 'intervall'],
  ['PrometheusRule', { groups: [{ name: 'g', rules: [{ alert: 'a' }] }] }, 'expr'],
])('a wrong %s does not fit the schemas', async (kind, spec, named) => {
  const group = kind === 'Deployment' ? 'apps/v1' : 'v1';
  const isMonitoring = /Monitor|Rule/.test(kind);
  const problems = await schemaProblems([
    {
      apiVersion: isMonitoring ? 'monitoring.coreos.com/v1' : group,
      kind,
      metadata: { name: 'a' },
      spec,
    },
  ]);
  expect(problems.join('\n')).toContain(named);
});
