import { describe, expect, test } from 'vitest';
import { parseState, StateError } from '../../../src/import/terraform/parseState.ts';

const provider = 'provider["registry.terraform.io/paperspace/paperspace"]';

const machine = (change: object = {}) => ({
  mode: 'managed',
  type: 'paperspace_machine',
  name: 'worker',
  provider,
  instances: [{ schema_version: 0, attributes: { id: 'ps1', name: 'secret-name' } }],
  ...change,
});

const state = (resources: unknown, change: object = {}): string =>
  JSON.stringify({ version: 4, terraform_version: '1.9.0', serial: 1, resources, ...change });

const said = (text: string): string => {
  const { instances, otherResources } = parseState(text);
  const lines = instances.map(
    ({ address, resource, id, isDeposed }) =>
      `${address} ${id ?? 'no id'}${resource === address ? '' : ` of ${resource}`}${isDeposed ? ' deposed' : ''}`,
  );
  return [...lines, ...(otherResources > 0 ? [`${otherResources} others`] : [])].join(', ');
};

describe('parseState', () => {
  test.each([
    { because: 'an empty state has no resources', resources: [], says: '' },
    {
      because: 'the address and the id are read',
      resources: [machine()],
      says: 'paperspace_machine.worker ps1',
    },
    {
      because: 'a data source is not managed',
      resources: [machine({ mode: 'data' })],
      says: '',
    },
    {
      because: 'resources of other providers are only counted',
      resources: [
        machine(),
        machine({
          type: 'aws_instance',
          provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        }),
        machine({ type: 'tls_key', provider: 'provider["registry.terraform.io/hashicorp/tls"]' }),
      ],
      says: 'paperspace_machine.worker ps1, 2 others',
    },
    {
      because: 'a type alone does not prove the provider',
      resources: [machine({ provider: 'provider["example.com/acme/other"]' })],
      says: '1 others',
    },
    {
      because: 'a provider of another namespace is a fork with the same API',
      resources: [
        machine({ provider: 'provider["registry.terraform.io/metaphysic-ai/paperspace"]' }),
      ],
      says: 'paperspace_machine.worker ps1',
    },
    {
      because: 'a provider configuration may have an alias, and may be inside a module',
      resources: [machine({ provider: `module.gpu.${provider}.europe` })],
      says: 'paperspace_machine.worker ps1',
    },
    {
      because: 'Terraform 0.12 writes no registry',
      resources: [machine({ provider: 'provider.paperspace' })],
      says: 'paperspace_machine.worker ps1',
    },
    {
      because: 'a similar provider name is another provider',
      resources: [machine({ provider: 'provider["registry.terraform.io/acme/not-paperspace"]' })],
      says: '1 others',
    },
    {
      because: 'count makes numbers and for_each makes texts, of one resource',
      resources: [
        machine({
          instances: [
            { index_key: 0, attributes: { id: 'ps1' } },
            { index_key: 'a', attributes: { id: 'ps2' } },
          ],
        }),
      ],
      says: 'paperspace_machine.worker[0] ps1 of paperspace_machine.worker, paperspace_machine.worker["a"] ps2 of paperspace_machine.worker',
    },
    {
      because:
        'the resource in the configuration has no keys of modules, whatever the keys contain',
      resources: [machine({ module: 'module.gpu["a[0]"].module.inner[1]' })],
      says: 'module.gpu["a[0]"].module.inner[1].paperspace_machine.worker ps1 of module.gpu.module.inner.paperspace_machine.worker',
    },
    {
      because: 'keys are quoted as HCL quotes them',
      resources: [
        machine({
          instances: [{ index_key: '"\\${x}%{y}\b\\b\n$$', attributes: { id: 'ps1' } }],
        }),
      ],
      says: 'paperspace_machine.worker["\\"\\\\$${x}%%{y}\\u0008\\\\b\\n$$"] ps1 of paperspace_machine.worker',
    },
    {
      because: 'a replaced object that is still to be deleted is marked',
      resources: [machine({ instances: [{ deposed: '8f3c01aa', attributes: { id: 'ps1' } }] })],
      says: 'paperspace_machine.worker ps1 deposed',
    },
    {
      because: 'upgraded states have flat attributes',
      resources: [machine({ instances: [{ attributes_flat: { id: 'ps1' } }] })],
      says: 'paperspace_machine.worker ps1',
    },
    {
      because: 'a resource without an id is kept, since it must be refused later',
      resources: [machine({ instances: [{ attributes: { id: 7 } }, { index_key: 1 }] })],
      says: 'paperspace_machine.worker no id, paperspace_machine.worker[1] no id of paperspace_machine.worker',
    },
    {
      because: 'the attributes may be a list or empty text',
      resources: [machine({ instances: [{ attributes: ['id'] }, { attributes: { id: '' } }] })],
      says: 'paperspace_machine.worker no id, paperspace_machine.worker no id',
    },
    {
      because: 'types that Holdfast does not know are read too',
      resources: [machine({ type: 'paperspace_autoscaling_group' })],
      says: 'paperspace_autoscaling_group.worker ps1',
    },
    {
      because: 'names may have letters of any language, and hyphens',
      resources: [machine({ name: 'größe-2_b' })],
      says: 'paperspace_machine.größe-2_b ps1',
    },
  ])('$because', ({ resources, says }) => {
    expect(said(state(resources))).toBe(says);
  });

  test.each([
    { because: 'not JSON', text: '{"version": 4, "secret": canary}', says: 'not valid JSON' },
    { because: 'an empty file', text: '', says: 'not valid JSON' },
    { because: 'a list', text: '[]', says: 'not a JSON object' },
    { because: 'null', text: 'null', says: 'not a JSON object' },
    { because: 'an old version', text: state([], { version: 3 }), says: 'its version is 3' },
    { because: 'a new version', text: state([], { version: 5 }), says: 'its version is 5' },
    { because: 'a version as text', text: state([], { version: '4' }), says: 'it has no version' },
    { because: 'an encrypted state', text: '{"encrypted_data": "x"}', says: 'may be encrypted' },
    {
      because: 'the output of terraform show',
      text: '{"format_version": "1.0", "values": {}}',
      says: 'the output of terraform show',
    },
    { because: 'resources of a wrong type', text: state({}), says: 'resources must be a list' },
    { because: 'a resource of a wrong type', text: state([7]), says: 'resources[0] must be an' },
    { because: 'no mode', text: state([machine({ mode: 1 })]), says: 'resources[0].mode must be' },
    {
      because: 'no provider',
      text: state([machine({ provider: null })]),
      says: 'resources[0].provider must be text',
    },
    {
      because: 'a type that ends the block',
      text: state([machine({ type: 'paperspace_x" {}\n' })]),
      says: 'resources[0].type is not a name of Terraform',
    },
    {
      because: 'a name with control characters',
      text: state([machine({ name: 'a\u001b[31m' })]),
      says: 'resources[0].name is not a name of Terraform',
    },
    {
      because: 'a name with a line end',
      text: state([machine({ name: 'a\nb' })]),
      says: 'resources[0].name is not a name of Terraform',
    },
    {
      because: 'a module path that ends the block',
      text: state([machine({ module: 'module.a\n}' })]),
      says: 'resources[0].module is not the address of a module',
    },
    {
      because: 'a module of a wrong type',
      text: state([machine({ module: {} })]),
      says: 'resources[0].module must be text',
    },
    {
      because: 'instances of a wrong type',
      text: state([machine({ instances: {} })]),
      says: 'resources[0].instances must be a list',
    },
    {
      because: 'an instance of a wrong type',
      text: state([machine({ instances: [null] })]),
      says: 'resources[0].instances[0] must be an object',
    },
    {
      because: 'a key of a wrong type',
      text: state([machine({ instances: [{ index_key: 1.5 }] })]),
      says: 'resources[0].instances[0].index_key must be text or a whole number',
    },
  ])('refuses $because, and quotes no value', ({ text, says }) => {
    expect(() => parseState(text)).toThrow(StateError);
    expect(() => parseState(text)).toThrow(says);
    expect(() => parseState(text)).not.toThrow(/canary|31m/);
  });

  test('keeps nothing of the attributes but the id', () => {
    const text = state([
      machine({
        instances: [
          {
            attributes: { id: 'ps1', password: 'canary', script_text: 'canary' },
            private: 'canary',
          },
        ],
      }),
    ]);
    expect(JSON.stringify(parseState(text))).not.toContain('canary');
  });

  test('a key that is written twice has its last value, as for Terraform', () => {
    const text = state([machine()]).replace('"id":"ps1"', '"id":"ps0","id":"ps1"');
    expect(said(text)).toBe('paperspace_machine.worker ps1');
  });

  test('keys of the prototype are keys like others', () => {
    const text = state([machine()]).replace('"id":"ps1"', '"__proto__":{"id":"ps0"}');
    expect(said(text)).toBe('paperspace_machine.worker no id');
    const types = state([machine({ type: 'paperspace___proto__', name: 'constructor' })]);
    expect(said(types)).toBe('paperspace___proto__.constructor ps1');
  });

  test('deep and long files are read, since only known places are looked at', () => {
    const depth = 1_000_000;
    const deep = state([machine()]).replace(
      '"ps1"',
      `"ps1","a":${'['.repeat(depth)}${']'.repeat(depth)}`,
    );
    expect(said(deep)).toBe('paperspace_machine.worker ps1');
    const long = state(
      Array.from({ length: 50_000 }, (_, index) => machine({ name: `a${index}` })),
    );
    expect(parseState(long).instances).toHaveLength(50_000);
    const path = `module.a["${'\\'.repeat(1_000_001)}`;
    expect(() => parseState(state([machine({ module: path })]))).toThrow('address of a module');
  });
});
