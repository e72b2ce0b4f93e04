import { expect, describe, it } from 'vitest';
import { defaultLifecycle } from '../../src/model/resource.ts';
import { stateOf, type Files } from '../fixtures/desired/directory.ts';

/** The required fields of a machine, on one line. */
const machine = 'machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50';
const os = { by: 'live', kind: 'osTemplates', name: 'Ubuntu 22.04' };
const declared = (kind: string, name: string) => ({ by: 'declared', kind, name });
const live = (kind: string, name: string) => ({ by: 'live', kind, name });

interface Row {
  readonly name: string;
  readonly because: string;
  readonly yaml: Files | string;
  /** The fields that matter here, by address. */
  readonly specs: Readonly<Record<string, object>>;
}

const specsOf = async (yaml: Files | string, like: Row['specs']) => {
  const { resources } = await stateOf(yaml);
  return Object.fromEntries(
    resources
      .filter(({ address }) => address in like)
      .map(({ address, spec }) => [
        address,
        Object.fromEntries(Object.keys(like[address] ?? {}).map((key) => [key, spec[key]])),
      ]),
  );
};

const check = async ({ yaml, specs }: Row) => expect(await specsOf(yaml, specs)).toEqual(specs);

describe('documents', () => {
  it.each<Row>([
    {
      name: 'several documents',
      because: 'they are read like one document, except for anchors',
      yaml: 'privateNetworks: { a: { region: ny2 } }\n---\nprivateNetworks: { b: { region: ca1 } }\n---\n',
      specs: { 'privateNetworks/a': { region: 'ny2' }, 'privateNetworks/b': { region: 'ca1' } },
    },
    {
      name: 'anchors under x- keys, merge keys and lists of them',
      because: 'a key of the map wins, then the first merged map',
      yaml: [
        'x-ny: &ny { region: ny2, migrateMachines: true }',
        'x-ca: &ca { region: ca1 }',
        'privateNetworks:',
        '  own: { <<: *ny, region: ams1 }',
        '  own-first: { region: ams1, <<: *ny }',
        '  first: { <<: [*ca, *ny] }',
        '  whole: *ny',
      ].join('\n'),
      specs: {
        'privateNetworks/own': { region: 'ams1', migrateMachines: true },
        'privateNetworks/own-first': { region: 'ams1', migrateMachines: true },
        'privateNetworks/first': { region: 'ca1', migrateMachines: true },
        'privateNetworks/whole': { region: 'ny2', migrateMachines: true },
      },
    },
    {
      name: 'e-mail addresses',
      because: 'names are case-insensitive, however they are referred to',
      yaml: 'projects: { p: { collaborators: [ADA@example.com, { live: Linus@example.com }] } }',
      specs: {
        'projects/p': {
          collaborators: [live('users', 'ada@example.com'), live('users', 'linus@example.com')],
        },
      },
    },
    {
      name: 'defaults of a file',
      because:
        'a spec wins field by field, defaults may be anywhere in the file, and other files are not affected',
      yaml: {
        'a.yaml':
          'privateNetworks: { a: { region: ca1 }, b: }\n---\ndefaults: { privateNetworks: { region: ny2, migrateMachines: true } }',
        'b.yaml': 'privateNetworks: { c: { region: ams1 } }',
      },
      specs: {
        'privateNetworks/a': { region: 'ca1', migrateMachines: true },
        'privateNetworks/b': { region: 'ny2', migrateMachines: true },
        'privateNetworks/c': { region: 'ams1', migrateMachines: undefined },
      },
    },
    {
      name: 'null in place of a map',
      because: 'an empty spec, kind, section or document declares nothing',
      yaml: 'projects:\n  research:\nmachines:\ndefaults:\nabsent:\n---\n# nothing\n',
      specs: { 'projects/research': {} },
    },
    {
      name: 'an unknown directive',
      because: 'YAML requires that it is ignored',
      yaml: '%FOO\n---\nprojects: { p: { tags: [a] } }',
      specs: { 'projects/p': { tags: ['a'] } },
    },
    {
      name: 'explicit keys without a value',
      because: 'it is a set, and null is an empty spec',
      yaml: 'projects:\n  ? p\n  ? q\n',
      specs: { 'projects/p': {}, 'projects/q': {} },
    },
    {
      name: '<< in quotes',
      because: 'in quotes it is an ordinary key',
      yaml: 'projects: { p: { secrets: { "<<": { env: E } } } }',
      specs: { 'projects/p': { secrets: { '<<': { from: 'env', name: 'E' } } } },
    },
    {
      name: 'the maximum number of values, with aliases expanded',
      because: 'every 64 characters count as one more value',
      yaml: `x-t: &t ${'x'.repeat(64 * 9999)}\nx-l: [${'*t, '.repeat(98)}${`${'x'.repeat(63)}, `.repeat(9996)}]\nprojects: { p: }`,
      specs: { 'projects/p': {} },
    },
    {
      name: 'on, off, yes, no and null-like words',
      because: 'in YAML 1.2 they are strings, even under a %YAML 1.1 line',
      yaml: `%YAML 1.1\n---\nmachines: { a: { ${machine}, state: off } }\ndatasets: { no: { description: on }, y: { description: yes } }`,
      specs: {
        'machines/a': { state: 'off' },
        'datasets/no': { description: 'on' },
        'datasets/y': { description: 'yes' },
      },
    },
    {
      name: 'a byte-order mark and Windows line endings',
      because: 'editors write them',
      yaml: '\u{feff}privateNetworks:\r\n  a:\r\n    region: ny2\r\n',
      specs: { 'privateNetworks/a': { region: 'ny2' } },
    },
    {
      name: 'a name like __proto__',
      because: 'it is a name like any other',
      yaml: 'projects: { __proto__: { tags: [a] }, constructor: { secrets: { __proto__: { env: E } } } }',
      specs: {
        'projects/__proto__': { tags: ['a'] },
        'projects/constructor': {
          secrets: Object.fromEntries([['__proto__', { from: 'env', name: 'E' }]]),
        },
      },
    },
  ])('$name: $because', check);

  it('expands names in braces, each with the spec and the position of the key', async () => {
    const { resources } = await stateOf(
      'privateNetworks:\n  "n-{08..10}-{a,b}": { region: ny2 }\n  "{x}": { region: ca1 }',
    );
    expect(resources.map(({ name }) => name)).toEqual([
      'n-08-a',
      'n-08-b',
      'n-09-a',
      'n-09-b',
      'n-10-a',
      'n-10-b',
      '{x}',
    ]);
    expect(resources[5]).toEqual({
      address: 'privateNetworks/n-10-b',
      kind: 'privateNetworks',
      name: 'n-10-b',
      spec: { region: 'ny2' },
      lifecycle: defaultLifecycle,
      source: { file: 'team.yaml', line: 2, column: 3 },
    });
  });

  it('lists absent resources with their positions', async () => {
    const { absent, resources } = await stateOf(
      'absent:\n  machines: [old, "w-{1,2}"]\n---\nabsent: { projects: [p] }',
    );
    expect(resources).toEqual([]);
    expect(absent.map(({ address }) => address)).toEqual([
      'machines/old',
      'machines/w-1',
      'machines/w-2',
      'projects/p',
    ]);
    expect(absent[2]?.source).toEqual({ file: 'team.yaml', line: 2, column: 19 });
  });
});

describe('references', () => {
  const team = (rest: string) =>
    [
      'privateNetworks: { research: { region: ny2 } }',
      `customTemplates: { image: { machine: golden } }`,
      `machines: { golden: { ${machine} }, a: { machineType: C5, region: ny2, diskSize: 50, ${rest} } }`,
    ].join('\n');

  it.each<Row>([
    {
      name: 'a plain name',
      because: 'it is declared',
      yaml: team('template: image, network: research'),
      specs: {
        'machines/a': {
          template: declared('customTemplates', 'image'),
          network: declared('privateNetworks', 'research'),
        },
      },
    },
    {
      name: '{ live: } and { id: }',
      because: 'the resource exists only in the team, and need not be declared',
      yaml: team('template: { live: old }, network: { id: n1 }'),
      specs: {
        'machines/a': {
          template: live('customTemplates', 'old'),
          network: { by: 'id', kind: 'privateNetworks', id: 'n1' },
        },
      },
    },
    {
      name: '{ os: }',
      because: 'OS templates can only be looked up',
      yaml: team('template: { os: Ubuntu 22.04 }'),
      specs: { 'machines/a': { template: os } },
    },
    {
      name: '{ custom: }',
      because: 'its own kind is declared',
      yaml: team('template: { custom: image }'),
      specs: { 'machines/a': { template: declared('customTemplates', 'image') } },
    },
    {
      name: '{ custom: { live: } } and { custom: { id: } }',
      because: 'a form takes every value of its kind',
      yaml: `machines: { a: { ${machine.replace('os: Ubuntu 22.04', 'custom: { live: x }')} }, b: { ${machine.replace('os: Ubuntu 22.04', 'os: { id: t1 }')} } }`,
      specs: {
        'machines/a': { template: live('customTemplates', 'x') },
        'machines/b': { template: { by: 'id', kind: 'osTemplates', id: 't1' } },
      },
    },
    {
      name: '{ keep: true }',
      because: 'the API never shows a template, so it may be kept',
      yaml: team('template: { keep: true }'),
      specs: { 'machines/a': { template: { from: 'keep' } } },
    },
    {
      name: 'a list of names',
      because: 'braces expand to several names, declared or not',
      yaml: `machines: { "w-{01..03}": { ${machine}, accessors: ["{ada,bob}@example.com"] } }\nstartupScripts: { s: { script: x, assignedMachines: ["w-{02..03}", { live: z }, w-01] } }`,
      specs: {
        'machines/w-03': {
          accessors: [live('users', 'ada@example.com'), live('users', 'bob@example.com')],
        },
        'startupScripts/s': {
          assignedMachines: [
            declared('machines', 'w-02'),
            declared('machines', 'w-03'),
            live('machines', 'z'),
            declared('machines', 'w-01'),
          ],
        },
      },
    },
    {
      name: 'a name in another file',
      because: 'a config consists of all its files',
      yaml: {
        'z.yaml': 'privateNetworks: { n: { region: ny2 } }',
        'a.yaml': `machines: { a: { ${machine}, network: n } }`,
      },
      specs: { 'machines/a': { network: declared('privateNetworks', 'n') } },
    },
    {
      name: 'null',
      because: 'an address may have no machine',
      yaml: 'publicIps: { i: { region: ny2, machine: null } }',
      specs: { 'publicIps/i': { machine: null } },
    },
    {
      name: 'one network, of a machine and of the machine that it is made from',
      because: 'two paths to one resource are not a cycle',
      yaml: `machines: { a: { machineType: C5, template: image, region: ny2, diskSize: 50, network: n }, golden: { ${machine}, network: n } }\ncustomTemplates: { image: { machine: golden } }\nprivateNetworks: { n: { region: ny2 } }`,
      specs: { 'machines/golden': { network: declared('privateNetworks', 'n') } },
    },
    {
      name: 'a live resource with the name of a declared one',
      because: 'its region and fields are unknown',
      yaml: `customTemplates: { image: { machine: golden } }\nmachines: { golden: { ${machine.replace('ny2', 'ca1')} }, a: { machineType: C5, template: { live: image }, region: ny2, diskSize: 50 } }\npublicIps: { i: { region: ams1, machine: { live: a } } }`,
      specs: {
        'machines/a': { template: live('customTemplates', 'image') },
        'publicIps/i': { machine: live('machines', 'a') },
      },
    },
    {
      name: 'a restore point in another region',
      because: 'only `sameRegion` references are checked',
      yaml: `machines: { a: { ${machine}, restorePointSnapshot: s }, b: { ${machine.replace('ny2', 'ca1')} } }\nsnapshots: { s: { machine: b } }`,
      specs: { 'machines/a': { restorePointSnapshot: declared('snapshots', 's') } },
    },
    {
      name: 'fields of updates only, and relations',
      because: 'both ends exist by then, so they form no cycle',
      yaml: `machines: { a: { ${machine}, restorePointSnapshot: s, startupScript: x } }\nsnapshots: { s: { machine: a } }\nstartupScripts: { x: { script: t, assignedMachines: [a] } }`,
      specs: { 'machines/a': { restorePointSnapshot: declared('snapshots', 's') } },
    },
  ])('$name: $because', check);
});

describe('write-only values', () => {
  it.each<Row>([
    {
      name: 'a string',
      because: 'a script is not a secret',
      yaml: 'startupScripts:\n  s:\n    script: |\n      #!/bin/sh\n      true\n',
      specs: { 'startupScripts/s': { script: { from: 'value', value: '#!/bin/sh\ntrue\n' } } },
    },
    {
      name: '{ file: }',
      because: 'its text is read now, relative to the config directory whichever file names it',
      yaml: {
        'sub/team.yaml': 'startupScripts: { s: { script: { file: scripts/a.sh } } }',
        'scripts/a.sh': 'echo ü\n',
      },
      specs: { 'startupScripts/s': { script: { from: 'value', value: 'echo ü\n' } } },
    },
    {
      name: '{ env: } and { keep: true }',
      because: 'a pass reads or keeps them',
      yaml: 'startupScripts: { s: { script: { env: SCRIPT } }, t: { script: { keep: true } } }',
      specs: {
        'startupScripts/s': { script: { from: 'env', name: 'SCRIPT' } },
        'startupScripts/t': { script: { from: 'keep' } },
      },
    },
    {
      name: 'secrets',
      because: 'they may be at any depth, under any name, and are not read',
      yaml: [
        'teamSecrets: { a: { value: { env: A } }, b: { value: { keep: true } } }',
        'projects: { p: { secrets: { T: { env: T } } } }',
        'storageProviders: { s: { storageProviderType: s3, s3Config: { bucket: data, secretAccessKey: { env: K } } } }',
      ].join('\n'),
      specs: {
        'teamSecrets/a': { value: { from: 'env', name: 'A' } },
        'teamSecrets/b': { value: { from: 'keep' } },
        'projects/p': { secrets: { T: { from: 'env', name: 'T' } } },
        'storageProviders/s': {
          s3Config: { bucket: 'data', secretAccessKey: { from: 'env', name: 'K' } },
        },
      },
    },
  ])('$name: $because', check);

  it('names the files of secrets by absolute path, without reading them', async () => {
    const { resources } = await stateOf(
      'teamSecrets: { a: { value: { file: no/such.txt } }, b: { value: { sops: s.yaml, key: a.b } } }',
    );
    expect(resources.map(({ spec }) => spec['value'])).toEqual([
      {
        from: 'file',
        path: expect.stringMatching(/^\/.*\/config\/no\/such\.txt$/),
        within: expect.stringMatching(/^\/.*\/config$/),
      },
      {
        from: 'sops',
        path: expect.stringMatching(/^\/.*\/config\/s\.yaml$/),
        within: expect.stringMatching(/^\/.*\/config$/),
        key: 'a.b',
      },
    ]);
  });
});

describe('other values', () => {
  it.each<Row>([
    {
      name: 'timetables',
      because: 'a machine runs, is off, or follows a timetable',
      yaml: `machines: { a: { ${machine}, state: running }, b: { ${machine}, state: { running: "Mon-Fri 08:00-19:00" } }, c: { ${machine}, state: { running: "22:00-06:00", timezone: Europe/Berlin } }, d: { ${machine}, state: { running: "22:00-06:00", except: [2027-05-01, 2026-12-24/2027-01-02] } } }`,
      specs: {
        'machines/a': { state: 'running' },
        'machines/b': { state: { running: 'Mon-Fri 08:00-19:00' } },
        'machines/c': { state: { running: '22:00-06:00', timezone: 'Europe/Berlin' } },
        'machines/d': {
          state: { running: '22:00-06:00', except: ['2027-05-01', '2026-12-24/2027-01-02'] },
        },
      },
    },
    {
      name: 'plain JSON',
      because: 'it is copied as it is, alternatives included',
      yaml: 'projects: { p: }\ndeployments: { d: { project: p, config: { image: x, env: [{ name: A, value: 1 }], file: y }, replicas: { min: 1 } }, e: { project: p, config: {}, replicas: 2 } }',
      specs: {
        'deployments/d': {
          project: declared('projects', 'p'),
          config: { image: 'x', env: [{ name: 'A', value: 1 }], file: 'y' },
          replicas: { min: 1 },
        },
        'deployments/e': { replicas: 2 },
      },
    },
  ])('$name: $because', check);
});

describe('lifecycle', () => {
  const lifecyclesOf = async (yaml: string) => {
    const { resources } = await stateOf(yaml);
    return Object.fromEntries(resources.map(({ name, lifecycle }) => [name, lifecycle]));
  };

  it('is not part of the spec, and has all fields', async () => {
    const { resources } = await stateOf(
      `machines: { a: { ${machine}, lifecycle: { manage: observe, ignoreChanges: [state.running, diskSize], additive: [accessors] } } }`,
    );
    expect(resources[0]?.spec).not.toHaveProperty('lifecycle');
    expect(resources[0]?.lifecycle).toEqual({
      manage: 'observe',
      ignoreChanges: ['state.running', 'diskSize'],
      additive: ['accessors'],
      preventDeletion: false,
      onImmutableChange: 'block',
      allowStop: false,
      onExpiry: 'report',
    });
  });

  it('is merged with the defaults field by field, so that no protection is lost', async () => {
    const lifecycles = await lifecyclesOf(
      'defaults: { privateNetworks: { lifecycle: { preventDeletion: true } } }\nprivateNetworks: { a: { region: ny2, lifecycle: { manage: observe } }, b: { region: ny2, lifecycle: }, c: { region: ny2, lifecycle: { preventDeletion: false } } }',
    );
    expect(lifecycles).toMatchObject({
      a: { manage: 'observe', preventDeletion: true },
      b: { preventDeletion: true },
      c: { preventDeletion: false },
    });
  });

  it('gives each expanded name its own former name', async () => {
    const lifecycles = await lifecyclesOf(
      'privateNetworks: { "b-{1..2}": { region: ny2, lifecycle: { formerName: "a-{1..2}" } } }',
    );
    expect(lifecycles).toMatchObject({
      'b-1': { formerName: 'a-1' },
      'b-2': { formerName: 'a-2' },
    });
  });
});
