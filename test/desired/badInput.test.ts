import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { loadCatalog } from '../../src/kinds/lib/catalog.ts';
import { addFiles, directoryOf, type Files } from '../fixtures/desired/directory.ts';

/** What a hostile or clumsy user writes, tried with the program's own kinds. */
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
  /** What was wrong, and what is expected. */
  readonly says: RegExp;
}

/** One mistake is one problem, at its place. */
const refuses = (rows: readonly Bad[]) =>
  it.each(rows)('$name: $because', async ({ files, at, says }) => {
    expect(await problemsOf(files)).toEqual([{ at, message: expect.stringMatching(says) }]);
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
      because: 'there are three, and one of them was meant',
      files: 'privateNetworks: { n: { region: ny3 } }',
      at: 'team.yaml:1:33',
      says: /region of privateNetworks\/n is "ny3"; it takes ny2, ca1 or ams1; did you mean ny2\?/,
    },
    {
      name: 'a region in capitals',
      because: 'regions are written as the API takes them, not as it answers',
      files: 'privateNetworks: { n: { region: NY2 } }',
      at: 'team.yaml:1:33',
      says: /region of privateNetworks\/n is "NY2"; it takes ny2, ca1 or ams1; did you mean ny2\?/,
    },
    {
      name: 'an unknown disk size',
      because: 'the contract names the sizes',
      files: `machines:
  a:
    machineType: C5
    template: { os: Ubuntu 22.04 }
    region: ny2
    diskSize: 75`,
      at: 'team.yaml:6:15',
      says: /diskSize of machines\/a is 75; it takes 50, 100, 250, 500, /,
    },
    {
      name: 'a project’s secret with a hyphen in its name',
      because: 'the API takes letters, digits and underscores',
      files: 'projects: { p: { secrets: { my-token: { env: T } } } }',
      at: 'team.yaml:1:29',
      says: /a key in secrets of projects\/p is "my-token"; it takes letters, digits and _, with a letter first, such as HUB_TOKEN$/,
    },
    {
      name: 'a project’s secret whose name begins with a digit',
      because: 'the API wants a letter there',
      files: 'projects: { p: { secrets: { 1A: { env: T } } } }',
      at: 'team.yaml:1:29',
      says: /a key in secrets of projects\/p is "1A"; it takes letters, digits and _, with a letter first, such as HUB_TOKEN$/,
    },
    {
      name: 'a team secret with a hyphen in its name',
      because: 'the API takes letters, digits and underscores',
      files: 'teamSecrets: { my-token: { value: { env: T } } }',
      at: 'team.yaml:1:16',
      says: /"my-token" is not a valid name for a team secret: it takes letters, digits and _, with a letter first, at most 128 characters, such as WANDB_API_KEY$/,
    },
    {
      name: 'a team secret whose name begins with a digit',
      because: 'the API wants a letter there',
      files: 'teamSecrets: { 1A: { value: { env: T } } }',
      at: 'team.yaml:1:16',
      says: /"1A" is not a valid name for a team secret: it takes letters, digits and _, with a letter first, at most 128 characters, such as WANDB_API_KEY$/,
    },
    {
      name: 'a team member who is no e-mail address',
      because: 'that is the only name that the API has for one',
      files: 'teamMembers: { grace: { role: admin } }',
      at: 'team.yaml:1:16',
      says: /"grace" is not a valid name for a team member: it takes an e-mail address, at most 128 characters, such as grace@example\.com$/,
    },
    ...[
      { kind: 'teamSecrets', spec: 'value: { env: T }', singular: 'team secret' },
      { kind: 'teamMembers', spec: 'role: admin', singular: 'team member' },
    ].map(({ kind, spec, singular }) => {
      const name = kind === 'teamMembers' ? 'grace@example.com' : 'NEW';
      return {
        name: `a former name of a ${singular}`,
        because: 'the API has no way to rename one',
        files: `${kind}:\n  ${name}:\n    ${spec}\n    lifecycle: { formerName: OLD }`,
        at: 'team.yaml:4:30',
        says: new RegExp(
          `formerName of ${kind}/${name} is "OLD", but it must not be set: the API cannot change the name of a ${singular}$`,
        ),
      };
    }),
    {
      name: 'a long name of a project',
      because: 'the API takes 128 characters',
      files: `projects: { ${'p'.repeat(129)}: }`,
      at: 'team.yaml:1:13',
      says: /is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'the role of an owner',
      because: 'the API can make an admin or a member of someone',
      files: 'teamMembers: { ada@example.com: { role: owner } }',
      at: 'team.yaml:1:41',
      says: /role of teamMembers\/ada@example\.com is "owner"; it takes admin or member/,
    },
    {
      name: 'a deployment without a machine type',
      because: 'there is no default for it',
      files: `projects: { p: }
deployments: { d: { project: p, config: { apiVersion: v1, image: i, resources: { ports: [80] } } } }`,
      at: 'team.yaml:2:69',
      says: /missing field "machineType" in config\.resources of deployments\/d/,
    },
    {
      name: 'a deployment with less than no replicas',
      because: 'none is the least',
      files: `projects: { p: }
deployments: { d: { project: p, config: { apiVersion: v1, image: i, resources: { machineType: C5, ports: [80], replicas: -1 } } } }`,
      at: 'team.yaml:2:122',
      says: /config\.resources\.replicas of deployments\/d is -1; it takes at least 0/,
    },
    {
      name: 'a deployment without an image',
      because: 'it has nothing to run',
      files: `projects: { p: }
deployments: { d: { project: p, config: { apiVersion: v1, resources: { machineType: C5, ports: [80] } } } }`,
      at: 'team.yaml:2:33',
      says: /missing field "image" in config of deployments\/d/,
    },
    {
      name: 'a comma in the tag of a version',
      because: 'requests name several tags with commas between them',
      files: 'datasets: { d: { versions: { "v1,v2": { message: x } } } }',
      at: 'team.yaml:1:30',
      says: /a key in versions of datasets\/d is "v1,v2"; it takes a text without commas/,
    },
    {
      name: 'a date as a text field',
      because: 'YAML 1.2 has no dates: it is a string, and no region',
      files: 'privateNetworks: { n: { region: 2026-01-01 } }',
      at: 'team.yaml:1:33',
      says: /region of privateNetworks\/n is "2026-01-01"; it takes ny2, ca1 or ams1/,
    },
    {
      name: 'a big integer',
      because: 'it would silently become another one',
      files:
        'machines: { a: { machineType: C5, template: { os: x }, region: ny2, diskSize: 99999999999999999999 } }',
      at: 'team.yaml:1:79',
      says: /too large to be exact/,
    },
    {
      name: 'not a number',
      because: 'JSON has none',
      files: `machines: { a: { ${fields}, region: ny2, autoShutdownTimeout: .nan } }`,
      at: 'team.yaml:1:115',
      says: /"\.(nan|inf)" is not a number that can be used/,
    },
    {
      name: 'an endless number',
      because: 'JSON has none',
      files: `machines: { a: { ${fields}, region: ny2, autoShutdownTimeout: .inf } }`,
      at: 'team.yaml:1:115',
      says: /"\.(nan|inf)" is not a number that can be used/,
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
      says: /password of containerRegistries\/r is a secret.*\{ env: NAME \}, \{ file: PATH \}/,
    },
    {
      name: 'of a storage provider',
      because: 'files are committed',
      files: `storageProviders: { s: { ${s3}: ${secret} } } }`,
      at: 'team.yaml:1:105',
      says: /s3Config\.secretAccessKey of storageProviders\/s is a secret.*\{ env: NAME \}/,
    },
    {
      name: 'of the team',
      because: 'files are committed',
      files: `teamSecrets: { T: { value: ${secret} } }`,
      at: 'team.yaml:1:28',
      says: /value of teamSecrets\/T is a secret.*\{ env: NAME \}/,
    },
    {
      name: 'of a project',
      because: 'files are committed',
      files: `projects: { p: { secrets: { X: ${secret} } } }`,
      at: 'team.yaml:1:32',
      says: /secrets\.X of projects\/p is a secret.*\{ env: NAME \}/,
    },
    {
      name: 'in a list',
      because: 'a wrong form may hold it all the same',
      files: `teamSecrets: { T: { value: [${secret}] } }`,
      at: 'team.yaml:1:28',
      says: /value of teamSecrets\/T .*\{ env: NAME \}/,
    },
    {
      name: 'in a form that there is not',
      because: 'the form is named, and not what it holds',
      files: `teamSecrets: { T: { value: { plain: ${secret} } } }`,
      at: 'team.yaml:1:30',
      says: /value of teamSecrets\/T has an unknown key here; write \{ env: NAME \}/,
    },
    {
      name: 'as the name of a variable',
      because: 'it is none, and may be the secret',
      files: `teamSecrets: { T: { value: { env: ${secret} } } }`,
      at: 'team.yaml:1:35',
      says: /value of teamSecrets\/T has an env that is not the name of a variable/,
    },
  ];
  refuses(rows);

  it.each(rows)('is not repeated $name', async ({ files }) => {
    expect(JSON.stringify(await problemsOf(files))).not.toContain(secret);
  });
});

describe('resources that do not go together', () => {
  const two = `machines: { a: ${machine}, b: ${far} }\n`;
  refuses([
    {
      name: 'two addresses of one machine',
      because: 'it has one',
      files: `${two}publicIps: { one: { region: ny2, machine: a }, two: { region: ny2, machine: a } }`,
      at: 'team.yaml:2:77',
      says: /machines\/a is in machine of publicIps\/one \(team\.yaml:2:43\) and of publicIps\/two; it may be in only one/,
    },
    {
      name: 'an address of another region than its machine',
      because: 'addresses do not move',
      files: `${two}publicIps: { one: { region: ca1, machine: a } }`,
      at: 'team.yaml:2:43',
      says: /machine of publicIps\/one, which is in ca1, names machines\/a, which is in ny2/,
    },
    {
      name: 'a dynamic address and a declared one',
      because: 'the declared one is static',
      files: `machines: { a: { ${fields}, region: ny2, publicIpType: dynamic } }
publicIps: { one: { region: ny2, machine: a } }`,
      at: 'team.yaml:2:43',
      says: /machines\/a, whose publicIpType is "dynamic"; it must be static or not set/,
    },
    {
      name: 'a machine twice in one script',
      because: 'the second one says nothing',
      files: `${two}startupScripts: { s: { script: x, assignedMachines: [a, a] } }`,
      at: 'team.yaml:2:57',
      says: /assignedMachines of startupScripts\/s names machines\/a twice/,
    },
    {
      name: 'a machine twice in one script, once by braces',
      because: 'braces are only a way to write names',
      files: `${two}startupScripts: { s: { script: x, assignedMachines: [a, "{a,b}"] } }`,
      at: 'team.yaml:2:57',
      says: /assignedMachines of startupScripts\/s names machines\/a twice/,
    },
    {
      name: 'a machine in two scripts',
      because: 'the API keeps one',
      files: `${two}startupScripts: { s: { script: x, assignedMachines: [a] }, t: { script: x, assignedMachines: [a] } }`,
      at: 'team.yaml:2:95',
      says: /machines\/a is in assignedMachines of startupScripts\/s \(team\.yaml:2:54\) and of startupScripts\/t/,
    },
    {
      name: 'a machine in a network of another region',
      because: 'networks do not reach that far',
      files: `privateNetworks: { n: { region: ca1 } }
machines: { a: { ${fields}, region: ny2, network: n } }`,
      at: 'team.yaml:2:103',
      says: /network of machines\/a, which is in ny2, names privateNetworks\/n, which is in ca1/,
    },
    {
      name: 'a template made from a machine of another region',
      because: 'it is where that machine is',
      files: `machines:
  golden: ${far}
  a: { machineType: C5, template: { custom: image }, region: ny2, diskSize: 50 }
customTemplates: { image: { machine: golden } }`,
      at: 'team.yaml:3:35',
      says: /template of machines\/a, which is in ny2, names customTemplates\/image, which is in ams1/,
    },
    {
      name: 'a drive in a network with a typo',
      because: 'the nearest name is probably meant',
      files: `privateNetworks: { research: { region: ny2 } }
sharedDrives: { d: { size: 10, region: ny2, network: reserch } }`,
      at: 'team.yaml:2:54',
      says: /names privateNetworks\/reserch, which is not declared; did you mean research\?.*\{ live: reserch \}/,
    },
    {
      name: 'a drive in a network of another region',
      because: 'networks do not reach that far',
      files: `privateNetworks: { research: { region: ca1 } }
sharedDrives: { d: { size: 10, region: ny2, network: research } }`,
      at: 'team.yaml:2:54',
      says: /network of sharedDrives\/d, which is in ny2, names privateNetworks\/research, which is in ca1/,
    },
    {
      name: 'a snapshot of a machine that is not declared',
      because: 'what is only in the team is named as such',
      files: 'snapshots: { s: { machine: a } }',
      at: 'team.yaml:1:28',
      says: /machine of snapshots\/s names machines\/a, which is not declared; write \{ live: a \}/,
    },
    {
      name: 'an undeclared template',
      because: 'an operating system stands in { os: }, and a plain name for a template',
      files:
        'machines: { a: { machineType: C5, template: Ubuntu 22.04, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:45',
      says: /template of machines\/a names customTemplates\/Ubuntu 22\.04, which is not declared; .*\{ os: Ubuntu 22\.04 \}/,
    },
    {
      name: 'an undeclared template, by its form',
      because: 'the form names the kind, and no more',
      files:
        'machines: { a: { machineType: C5, template: { custom: undeclared }, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:55',
      says: /customTemplates\/undeclared, which is not declared; write \{ custom: \{ live: undeclared \} \}/,
    },
    {
      name: 'a machine made from its own image',
      because: 'neither can be the first',
      files: `machines: { a: { machineType: C5, template: { custom: image }, region: ny2, diskSize: 50 } }
customTemplates: { image: { machine: a } }`,
      at: 'team.yaml:1:45',
      says: /^reference cycle: machines\/a \(template, team\.yaml:1:45\) → customTemplates\/image \(machine, team\.yaml:2:38\) → machines\/a; remove one of these references$/,
    },
  ]);
});

describe('lifecycles, absent names and settings', () => {
  refuses([
    {
      name: 'to be replaced and never deleted',
      because: 'a replacement is a deletion',
      files:
        'privateNetworks: { n: { region: ny2, lifecycle: { preventDeletion: true, onImmutableChange: replace } } }',
      at: 'team.yaml:1:93',
      says: /privateNetworks\/n cannot both be replaced and never be deleted: leave out preventDeletion or replace/,
    },
    {
      name: 'additive, and no relation',
      because: 'only a set has extra members',
      files: 'startupScripts: { s: { script: x, lifecycle: { additive: [isRunOnce] } } }',
      at: 'team.yaml:1:59',
      says: /additive of startupScripts\/s names "isRunOnce", which is not a set of startupScripts; it takes assignedMachines/,
    },
    {
      name: 'ignored, and no field',
      because: 'a typo would have the field mended',
      files: 'startupScripts: { s: { script: x, lifecycle: { ignoreChanges: [isRunonce] } } }',
      at: 'team.yaml:1:64',
      says: /ignoreChanges of startupScripts\/s names "isRunonce", which is not a field of startupScripts; did you mean isRunOnce\?/,
    },
    {
      name: 'an unknown key',
      because: 'the nearest one is probably meant',
      files: 'projects: { p: { lifecycle: { preventDelete: true } } }',
      at: 'team.yaml:1:31',
      says: /unknown field "preventDelete" in lifecycle of projects\/p; did you mean preventDeletion\?/,
    },
    {
      name: 'a former name that is declared',
      because: 'one live resource would be two',
      files: 'projects: { p: { lifecycle: { formerName: q } }, q: }',
      at: 'team.yaml:1:43',
      says: /formerName of projects\/p is projects\/q, which is declared at team\.yaml:1:50/,
    },
    {
      name: 'absent and declared',
      because: 'one of them is a mistake, and the wrong one deletes',
      files: 'projects: { p: }\nabsent: { projects: [p] }',
      at: 'team.yaml:2:22',
      says: /absent names projects\/p, which is declared at team\.yaml:1:13/,
    },
    {
      name: 'absent, of an unknown kind',
      because: 'the nearest one is probably meant',
      files: 'absent: { machine: [a] }',
      at: 'team.yaml:1:11',
      says: /unknown kind "machine"; did you mean machines\?/,
    },
    {
      name: 'an unknown setting',
      because: 'the nearest one is probably meant',
      files: { 'holdfast.yaml': 'settings: { shedule: null }' },
      at: 'holdfast.yaml:1:13',
      says: /unknown field "shedule" in settings; did you mean schedule\?/,
    },
    {
      name: 'a duration without a unit',
      because: 'seconds and minutes look the same then',
      files: { 'holdfast.yaml': 'settings: { visibility: 2 }' },
      at: 'holdfast.yaml:1:25',
      says: /visibility of settings .*2m/,
    },
    {
      name: 'a duration in words',
      because: 'it is a number and a unit',
      files: { 'holdfast.yaml': 'settings: { requests: { timeout: soon } }' },
      at: 'holdfast.yaml:1:34',
      says: /requests\.timeout of settings is "[^"]+"; it takes a duration such as /,
    },
    {
      name: 'more than a hundred percent',
      because: 'it would be no limit',
      files: { 'holdfast.yaml': 'settings: { limits: { updates: 130% } }' },
      at: 'holdfast.yaml:1:32',
      says: /limits\.updates of settings is "[^"]+"; it takes a percentage such as 30%, or a number/,
    },
    {
      name: 'a percentage without its sign',
      because: 'it is a number then, and a text is neither',
      files: { 'holdfast.yaml': 'settings: { limits: { deletions: "30" } }' },
      at: 'holdfast.yaml:1:34',
      says: /limits\.deletions of settings is "[^"]+"; it takes a percentage such as 30%, or a number/,
    },
    {
      name: 'a cron expression with a minute too many',
      because: 'an hour has sixty',
      files: { 'holdfast.yaml': 'settings: { schedule: "61 * * * *" }' },
      at: 'holdfast.yaml:1:23',
      says: /schedule of settings is "[^"]+": "\d+" is not a valid minute/,
    },
    {
      name: 'a time zone that there is not',
      because: 'abbreviations mean several',
      files: { 'holdfast.yaml': 'settings: { timezone: Mars/Olympus }' },
      at: 'holdfast.yaml:1:23',
      says: /timezone of settings is "[^"]+"; it takes .*Europe\/Berlin/,
    },
    {
      name: 'a timetable that is none',
      because: 'a day has twenty-four hours',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: Mon-Fri 08:00-25:00 } } }`,
      at: 'team.yaml:1:112',
      says: /running in state of machines\/a: "25:00" is no time of day; write 00:00 to 24:00/,
    },
    {
      name: 'a timetable of 500 letters',
      because: 'it is looked into, and none',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: ${'x'.repeat(500)} } } }`,
      at: 'team.yaml:1:112',
      says: /running in state of machines\/a: "x{500}" is no timetable; write for example /,
    },
    {
      name: 'a timetable of more',
      because: 'nobody writes one, and it would take long',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: ${'x'.repeat(501)} } } }`,
      at: 'team.yaml:1:112',
      says: /^running in state of machines\/a: "x+…" has more than 500 characters$/,
    },
    {
      name: 'a timetable in a time zone that there is not',
      because: 'it would be off at the wrong hour',
      files: `machines: { a: { ${fields}, region: ny2, state: { running: Mon-Fri 08:00-19:00, timezone: Berlin } } }`,
      at: 'team.yaml:1:143',
      says: /timezone in state of machines\/a: "Berlin" is no time zone; write one like Europe\/Berlin or UTC/,
    },
    {
      name: 'settings in another file',
      because: 'they are looked for in one place',
      files: { 'team.yaml': 'settings: { mode: enforce }' },
      at: 'team.yaml:1:1',
      says: /settings go into holdfast\.yaml at the top of the config directory/,
    },
    {
      name: 'settings in a holdfast.yaml further down',
      because: 'they are looked for in one place',
      files: { 'sub/holdfast.yaml': 'settings: { mode: enforce }' },
      at: 'sub/holdfast.yaml:1:1',
      says: /settings go into holdfast\.yaml at the top of the config directory/,
    },
  ]);
});

describe('what is hardly YAML', () => {
  refuses([
    {
      name: 'tabs',
      because: 'YAML indents by spaces',
      files: 'projects:\n\tp:\n',
      at: 'team.yaml:2:1',
      says: /not valid YAML: .*tab/i,
    },
    {
      name: 'a quote that is not closed',
      because: 'the rest of the file is no second mistake',
      files: 'datasets:\n  d: { description: "never closed }\nprojects: { p: { tag: [x] } }\n',
      at: 'team.yaml:2:21',
      says: /not valid YAML: this quote is never closed/,
    },
    {
      name: 'a key twice',
      because: 'one of them would be lost',
      files: 'projects:\n  p:\n  q:\n  p:\n',
      at: 'team.yaml:4:3',
      says: /"?p"? .*team\.yaml:2:3/,
    },
    {
      name: 'a mistake behind an empty line',
      because: 'the line counts',
      files: '\nproject: { p: }',
      at: 'team.yaml:2:1',
      says: /^unknown kind "project"; did you mean projects\?$/,
    },
    {
      name: 'an alias to nothing',
      because: 'anchors are those of the document',
      files: 'projects: { p: *nothing }',
      at: 'team.yaml:1:16',
      says: /the alias "\*nothing" has no anchor before it in its document; quote a string that begins with \*/,
    },
    {
      name: 'a merge of a text',
      because: 'only maps have entries',
      files: 'projects: { p: { <<: text } }',
      at: 'team.yaml:1:22',
      says: /<<.*map/,
    },
    {
      name: 'a document that is a list',
      because: 'there is no kind in it',
      files: '- projects\n- machines\n',
      at: 'team.yaml:1:1',
      says: /a document is a map from kinds to resources, not a list/,
    },
    {
      name: 'a program named .yaml',
      because: 'it is no text',
      files: {
        'team.yaml': '',
        'x.yaml': Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0xff, 0xfe, 0x00]),
      },
      at: 'x.yaml:1:1',
      says: /this file is not UTF-8/,
    },
    {
      name: 'zeros named .yaml',
      because: 'they are UTF-8, but no text: a sparse file consists of them',
      files: { 'team.yaml': '', 'x.yaml': new Uint8Array(1000) },
      at: 'x.yaml:1:1',
      says: /^this file holds a NUL character, so it is not text$/,
    },
    {
      name: 'a line of a megabyte',
      because: 'it is a string, and told by its sort alone',
      files: 'x'.repeat(1_000_000),
      at: 'team.yaml:1:1',
      says: /^a document is a map from kinds to resources, not a string$/,
    },
    {
      name: 'two hundred levels',
      because: 'no config needs them',
      files: `x-deep: ${'['.repeat(200)}${']'.repeat(200)}`,
      at: 'team.yaml:1:108',
      says: /values nest more than \d+ levels deep here/,
    },
    {
      name: 'aliases that multiply',
      because: 'nine lines stand for 10^9 values',
      files: `x-0: &x0 [1]\n${Array.from({ length: 9 }, (_, i) => `x-${i + 1}: &x${i + 1} [${`*x${i}, `.repeat(10)}]`).join('\n')}`,
      at: 'team.yaml:7:10',
      says: /with its aliases expanded, this holds more than 1000000 values/,
    },
    {
      name: 'one value more than may be',
      because: 'the letters of long texts count, 64 of them as one',
      files: `x-t: &t ${'x'.repeat(64 * 9999)}\nx-l: [${'*t, '.repeat(98)}${`${'x'.repeat(63)}, `.repeat(9999)}]\n`,
      at: 'team.yaml:1:1',
      says: /with its aliases expanded, this holds more than 1000000 values/,
    },
    {
      name: 'a hundred thousand names',
      because: 'ten thousand are more than anyone declares in one line',
      files: 'projects: { "p-{1..100000}": }',
      at: 'team.yaml:1:13',
      says: /"p-\{1\.\.100000\}" expands to 100000 names; the maximum is 10000/,
    },
    {
      name: 'a million names by twenty braces',
      because: 'their number is known before they are made',
      files: `projects: { "${'{a,b}'.repeat(20)}": }`,
      at: 'team.yaml:1:13',
      says: /expands to 1048576 names; the maximum is 10000/,
    },
  ]);
});

describe('a name that leads to a value is told so that it can be read', () => {
  it.each<{ name: string; because: string; yaml: string; says: RegExp }>([
    {
      name: 'an invisible sign in the name of a secret',
      because: 'the message would look as if there were none',
      yaml: 'projects: { p: { secrets: { "A\uffff": plain } } }',
      says: /^secrets\.A\\u\{ffff\} of projects\/p is a secret in plain text/,
    },
    {
      name: 'a sign that turns the line round',
      because: 'the rest of the message would be read backwards',
      yaml: 'datasets: { d: { versions: { "\u202ev1": { y: 1 } } } }',
      says: /^unknown field "y" in versions\.\\u\{202e\}v1 of datasets\/d/,
    },
    {
      name: 'a name of 3000 letters',
      because: 'nobody reads so long a message',
      yaml: `projects: { p: { secrets: { ? ${'A'.repeat(3000)} : plain } } }`,
      says: /^secrets\.A{127}… of projects\/p is a secret/,
    },
  ])('$name: $because', async ({ yaml, says }) => {
    const messages = (await problemsOf(yaml)).map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringMatching(says));
    expect(messages.join('')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });
});

describe('names', () => {
  refuses([
    {
      name: 'with a newline',
      because: 'logs and reports are read by the line',
      files: 'projects: { "a\\nb": }',
      at: 'team.yaml:1:13',
      says: /"a\\u\{a\}b" is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'of 129 characters',
      because: 'the API takes 128',
      files: `privateNetworks: { ${'n'.repeat(129)}: { region: ny2 } }`,
      at: 'team.yaml:1:20',
      says: /is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'empty',
      because: 'nothing would be called so',
      files: 'projects: { "": }',
      at: 'team.yaml:1:13',
      says: /"" is not a valid name: it takes 1 to 128 printable characters/,
    },
    {
      name: 'a number',
      because: '007 and 7 would be one',
      files: 'projects: { 1: }',
      at: 'team.yaml:1:13',
      says: /this key is a number, 1; put it in quotes/,
    },
    {
      name: '__proto__ as a kind',
      because: 'it is a key like any other',
      files: '__proto__: { a: { region: ny2 } }',
      at: 'team.yaml:1:1',
      says: /unknown kind "__proto__"/,
    },
    {
      name: 'constructor as a kind',
      because: 'it is a key like any other',
      files: 'constructor: { a: { region: ny2 } }',
      at: 'team.yaml:1:1',
      says: /unknown kind "constructor"/,
    },
    {
      name: '__proto__ as a field',
      because: 'it is a key like any other',
      files: 'privateNetworks: { n: { region: ny2, __proto__: { x: 1 } } }',
      at: 'team.yaml:1:38',
      says: /unknown field "__proto__" in privateNetworks\/n/,
    },
    {
      name: 'constructor as a field',
      because: 'it is a key like any other',
      files: 'privateNetworks: { n: { region: ny2, constructor: 1 } }',
      at: 'team.yaml:1:38',
      says: /unknown field "constructor" in privateNetworks\/n/,
    },
    {
      name: '__proto__ as a project’s secret',
      because: 'the API wants a letter first',
      files: 'projects: { p: { secrets: { __proto__: { env: X } } } }',
      at: 'team.yaml:1:29',
      says: /a key in secrets of projects\/p is "__proto__"/,
    },
    {
      name: '__proto__ as a setting',
      because: 'it is a key like any other',
      files: { 'holdfast.yaml': 'settings: { __proto__: { mode: enforce } }' },
      at: 'holdfast.yaml:1:13',
      says: /unknown field "__proto__" in settings/,
    },
    {
      name: '__proto__ as a form of a reference',
      because: 'it is a key like any other',
      files:
        'machines: { a: { machineType: C5, template: { __proto__: x }, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:47',
      says: /unknown field "__proto__" in template of machines\/a/,
    },
    {
      name: 'of no team secret, absent',
      because: 'there can be none of that name',
      files: 'absent: { teamSecrets: [my-token] }',
      at: 'team.yaml:1:25',
      says: /^"my-token" is not a valid name for a team secret: it takes letters, digits and _/,
    },
    {
      name: '__proto__ as absent’s kind',
      because: 'it is a key like any other',
      files: 'absent: { __proto__: [a] }',
      at: 'team.yaml:1:11',
      says: /unknown kind "__proto__"/,
    },
  ]);
});

describe('forms', () => {
  const script = (form: string) => `startupScripts: { s: { script: ${form} } }`;
  const template = (form: string) =>
    `machines: { a: { machineType: C5, template: ${form}, region: ny2, diskSize: 50 } }`;
  refuses([
    {
      name: 'a file outside',
      because: 'a config is read by others, too',
      files: script('{ file: ../../etc/passwd }'),
      at: 'team.yaml:1:40',
      says: /script of startupScripts\/s: the file "[^"]+" is outside the config directory/,
    },
    {
      name: 'the directory around it',
      because: 'a config is read by others, too',
      files: script('{ file: .. }'),
      at: 'team.yaml:1:40',
      says: /script of startupScripts\/s: the file "[^"]+" is outside the config directory/,
    },
    {
      name: 'a file by its full path',
      because: 'a config is read by others, too',
      files: script('{ file: /etc/passwd }'),
      at: 'team.yaml:1:40',
      says: /script of startupScripts\/s: /,
    },
    {
      name: 'a file that is missing',
      because: 'it could not be sent',
      files: script('{ file: missing.sh }'),
      at: 'team.yaml:1:40',
      says: /script of startupScripts\/s: the file "missing\.sh" does not exist/,
    },
    {
      name: 'a variable without a name',
      because: 'there is none',
      files: 'teamSecrets: { T: { value: { env: "" } } }',
      at: 'team.yaml:1:35',
      says: /value of teamSecrets\/T has an env that is not the name of a variable/,
    },
    {
      name: 'keep: false',
      because: 'not to keep is to write',
      files: 'teamSecrets: { T: { value: { keep: false } } }',
      at: 'team.yaml:1:36',
      says: /value of teamSecrets\/T has a keep that is not true/,
    },
    {
      name: 'keep: false of a template',
      because: 'not to keep is to write',
      files: template('{ keep: false }'),
      at: 'team.yaml:1:53',
      says: /keep in template of machines\/a is false; it takes true, and nothing else/,
    },
    {
      name: 'live: 5',
      because: 'names are texts',
      files: 'snapshots: { s: { machine: { live: 5 } } }',
      at: 'team.yaml:1:36',
      says: /live in machine of snapshots\/s is .*; it takes a string/,
    },
    {
      name: 'an os without a name',
      because: 'every template would fit',
      files: 'machines: { a: { machineType: C5, template: { os: }, region: ny2, diskSize: 50 } }',
      at: 'team.yaml:1:51',
      says: /template of machines\/a is nothing; write the name of one of osTemplates/,
    },
    {
      name: 'a spec that is a text',
      because: 'it has no fields',
      files: 'privateNetworks: { n: ny2 }',
      at: 'team.yaml:1:23',
      says: /privateNetworks\/n .*map/,
    },
    {
      name: 'a kind that is a list',
      because: 'resources have names',
      files: 'privateNetworks: [{ name: n }]',
      at: 'team.yaml:1:18',
      says: /privateNetworks .*map/,
    },
    {
      name: 'a kind that is a text',
      because: 'resources have names',
      files: 'privateNetworks: n',
      at: 'team.yaml:1:18',
      says: /privateNetworks .*map/,
    },
    {
      name: 'a list that is a text',
      because: 'one name is a list of one',
      files: 'startupScripts: { s: { script: x, assignedMachines: a } }',
      at: 'team.yaml:1:53',
      says: /assignedMachines of startupScripts\/s is a list of names, not "a"/,
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

describe('what looks wrong and is not', () => {
  it.each<{ name: string; because: string; files: Files | string }>([
    { name: 'a kind without resources', because: 'null is nothing', files: 'machines: null' },
    { name: 'an empty file', because: 'it declares nothing', files: '' },
    { name: 'only comments', because: 'they declare nothing', files: '# one\n# two\n' },
    { name: 'a model of nothing', because: 'no field is required', files: 'models: { m: }' },
    {
      name: 'a secret’s file that is missing',
      because: 'secrets are not read here, but in a pass and by validate --secrets',
      files: 'teamSecrets: { T: { value: { file: missing } } }',
    },
    {
      name: 'a date as a description',
      because: 'YAML 1.2 has no dates: it is a text',
      files: 'datasets: { d: { description: 2026-01-01 } }',
    },
    {
      name: '__proto__ and constructor as names',
      because: 'they are names like any other',
      files: 'projects: { __proto__: , constructor: , toString: }',
    },
    {
      name: 'a secret’s file of more than 8,192 characters',
      because: 'secrets are not read here, but in a pass and by validate --secrets',
      files: {
        'team.yaml': 'teamSecrets: { T: { value: { file: long } } }',
        long: 'x'.repeat(8193),
      },
    },
  ])('$name: $because', async ({ files }) => {
    expect(await problemsOf(files)).toEqual([]);
  });

  it('__proto__ is a resource of its own', async () => {
    const directory = await directoryOf({ 'team.yaml': 'projects: { __proto__: { tags: [x] } }' });
    const loaded = await loadDesired(directory, catalog);
    expect(loaded.ok && loaded.state.resources.map(({ name, spec }) => [name, spec])).toEqual([
      ['__proto__', { tags: ['x'] }],
    ]);
  });
});
