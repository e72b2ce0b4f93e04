import { isIdentifier, isModulePath, keyText, withoutInstanceKeys } from './address.ts';

/** One instance of a resource of a Paperspace provider. */
export interface Instance {
  /** The address, such as `module.gpu["a"].paperspace_machine.worker[0]`. */
  readonly address: string;
  /** The address of the resource in the configuration, without instance keys: what a `removed` block names. */
  readonly resource: string;
  /** The type, such as `paperspace_machine`. */
  readonly type: string;
  /** The live id; undefined if the state has none. */
  readonly id: string | undefined;
  /** Terraform has replaced the object, and has still to delete it. */
  readonly isDeposed: boolean;
}

/** All that is read of a state file. */
export interface TerraformState {
  readonly instances: readonly Instance[];
  /** The number of resources of other providers. */
  readonly otherResources: number;
}

/** A state file that cannot be used. The message names no value of the file but types, names, and versions. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a state file of version 4. Of a managed resource of a Paperspace provider it reads the address and the `id`;
 * everything else, which may be secret, is dropped. A key that is written twice has its last value, as for Terraform.
 * Throws a `StateError`.
 */
export function parseState(text: string): TerraformState {
  const { version, resources } = rootOf(text);
  if (version !== 4) throw new StateError(versionMessage(version));
  if (!Array.isArray(resources)) throw new StateError('resources must be a list');
  const managed = resources
    .map((value, index) => ({ at: `resources[${index}]`, resource: objectAt(value, index) }))
    .filter(({ at, resource }) => textAt(at, resource, 'mode') === 'managed');
  const ours = managed.filter(({ at, resource }) => isPaperspace(at, resource));
  return {
    instances: ours.flatMap(({ at, resource }) => instancesOf(at, resource)),
    otherResources: managed.length - ours.length,
  };
}

function rootOf(text: string): JsonObject {
  try {
    const root: unknown = JSON.parse(text);
    if (isObject(root)) return root;
  } catch {
    // The message of the engine quotes the file, which holds secrets.
    throw new StateError('it is not valid JSON');
  }
  throw new StateError('it is not a JSON object');
}

const versionMessage = (version: unknown): string =>
  typeof version === 'number'
    ? `its version is ${version}; Terraform writes version 4 since 0.12`
    : 'it has no version; it may be encrypted, or the output of terraform show';

function objectAt(value: unknown, index: number): JsonObject {
  if (!isObject(value)) throw new StateError(`resources[${index}] must be an object`);
  return value;
}

function textAt(at: string, object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw new StateError(`${at}.${key} must be text`);
  return value;
}

/** Matches `provider["registry.terraform.io/paperspace/paperspace"]`, and `provider.paperspace` of Terraform 0.12. */
const providerAddress = /(?:^|\.)provider(?:\["[^"]*\/paperspace"\]|\.paperspace)(?:\.[^.[\]"]+)?$/;

const isPaperspace = (at: string, resource: JsonObject): boolean =>
  providerAddress.test(textAt(at, resource, 'provider')) &&
  textAt(at, resource, 'type').startsWith('paperspace_');

function instancesOf(at: string, resource: JsonObject): readonly Instance[] {
  const { instances } = resource;
  const type = identifierAt(at, resource, 'type');
  const name = identifierAt(at, resource, 'name');
  const path = modulePathAt(at, resource);
  if (!Array.isArray(instances)) throw new StateError(`${at}.instances must be a list`);
  return instances.map((value, index) => {
    const place = `${at}.instances[${index}]`;
    if (!isObject(value)) throw new StateError(`${place} must be an object`);
    return {
      address: `${path}${type}.${name}${keyAt(place, value)}`,
      resource: `${withoutInstanceKeys(path)}${type}.${name}`,
      type,
      id: idOf(value),
      isDeposed: value['deposed'] != null && value['deposed'] !== '',
    };
  });
}

function identifierAt(at: string, resource: JsonObject, key: 'type' | 'name'): string {
  const text = textAt(at, resource, key);
  if (!isIdentifier(text)) throw new StateError(`${at}.${key} is not a name of Terraform`);
  return text;
}

/** The path of the module instance with a dot at its end; empty for the root module. */
function modulePathAt(at: string, resource: JsonObject): string {
  if (resource['module'] == null || resource['module'] === '') return '';
  const path = textAt(at, resource, 'module');
  if (!isModulePath(path)) throw new StateError(`${at}.module is not the address of a module`);
  return `${path}.`;
}

function keyAt(place: string, { index_key: key }: JsonObject): string {
  if (key == null) return '';
  if (typeof key === 'string' || (Number.isSafeInteger(key) && Number(key) >= 0))
    return keyText(key as string | number);
  throw new StateError(`${place}.index_key must be text or a whole number`);
}

/** The id. States that were upgraded from Terraform 0.11 have `attributes_flat` until the next apply. */
function idOf({ attributes, attributes_flat: flat }: JsonObject): string | undefined {
  const source = isObject(attributes) ? attributes : flat;
  const id = isObject(source) ? source['id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
