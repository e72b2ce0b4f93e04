import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { KubeObject } from './render.ts';

const execute = promisify(execFile);

/** The schema of each kind, as a class that validates. */
const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
};

/** The module that has the type of an object. */
const moduleOf = ({ apiVersion, kind }: KubeObject): string =>
  apiVersion.startsWith('monitoring.coreos.com/')
    ? `@kubernetes-models/prometheus-operator/${apiVersion}/${kind}`
    : `kubernetes-models/${apiVersion}/${kind}`;

/**
 * Checks objects against the schemas of Kubernetes and the Prometheus Operator. The schemas allow unknown fields, so
 * the compiler checks the objects against the types too, which do not. Returns the problems.
 */
export async function schemaProblems(objects: readonly KubeObject[]): Promise<readonly string[]> {
  return [...objects.flatMap(invalid), ...(await typeErrors(objects))];
}

function invalid(object: KubeObject): readonly string[] {
  const Model = models[object.kind];
  if (!Model) return [`there is no schema of ${object.kind}`];
  try {
    new Model(object as never).validate();
    return [];
  } catch (error) {
    return [String(error)];
  }
}

async function typeErrors(objects: readonly KubeObject[]): Promise<readonly string[]> {
  await mkdir('build', { recursive: true });
  const directory = await mkdtemp('build/kubernetes-');
  try {
    const lines = objects.map(
      (object, index) =>
        `import type { I${object.kind} as T${index} } from '${moduleOf(object)}';\n` +
        `export const o${index}: T${index} = ${JSON.stringify(object)};\n`,
    );
    await writeFile(join(directory, 'objects.ts'), lines.join(''));
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: ['objects.ts'] }),
    );
    return await execute('node_modules/.bin/tsc', ['-p', directory]).then(
      () => [],
      ({ stdout }: { readonly stdout: string }) => stdout.split('\n').filter((line) => line !== ''),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}
