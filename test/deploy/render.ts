import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { isInstalled } from '../support/programs.ts';

const execute = promisify(execFile);

/** An object of Kubernetes. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export const hasKustomize = isInstalled('kustomize', 'the kustomizations are not rendered');
export const hasHelm = isInstalled('helm', 'the chart is not rendered');

const objectsIn = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);

/** Renders a directory with Kustomize. Rejects with what it prints if it fails. */
export const kustomize = async (directory: string): Promise<readonly KubeObject[]> =>
  objectsIn((await execute('kustomize', ['build', directory])).stdout);

/** Renders the chart with Helm, for the release `holdfast`. Rejects with what it prints if it fails. */
export const helm = async (...args: readonly string[]): Promise<readonly KubeObject[]> =>
  objectsIn(
    (await execute('helm', ['template', 'holdfast', 'deploy/helm/holdfast', ...args])).stdout,
  );

/** Sorts objects by kind and name. */
export const sorted = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  objects.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));

export const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;
