import { isObject, SopsError } from './tree.ts';

/** Which values of a file are encrypted. Names are tested along the path of a value. */
export type EncryptionRule =
  | { readonly by: 'unencrypted-suffix' | 'encrypted-suffix'; readonly suffix: string }
  | { readonly by: 'unencrypted-regex' | 'encrypted-regex'; readonly regex: string }
  | { readonly by: 'comment' };

/** The data key of a file, encrypted for one age recipient. */
export interface AgeKey {
  readonly recipient: string;
  readonly enc: string;
}

/** The metadata of a SOPS file. */
export interface Metadata {
  readonly mac: string;
  readonly lastModified: string;
  /** The MAC covers encrypted values only. */
  readonly macOnlyEncrypted: boolean;
  readonly rule: EncryptionRule;
  /** The age keys of a file with one key group: each opens the file. */
  readonly age: readonly AgeKey[];
  /** Several groups share the data key, and some of them are needed together. */
  readonly isShared: boolean;
  /** All recipients, for people: `age age1…`, `pgp FINGERPRINT`. */
  readonly recipients: readonly string[];
}

/** Reads the metadata. Throws a `SopsError` if the file has none. */
export function metadataOf(sops: unknown): Metadata {
  if (!isObject(sops) || typeof sops['mac'] !== 'string')
    throw new SopsError('is not a SOPS file: it has no `sops` with a `mac`; encrypt it with sops');
  const groups = groupsOf(sops);
  const [only] = groups;
  return {
    mac: sops['mac'],
    lastModified: textIn(sops, 'lastmodified'),
    macOnlyEncrypted: sops['mac_only_encrypted'] === true,
    rule: ruleOf(sops),
    age: only && groups.length === 1 ? ageKeysOf(only) : [],
    isShared: groups.length > 1,
    recipients: groups.flatMap(recipientsOf),
  };
}

type Group = Readonly<Record<string, unknown>>;

/** The key groups: one that stands in the metadata itself, or a list of them. */
function groupsOf(sops: Group): readonly Group[] {
  const isFlat = [...labels.keys()].some((type) => listIn(sops, type).length > 0);
  return isFlat ? [sops] : listIn(sops, 'key_groups');
}

function ruleOf(sops: Group): EncryptionRule {
  const set = [...rules.keys()].filter((name) => textIn(sops, name) !== '');
  if (set.length > 1) throw new SopsError(`has both ${set.join(' and ')}, and may have one`);
  const [name] = set;
  const make = rules.get(name ?? '');
  return name !== undefined && make
    ? make(textIn(sops, name))
    : { by: 'unencrypted-suffix', suffix: '_unencrypted' };
}

const rules = new Map<string, (text: string) => EncryptionRule>([
  ['unencrypted_suffix', (suffix) => ({ by: 'unencrypted-suffix', suffix })],
  ['encrypted_suffix', (suffix) => ({ by: 'encrypted-suffix', suffix })],
  ['unencrypted_regex', (regex) => ({ by: 'unencrypted-regex', regex })],
  ['encrypted_regex', (regex) => ({ by: 'encrypted-regex', regex })],
  ['unencrypted_comment_regex', () => ({ by: 'comment' })],
  ['encrypted_comment_regex', () => ({ by: 'comment' })],
]);

const ageKeysOf = (group: Group): readonly AgeKey[] =>
  listIn(group, 'age').map((key) => ({
    recipient: textIn(key, 'recipient'),
    enc: textIn(key, 'enc'),
  }));

/** The field that identifies a key, by the type of the key. */
const labels: ReadonlyMap<string, string> = new Map([
  ['age', 'recipient'],
  ['pgp', 'fp'],
  ['kms', 'arn'],
  ['gcp_kms', 'resource_id'],
  ['azure_kv', 'vault_url'],
  ['hc_vault', 'vault_address'],
]);

const recipientsOf = (group: Group): readonly string[] =>
  [...labels].flatMap(([type, field]) =>
    listIn(group, type).map((key) => `${type} ${textIn(key, field).slice(0, 100)}`),
  );

const listIn = (object: Group, field: string): readonly Group[] => {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
};

function textIn(object: Group, field: string): string {
  const value = object[field];
  return typeof value === 'string' ? value : '';
}
