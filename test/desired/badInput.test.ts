import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import { addFiles, directoryOf, type Files } from '../fixtures/desired/directory.ts';

/** Mistakes of a hostile or careless user, tried with the program's own kinds. */
const catalog = await loadCatalog();

const problemsIn = async (directory: string) => {
  const loaded = await loadDesired(directory, catalog);
  return loaded.ok
    ? []
    : loaded.problems.map(({ file, line, column, message }) => ({
        at: `${file}:${line}:${column}`,
        message,
      }));
};

/** The problems of files, or of one `team.yaml`. */
const problemsOf = async (files: Files | string) =>
  problemsIn(await directoryOf(typeof files === 'string' ? { 'team.yaml': files } : files));

interface Bad {
  readonly name: string;
  readonly because: string;
  readonly files: Files | string;
  readonly at: string;
  /** The message: what is wrong, and what is expected. */
  readonly message: RegExp;
}

/** Each row is one mistake, which must be one problem, at its position. */
const refuses = (rows: readonly Bad[]) =>
  it.each(rows)('$name: $because', async ({ files, at, message }) => {
    expect(await problemsOf(files)).toEqual([{ at, message: expect.stringMatching(message) }]);
  });

const fields = 'machineType: C5, template: { os: Ubuntu 22.04 }, diskSize: 50';
const machine = `{ ${fields}, region: ny2 }`;
const far = `{ ${fields}, region: ams1 }`;
const s3 = 'storageProviderType: s3, s3Config: { bucket: b, accessKey: k, secretAccessKey';
const secret = 'hunter2-secret';

describe('values that the API would refuse', () => {
  refuses([
    {
      name: 'a region with a typo',
      because: 'there are three regions, and one was probably meant',
      files: 'privateNetworks: { n: { region: ny3 } }',
      at: 'team.yaml:1:33',
      message:
        /region of privateNetworks\/n is "ny3"; it takes ny2, ca1 or ams1; did you mean ny2\?/,
    },
    {
      name: 'a region in capitals',
      because: 'regions are written as in requests, not as in responses',
      files: 'privateNetworks: { n: { region: NY2 } }',
      at: 'team.yaml:1:33',
      message:
        /region of privateNetworks\/n is "NY2"; it takes ny2, ca1 or ams1; did you mean ny2\?/,
    },
    {
      name: 'an unknown disk size',
      because: 'the contract lists the sizes',
      files: `machines:
  a:
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 75`,
      at: 'team.yaml:6:15',
      message: /diskSize of machines\/a is 75; it takes 50, 100, 250, 500, /,
    },
    {
      name: 'a project’s secret with a hyphen in its name',
      because: 'the API takes letters, digits and underscores',
      files: 'projects: { p: { secrets: { my-token: { env: T } } } }',
      at: 'team.yaml:1:29',
      message:
        /a key in secrets of projects\/p is "my-token"; it takes letters, digits and _, with a letter first, such as HUB_TOKEN$/,
    },
    {
      name: 'a project’s secret whose name begins with a digit',
      because: 'the API requires a letter there',
      files: 'projects: { p: { secrets: { 1A: { env: T } } } }',
      at: 'team.yaml:1:29',
      message:
        /a key in secrets of projects\/p is "1A"; it takes letters, digits and _, with a letter first, such as HUB_TOKEN$/,
    },
    {
      name: 'a team secret with a hyphen in its name',
      because: 'the API takes letters, digits and underscores',
      files: 'teamSecrets: { my-token: { value: { env: T } } }',
      at: 'team.yaml:1:16',
      message:
        /"my-token" is not a valid name for a team secret: it takes letters, digits and _, with a letter first, at most 128 characters, such as WANDB_API_KEY$/,
    },
    {
      name: 'a team secret whose name begins with a digit',
      because: 'the API requires a letter there',
      files: 'teamSecrets: { 1A: { value: { env: T } } }',
      at: 'team.yaml:1:16',
      message:
        /"1A" is not a valid name for a team secret: it takes letters, digits and _, with a letter first, at most 128 characters, such as WANDB_API_KEY$/,
    },
    {
      name: 'a team member whose name is not an e-mail address',
      because: 'the API has no other name for a member',
      files: 'teamMembers: { grace: { role: admin } }',
      at: 'team.yaml:1:16',
      message:
        /"grace" is not a valid name for a team member: it takes an e-mail address, at most 128 characters, such as grace@example\.com$/,
    },
    ...[
      { kind: 'teamSecrets', spec: 'value: { env: T }', singular: 'team secret' },
      { kind: 'teamMembers', spec: 'role: admin', singular: 'team member' },
    ].map(({ kind, spec, singular }) => {
      const name = kind === 'teamMembers' ? 'grace@example.com' : 'NEW';
      return {
        name: `a former name of a ${singular}`,
        because: 'the API cannot rename one',
        files: `${kind}:\n  ${name}:\n    ${spec}\n    lifecycle: { formerName: OLD }`,
        at: 'team.yaml:4:30',
        message: new RegExp(
          `formerName of ${kind}/${name} is "OLD", but it must not be set: the API cannot change the name of a ${singular}$`,
        ),
      };
    }),
    {
      name: 'a long name of a project',
      because: 'the API accepts 128 characters',
      files: `projects: { ${'p'.repeat(129)}: }`,
      at: 'team.yaml:1:13',
      message: /is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'the role of an owner',
      because: 'the API can only assign admin or member',
      files: 'teamMembers: { ada@example.com: { role: owner } }',
      at: 'team.yaml:1:41',
      message: /role of teamMembers\/ada@example\.com is "owner"; it takes admin or member/,
    },
    {
      name: 'a deployment without a machine type',
      because: 'it has no default',
      files: `projects: { p: }
deployments: { d: { project: p, config: { apiVersion: v1, image: i, resources: { ports: [80] } } } }`,
      at: 'team.yaml:2:69',
      message: /missing field "machineType" in config\.resources of deployments\/d/,
    },
    {
      name: 'a deployment with a negative number of replicas',
      because: 'the minimum is 0',
      files: `projects: { p: }
deployments: { d: { project: p, config: { apiVersion: v1, image: i, resources: { machineType: C5, ports: [80], replicas: -1 } } } }`,
      at: 'team.yaml:2:122',
      message: /config\.resources\.replicas of deployments\/d is -1; it takes at least 0/,
    },
    {
      name: 'a deployment without an image',
      because: 'there is nothing to run',
      files: `projects: { p: }
deployments: { d: { project: p, config: { apiVersion: v1, resources: { machineType: C5, ports: [80] } } } }`,
      at: 'team.yaml:2:33',
      message: /missing field "image" in config of deployments\/d/,
    },
    {
      name: 'a comma in the tag of a version',
      because: 'requests separate tags by commas',
      files: 'datasets: { d: { versions: { "v1,v2": { message: x } } } }',
      at: 'team.yaml:1:30',
      message: /a key in versions of datasets\/d is "v1,v2"; it takes a text without commas/,
    },
    {
      name: 'a date as a text field',
      because: 'YAML 1.2 has no dates: it is a string, and not a region',
      files: 'privateNetworks: { n: { region: 2026-01-01 } }',
      at: 'team.yaml:1:33',
      message: /region of privateNetworks\/n is "2026-01-01"; it takes ny2, ca1 or ams1/,
    },
    {
      name: 'a large integer',
      because: 'it would silently become a different one',
      files:
        'machines: { a: { machineType: C5, template: { os: x }, region: ny2, diskSize: 99999999999999999999 } }',
      at: 'team.yaml:1:79',
      message: /too large to be exact/,
    },
    {
      name: 'NaN',
      because: 'JSON has no NaN',
      files: `machines: { a: { ${fields}, region: ny2, autoShutdownTimeout: .nan } }`,
      at: 'team.yaml:1:115',
      message: /"\.(nan|inf)" is not a number that can be used/,
    },
    {
      name: 'infinity',
      because: 'JSON has no infinity',
      files: `machines: { a: { ${fields}, region: ny2, autoShutdownTimeout: .inf } }`,
      at: 'team.yaml:1:115',
      message: /"\.(nan|inf)" is not a number that can be used/,
    },
  ]);
});

describe('secrets in plain text', () => {
  const rows = [
    {
      name: 'of a container registry',
      because: 'files are committed',
      files: `containerRegistries: { r: { namespace: n, url: u, username: u, password: ${secret} } }`,
      at: 'team.yaml:1:74',
      message: /password of containerRegistries\/r is a secret.*\{ env: NAME \}, \{ file: PATH \}/,
    },
    {
      name: 'of a storage provider',
      because: 'files are committed',
      files: `storageProviders: { s: { ${s3}: ${secret} } } }`,
      at: 'team.yaml:1:105',
      message: /s3Config\.secretAccessKey of storageProviders\/s is a secret.*\{ env: NAME \}/,
    },
    {
      name: 'of the team',
      because: 'files are committed',
      files: `teamSecrets: { T: { value: ${secret} } }`,
      at: 'team.yaml:1:28',
      message: /value of teamSecrets\/T is a secret.*\{ env: NAME \}/,
    },
    {
      name: 'of a project',
      because: 'files are committed',
      files: `projects: { p: { secrets: { X: ${secret} } } }`,
      at: 'team.yaml:1:32',
      message: /secrets\.X of projects\/p is a secret.*\{ env: NAME \}/,
    },
    {
      name: 'in a list',
      because: 'a list may contain it all the same',
      files: `teamSecrets: { T: { value: [${secret}] } }`,
      at: 'team.yaml:1:28',
      message: /value of teamSecrets\/T .*\{ env: NAME \}/,
    },
    {
      name: 'in an unknown form',
      because: 'the message names the form, not its content',
      files: `teamSecrets: { T: { value: { plain: ${secret} } } }`,
      at: 'team.yaml:1:30',
      message: /value of teamSecrets\/T has an unknown key here; write \{ env: NAME \}/,
    },
    {
      name: 'as the name of a variable',
      because: 'it is not a valid name, and may be the secret',
      files: `teamSecrets: { T: { value: { env: ${secret} } } }`,
      at: 'team.yaml:1:35',
      message: /value of teamSecrets\/T has an env that is not the name of a variable/,
    },
  ];
  refuses(rows);

  it.each(rows)('is not repeated $name', async ({ files }) => {
    expect(JSON.stringify(await problemsOf(files))).not.toContain(secret);
  });
});

describe('resources that conflict', () => {
  const twoMachines = `machines: { a: ${machine}, b: ${far} }\n`;
  refuses([
    {
      name: 'two addresses of one machine',
      because: 'a machine has one address',
      files: `${twoMachines}publicIps: { one: { region: ny2, machine: a }, two: { region: ny2, machine: a } }`,
      at: 'team.yaml:2:77',
      message:
        /machines\/a is in machine of publicIps\/one \(team\.yaml:2:43\) and of publicIps\/two; it may be in only one/,
    },
    {
      name: 'an address in another region than its machine',
      because: 'addresses cannot move',
      files: `${twoMachines}publicIps: { one: { region: ca1, machine: a } }`,
      at: 'team.yaml:2:43',
      message: /machine of publicIps\/one, which is in ca1, names machines\/a, which is in ny2/,
    },
    {
      name: 'a dynamic address and a declared one',
      because: 'the declared one is static',
      files: `machines: { a: { ${fields}, region: ny2, publicIpType: dynamic } }
publicIps: { one: { region: ny2, machine: a } }`,
      at: 'team.yaml:2:43',
      message: /machines\/a, whose publicIpType is "dynamic"; it must be static or not set/,
    },
    {
      name: 'a machine twice in one script',
      because: 'the second one has no effect',
      files: `${twoMachines}startupScripts: { s: { script: x, assignedMachines: [a, a] } }`,
      at: 'team.yaml:2:57',
      message: /assignedMachines of startupScripts\/s names machines\/a twice/,
    },
    {
      name: 'a machine twice in one script, once through braces',
      because: 'braces are only another way to write names',
      files: `${twoMachines}startupScripts: { s: { script: x, assignedMachines: [a, "{a,b}"] } }`,
      at: 'team.yaml:2:57',
      message: /assignedMachines of startupScripts\/s names machines\/a twice/,
    },
    {
      name: 'a machine in two scripts',
      because: 'the API keeps one of them',
      files: `${twoMachines}startupScripts: { s: { script: x, assignedMachines: [a] }, t: { script: x, assignedMachines: [a] } }`,
      at: 'team.yaml:2:95',
      message:
        /machines\/a is in assignedMachines of startupScripts\/s \(team\.yaml:2:54\) and of startupScripts\/t/,
    },
    {
      name: 'a machine in a network of another region',
      because: 'networks do not span regions',
      files: `privateNetworks: { n: { region: ca1 } }
machines: { a: { ${fields}, region: ny2, network: n } }`,
      at: 'team.yaml:2:103',
      message: /network of machines\/a, which is in ny2, names privateNetworks\/n, which is in ca1/,
    },
    {
      name: 'a template made from a machine in another region',
      because: 'a template is in the region of its machine',
      files: `machines:
  golden: ${far}
  a: { machineType: C5, template: { custom: image }, region: ny2, diskSize: 50 }
customTemplates: { image: { machine: golden } }`,
      at: 'team.yaml:3:35',
      message:
        /template of machines\/a, which is in ny2, names customTemplates\/image, which is in ams1/,
    },
    {
      name: 'a drive in a network with a typo',
      because: 'the nearest name is probably meant',
      files: `privateNetworks: { research: { region: ny2 } }
sharedDrives: { d: { size: 10, region: ny2, network: reserch } }`,
      at: 'team.yaml:2:54',
      message:
        /names privateNetworks\/reserch, which is not declared; did you mean research\?.*\{ live: reserch \}/,
    },
    {
      name: 'a drive in a network of another region',
      because: 'networks do not span regions',
      files: `privateNetworks: { research: { region: ca1 } }
sharedDrives: { d: { size: 10, region: ny2, network: research } }`,
      at: 'team.yaml:2:54',
      message:
        /network of sharedDrives\/d, which is in ny2, names privateNetworks\/research, which is in ca1/,
    },
    {
      name: 'a snapshot of a machine that is not declared',
      because: 'a resource that exists only in the team needs { live: }',
      files: 'snapshots: { s: { machine: a } }',
      at: 'team.yaml:1:28',
      message:
        /machine of snapshots\/s names machines\/a, which is not declared; write \{ live: a \}/,
    },
    {
      name: 'an undeclared template',
      because: 'an operating system needs { os: }; a plain name is a template',
      files:
        'machines: { a: { machineType: C5, template: Ubuntu 22.04, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:45',
      message:
        /template of machines\/a names customTemplates\/Ubuntu 22\.04, which is not declared; .*\{ os: Ubuntu 22\.04 \}/,
    },
    {
      name: 'an undeclared template, by its form',
      because: 'the form names the kind, which must still declare it',
      files:
        'machines: { a: { machineType: C5, template: { custom: undeclared }, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:55',
      message:
        /customTemplates\/undeclared, which is not declared; write \{ custom: \{ live: undeclared \} \}/,
    },
    {
      name: 'a machine made from its own image',
      because: 'neither can be created first',
      files: `machines: { a: { machineType: C5, template: { custom: image }, region: ny2, diskSize: 50 } }
customTemplates: { image: { machine: a } }`,
      at: 'team.yaml:1:45',
      message:
        /^reference cycle: machines\/a \(template, team\.yaml:1:45\) → customTemplates\/image \(machine, team\.yaml:2:38\) → machines\/a; remove one of these references$/,
    },
  ]);
});

describe('lifecycles, absent names and settings', () => {
  refuses([
    {
      name: 'onImmutableChange: replace with preventDeletion',
      because: 'a replacement is a deletion',
      files:
        'privateNetworks: { n: { region: ny2, lifecycle: { preventDeletion: true, onImmutableChange: replace } } }',
      at: 'team.yaml:1:93',
      message:
        /privateNetworks\/n cannot both be replaced and never be deleted: leave out preventDeletion or replace/,
    },
    {
      name: 'additive, for a field that is not a relation',
      because: 'only a set has extra members',
      files: 'startupScripts: { s: { script: x, lifecycle: { additive: [isRunOnce] } } }',
      at: 'team.yaml:1:59',
      message:
        /additive of startupScripts\/s names "isRunOnce", which is not a set of startupScripts; it takes assignedMachines/,
    },
    {
      name: 'ignoreChanges, for an unknown field',
      because: 'a typo would leave drift of the field in force',
      files: 'startupScripts: { s: { script: x, lifecycle: { ignoreChanges: [isRunonce] } } }',
      at: 'team.yaml:1:64',
      message:
        /ignoreChanges of startupScripts\/s names "isRunonce", which is not a field of startupScripts; did you mean isRunOnce\?/,
    },
    {
      name: 'an unknown key',
      because: 'the nearest one is probably meant',
      files: 'projects: { p: { lifecycle: { preventDelete: true } } }',
      at: 'team.yaml:1:31',
      message:
        /unknown field "preventDelete" in lifecycle of projects\/p; did you mean preventDeletion\?/,
    },
    {
      name: 'a former name that is declared',
      because: 'one live resource would have two addresses',
      files: 'projects: { p: { lifecycle: { formerName: q } }, q: }',
      at: 'team.yaml:1:43',
      message: /formerName of projects\/p is projects\/q, which is declared at team\.yaml:1:50/,
    },
    {
      name: 'absent and declared',
      because: 'one of them is a mistake, and the wrong one deletes',
      files: 'projects: { p: }\nabsent: { projects: [p] }',
      at: 'team.yaml:2:22',
      message: /absent names projects\/p, which is declared at team\.yaml:1:13/,
    },
    {
      name: 'absent, of an unknown kind',
      because: 'the nearest one is probably meant',
      files: 'absent: { machine: [a] }',
      at: 'team.yaml:1:11',
      message: /unknown kind "machine"; did you mean machines\?/,
    },
    {
      name: 'an unknown setting',
      because: 'the nearest one is probably meant',
      files: { 'holdfast.yaml': 'settings: { shedule: null }' },
      at: 'holdfast.yaml:1:13',
      message: /unknown field "shedule" in settings; did you mean schedule\?/,
    },
    {
      name: 'a duration without a unit',
      because: 'it could be seconds or minutes',
      files: { 'holdfast.yaml': 'settings: { visibility: 2 }' },
      at: 'holdfast.yaml:1:25',
      message: /visibility of settings .*2m/,
    },
    {
      name: 'a duration in words',
      because: 'a duration is a number and a unit',
      files: { 'holdfast.yaml': 'settings: { requests: { timeout: soon } }' },
      at: 'holdfast.yaml:1:34',
      message: /requests\.timeout of settings is "[^"]+"; it takes a duration such as /,
    },
    {
      name: 'more than a hundred percent',
      because: 'it would not be a limit',
      files: { 'holdfast.yaml': 'settings: { limits: { updates: 130% } }' },
      at: 'holdfast.yaml:1:32',
      message:
        /limits\.updates of settings is "[^"]+"; it takes a percentage such as 30%, or a number/,
    },
    {
      name: 'a percentage without the % sign',
      because: 'a string is neither a percentage nor a number',
      files: { 'holdfast.yaml': 'settings: { limits: { deletions: "30" } }' },
      at: 'holdfast.yaml:1:34',
      message:
        /limits\.deletions of settings is "[^"]+"; it takes a percentage such as 30%, or a number/,
    },
    {
      name: 'a cron expression with minute 60',
      because: 'minutes end at 59',
      files: { 'holdfast.yaml': 'settings: { schedule: "61 * * * *" }' },
      at: 'holdfast.yaml:1:23',
      message: /schedule of settings is "[^"]+": "\d+" is not a valid minute/,
    },
    {
      name: 'an unknown time zone',
      because: 'abbreviations are ambiguous',
      files: { 'holdfast.yaml': 'settings: { timezone: Mars/Olympus }' },
      at: 'holdfast.yaml:1:23',
      message: /timezone of settings is "[^"]+"; it takes .*Europe\/Berlin/,
    },
    {
      name: 'an invalid timetable',
      because: 'a day has 24 hours',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: Mon-Fri 08:00-25:00 } } }`,
      at: 'team.yaml:1:112',
      message: /running in state of machines\/a: "25:00" is no time of day; write 00:00 to 24:00/,
    },
    {
      name: 'a timetable of 500 characters',
      because: 'it is parsed, and not valid',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: ${'x'.repeat(500)} } } }`,
      at: 'team.yaml:1:112',
      message: /running in state of machines\/a: "x{500}" is no timetable; write for example /,
    },
    {
      name: 'a longer timetable',
      because: 'parsing it would take long',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: ${'x'.repeat(501)} } } }`,
      at: 'team.yaml:1:112',
      message: /^running in state of machines\/a: "x+…" has more than 500 characters$/,
    },
    {
      name: 'a timetable in an unknown time zone',
      because: 'it would be off at the wrong time',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: Mon-Fri 08:00-19:00, timezone: Berlin } } }`,
      at: 'team.yaml:1:143',
      message:
        /timezone in state of machines\/a: "Berlin" is no time zone; write one like Europe\/Berlin or UTC/,
    },
    {
      name: 'settings in another file',
      because: 'they are read from one place only',
      files: { 'team.yaml': 'settings: { mode: enforce }' },
      at: 'team.yaml:1:1',
      message: /settings go into holdfast\.yaml at the top of the config directory/,
    },
    {
      name: 'settings in a holdfast.yaml in a subdirectory',
      because: 'they are read from one place only',
      files: { 'sub/holdfast.yaml': 'settings: { mode: enforce }' },
      at: 'sub/holdfast.yaml:1:1',
      message: /settings go into holdfast\.yaml at the top of the config directory/,
    },
  ]);
});

describe('broken YAML', () => {
  refuses([
    {
      name: 'tabs',
      because: 'YAML is indented with spaces',
      files: 'projects:\n\tp:\n',
      at: 'team.yaml:2:1',
      message: /not valid YAML: .*tab/i,
    },
    {
      name: 'an unclosed quote',
      because: 'the rest of the file is not another mistake',
      files: 'datasets:\n  d: { description: "never closed }\nprojects: { p: { tag: [x] } }\n',
      at: 'team.yaml:2:21',
      message: /not valid YAML: this quote is never closed/,
    },
    {
      name: 'a repeated key',
      because: 'one of the values would be lost',
      files: 'projects:\n  p:\n  q:\n  p:\n',
      at: 'team.yaml:4:3',
      message: /"?p"? .*team\.yaml:2:3/,
    },
    {
      name: 'a mistake after an empty line',
      because: 'empty lines count',
      files: '\nproject: { p: }',
      at: 'team.yaml:2:1',
      message: /^unknown kind "project"; did you mean projects\?$/,
    },
    {
      name: 'an alias without an anchor',
      because: 'anchors belong to their document',
      files: 'projects: { p: *nothing }',
      at: 'team.yaml:1:16',
      message:
        /the alias "\*nothing" has no anchor before it in its document; quote a string that begins with \*/,
    },
    {
      name: 'a merge of a string',
      because: 'only maps have entries',
      files: 'projects: { p: { <<: text } }',
      at: 'team.yaml:1:22',
      message: /<<.*map/,
    },
    {
      name: 'a document that is a list',
      because: 'it contains no kinds',
      files: '- projects\n- machines\n',
      at: 'team.yaml:1:1',
      message: /a document is a map from kinds to resources, not a list/,
    },
    {
      name: 'a binary file named .yaml',
      because: 'it is not text',
      files: {
        'team.yaml': '',
        'x.yaml': Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0xff, 0xfe, 0x00]),
      },
      at: 'x.yaml:1:1',
      message: /this file is not UTF-8/,
    },
    {
      name: 'zeros in a file named .yaml',
      because: 'zeros are UTF-8 but not text: a sparse file consists of them',
      files: { 'team.yaml': '', 'x.yaml': new Uint8Array(1000) },
      at: 'x.yaml:1:1',
      message: /^this file holds a NUL character, so it is not text$/,
    },
    {
      name: 'a line of a megabyte',
      because: 'it is a string, and the message shows only its type',
      files: 'x'.repeat(1_000_000),
      at: 'team.yaml:1:1',
      message: /^a document is a map from kinds to resources, not a string$/,
    },
    {
      name: '200 levels',
      because: 'no config needs them',
      files: `x-deep: ${'['.repeat(200)}${']'.repeat(200)}`,
      at: 'team.yaml:1:108',
      message: /values nest more than \d+ levels deep here/,
    },
    {
      name: 'aliases that expand exponentially',
      because: 'nine lines expand to 10^9 values',
      files: `x-0: &x0 [1]\n${Array.from({ length: 9 }, (_, i) => `x-${i + 1}: &x${i + 1} [${`*x${i}, `.repeat(10)}]`).join('\n')}`,
      at: 'team.yaml:7:10',
      message: /with its aliases expanded, this holds more than 1000000 values/,
    },
    {
      name: 'one value above the maximum',
      because: 'every 64 characters of a long text count as one value',
      files: `x-t: &t ${'x'.repeat(64 * 9999)}\nx-l: [${'*t, '.repeat(98)}${`${'x'.repeat(63)}, `.repeat(9999)}]\n`,
      at: 'team.yaml:1:1',
      message: /with its aliases expanded, this holds more than 1000000 values/,
    },
    {
      name: '100,000 names',
      because: '10,000 are the maximum for one pattern',
      files: 'projects: { "p-{1..100000}": }',
      at: 'team.yaml:1:13',
      message: /"p-\{1\.\.100000\}" expands to 100000 names; the maximum is 10000/,
    },
    {
      name: 'a million names from twenty braces',
      because: 'their number is checked before they are generated',
      files: `projects: { "${'{a,b}'.repeat(20)}": }`,
      at: 'team.yaml:1:13',
      message: /expands to 1048576 names; the maximum is 10000/,
    },
  ]);
});

describe('a path is shown in a readable form', () => {
  it.each<{ name: string; because: string; yaml: string; message: RegExp }>([
    {
      name: 'an invisible character in the name of a secret',
      because: 'the message would look as if it were not there',
      yaml: 'projects: { p: { secrets: { "A\uffff": plain } } }',
      message: /^secrets\.A\\u\{ffff\} of projects\/p is a secret in plain text/,
    },
    {
      name: 'a character that reverses the direction of text',
      because: 'the rest of the message would be shown backwards',
      yaml: 'datasets: { d: { versions: { "\u202ev1": { y: 1 } } } }',
      message: /^unknown field "y" in versions\.\\u\{202e\}v1 of datasets\/d/,
    },
    {
      name: 'a name of 3000 characters',
      because: 'nobody reads such a long message',
      yaml: `projects: { p: { secrets: { ? ${'A'.repeat(3000)} : plain } } }`,
      message: /^secrets\.A{127}… of projects\/p is a secret/,
    },
  ])('$name: $because', async ({ yaml, message }) => {
    const messages = (await problemsOf(yaml)).map((problem) => problem.message);
    expect(messages).toContainEqual(expect.stringMatching(message));
    expect(messages.join('')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });
});

describe('names', () => {
  refuses([
    {
      name: 'a line break',
      because: 'logs and reports are read line by line',
      files: 'projects: { "a\\nb": }',
      at: 'team.yaml:1:13',
      message: /"a\\u\{a\}b" is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: '129 characters',
      because: 'the API accepts 128',
      files: `privateNetworks: { ${'n'.repeat(129)}: { region: ny2 } }`,
      at: 'team.yaml:1:20',
      message: /is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'an empty name',
      because: 'no resource has an empty name',
      files: 'projects: { "": }',
      at: 'team.yaml:1:13',
      message: /"" is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'a number',
      because: '007 and 7 would be the same name',
      files: 'projects: { 1: }',
      at: 'team.yaml:1:13',
      message: /this key is a number, 1; put it in quotes/,
    },
    {
      name: '__proto__ as a kind',
      because: 'it is a key like any other',
      files: '__proto__: { a: { region: ny2 } }',
      at: 'team.yaml:1:1',
      message: /unknown kind "__proto__"/,
    },
    {
      name: 'constructor as a kind',
      because: 'it is a key like any other',
      files: 'constructor: { a: { region: ny2 } }',
      at: 'team.yaml:1:1',
      message: /unknown kind "constructor"/,
    },
    {
      name: '__proto__ as a field',
      because: 'it is a key like any other',
      files: 'privateNetworks: { n: { region: ny2, __proto__: { x: 1 } } }',
      at: 'team.yaml:1:38',
      message: /unknown field "__proto__" in privateNetworks\/n/,
    },
    {
      name: 'constructor as a field',
      because: 'it is a key like any other',
      files: 'privateNetworks: { n: { region: ny2, constructor: 1 } }',
      at: 'team.yaml:1:38',
      message: /unknown field "constructor" in privateNetworks\/n/,
    },
    {
      name: '__proto__ as a project’s secret',
      because: 'the API requires a letter first',
      files: 'projects: { p: { secrets: { __proto__: { env: X } } } }',
      at: 'team.yaml:1:29',
      message: /a key in secrets of projects\/p is "__proto__"/,
    },
    {
      name: '__proto__ as a setting',
      because: 'it is a key like any other',
      files: { 'holdfast.yaml': 'settings: { __proto__: { mode: enforce } }' },
      at: 'holdfast.yaml:1:13',
      message: /unknown field "__proto__" in settings/,
    },
    {
      name: '__proto__ as a form of a reference',
      because: 'it is a key like any other',
      files:
        'machines: { a: { machineType: C5, template: { __proto__: x }, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:47',
      message: /unknown field "__proto__" in template of machines\/a/,
    },
    {
      name: 'an absent team secret with an invalid name',
      because: 'no team secret can have that name',
      files: 'absent: { teamSecrets: [my-token] }',
      at: 'team.yaml:1:25',
      message: /^"my-token" is not a valid name for a team secret: it takes letters, digits and _/,
    },
    {
      name: '__proto__ as absent’s kind',
      because: 'it is a key like any other',
      files: 'absent: { __proto__: [a] }',
      at: 'team.yaml:1:11',
      message: /unknown kind "__proto__"/,
    },
  ]);
});

describe('forms', () => {
  const script = (form: string) => `startupScripts: { s: { script: ${form} } }`;
  const template = (form: string) =>
    `machines: { a: { machineType: C5, template: ${form}, region: ny2, diskSize: 50 } }`;
  refuses([
    {
      name: 'a file outside the config directory',
      because: 'others can read a config',
      files: script('{ file: ../../etc/passwd }'),
      at: 'team.yaml:1:40',
      message: /script of startupScripts\/s: the file "[^"]+" is outside the config directory/,
    },
    {
      name: 'the parent directory',
      because: 'others can read a config',
      files: script('{ file: .. }'),
      at: 'team.yaml:1:40',
      message: /script of startupScripts\/s: the file "[^"]+" is outside the config directory/,
    },
    {
      name: 'a file by absolute path',
      because: 'others can read a config',
      files: script('{ file: /etc/passwd }'),
      at: 'team.yaml:1:40',
      message: /script of startupScripts\/s: /,
    },
    {
      name: 'a missing file',
      because: 'there is nothing to send',
      files: script('{ file: missing.sh }'),
      at: 'team.yaml:1:40',
      message: /script of startupScripts\/s: the file "missing\.sh" does not exist/,
    },
    {
      name: 'a variable without a name',
      because: 'there is no such variable',
      files: 'teamSecrets: { T: { value: { env: "" } } }',
      at: 'team.yaml:1:35',
      message: /value of teamSecrets\/T has an env that is not the name of a variable/,
    },
    {
      name: 'keep: false',
      because: 'keep takes only true',
      files: 'teamSecrets: { T: { value: { keep: false } } }',
      at: 'team.yaml:1:36',
      message: /value of teamSecrets\/T has a keep that is not true/,
    },
    {
      name: 'keep: false of a template',
      because: 'keep takes only true',
      files: template('{ keep: false }'),
      at: 'team.yaml:1:53',
      message: /keep in template of machines\/a is false; it takes true, and nothing else/,
    },
    {
      name: 'live: 5',
      because: 'names are strings',
      files: 'snapshots: { s: { machine: { live: 5 } } }',
      at: 'team.yaml:1:36',
      message: /live in machine of snapshots\/s is .*; it takes a string/,
    },
    {
      name: 'an os with an empty name',
      because: 'every template would match',
      files: 'machines: { a: { machineType: C5, template: { os: }, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:51',
      message: /template of machines\/a is nothing; write the name of one of osTemplates/,
    },
    {
      name: 'a spec that is a string',
      because: 'it has no fields',
      files: 'privateNetworks: { n: ny2 }',
      at: 'team.yaml:1:23',
      message: /privateNetworks\/n .*map/,
    },
    {
      name: 'a kind that is a list',
      because: 'resources have names',
      files: 'privateNetworks: [{ name: n }]',
      at: 'team.yaml:1:18',
      message: /privateNetworks .*map/,
    },
    {
      name: 'a kind that is a string',
      because: 'resources have names',
      files: 'privateNetworks: n',
      at: 'team.yaml:1:18',
      message: /privateNetworks .*map/,
    },
    {
      name: 'a list of names that is a string',
      because: 'even one name is written as a list',
      files: 'startupScripts: { s: { script: x, assignedMachines: a } }',
      at: 'team.yaml:1:53',
      message: /assignedMachines of startupScripts\/s is a list of names, not "a"/,
    },
  ]);

  it('a file behind a link that leads out', async () => {
    const directory = await directoryOf({ 'team.yaml': script('{ file: run.sh }') });
    await addFiles(join(directory, '..'), { 'run.sh': 'x' });
    await symlink('../run.sh', join(directory, 'run.sh'));
    expect(await problemsIn(directory)).toEqual([
      {
        at: 'team.yaml:1:40',
        message: 'script of startupScripts/s: the file "run.sh" is outside the config directory',
      },
    ]);
  });
});

describe('unusual but valid configs', () => {
  it.each<{ name: string; because: string; files: Files | string }>([
    { name: 'a kind without resources', because: 'null declares nothing', files: 'machines: null' },
    { name: 'an empty file', because: 'it declares nothing', files: '' },
    { name: 'only comments', because: 'they declare nothing', files: '# one\n# two\n' },
    { name: 'a model without fields', because: 'no field is required', files: 'models: { m: }' },
    {
      name: 'a missing file of a secret',
      because: 'a secret is read only by a pass and by validate --secrets',
      files: 'teamSecrets: { T: { value: { file: missing } } }',
    },
    {
      name: 'a date as a description',
      because: 'YAML 1.2 has no dates: it is a string',
      files: 'datasets: { d: { description: 2026-01-01 } }',
    },
    {
      name: '__proto__ and constructor as names',
      because: 'they are names like any other',
      files: 'projects: { __proto__: , constructor: , toString: }',
    },
    {
      name: 'a secret’s file of more than 8,192 characters',
      because: 'a secret is read only by a pass and by validate --secrets',
      files: {
        'team.yaml': 'teamSecrets: { T: { value: { file: long } } }',
        long: 'x'.repeat(8193),
      },
    },
  ])('$name: $because', async ({ files }) => {
    expect(await problemsOf(files)).toEqual([]);
  });

  it('__proto__ is a separate resource', async () => {
    const directory = await directoryOf({ 'team.yaml': 'projects: { __proto__: { tags: [x] } }' });
    const loaded = await loadDesired(directory, catalog);
    expect(loaded.ok && loaded.state.resources.map(({ name, spec }) => [name, spec])).toEqual([
      ['__proto__', { tags: ['x'] }],
    ]);
  });
});
