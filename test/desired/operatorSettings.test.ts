import { chmod, chown, link, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configChanged } from '../../src/desired/files/configChanges.ts';
import { loadDesired, type Loaded, type Overrides } from '../../src/desired/load.ts';
import type { Settings } from '../../src/model/settings.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { addFiles, directoryOf, problemsIn, type Files } from '../fixtures/desired/directory.ts';

/** A config directory with these files, and beside it the operator's file. */
async function placeOf(operator: string, files: Files) {
  const directory = await directoryOf(files);
  const path = join(dirname(directory), 'ops/settings.yaml');
  await mkdir(dirname(path));
  await writeFile(path, operator);
  const file = { path, by: '--settings' } as const;
  const load = (overrides: Overrides = {}): Promise<Loaded> =>
    loadDesired(directory, catalog, { operator: file, ...overrides });
  /** The problems, with the operator's file as `OPS`. */
  const problems = async (overrides?: Overrides): Promise<readonly string[]> =>
    problemsIn(await load(overrides)).map((problem) => problem.replaceAll(path, 'OPS'));
  return { directory, path, file, load, problems };
}

const repo = (settings: string): Files => ({ 'holdfast.yaml': `settings: ${settings}` });

async function settingsOf(
  operator: string,
  settings: string,
  overrides?: Overrides,
): Promise<Settings> {
  const { load } = await placeOf(`settings: ${operator}`, repo(settings));
  const loaded = await load(overrides);
  if (!loaded.ok) throw new Error(problemsIn(loaded).join('\n'));
  return loaded.settings;
}

describe('flags override the environment, which overrides what the repo may set, which overrides the operator', () => {
  it.each<{
    because: string;
    operator: string;
    repo: string;
    overrides?: Overrides;
    settings: (settings: Settings) => unknown;
    expected: unknown;
  }>([
    {
      because: 'the operator’s file is the only source of what is not listed',
      operator: '{ mode: enforce }',
      repo: '{}',
      settings: ({ mode }) => mode,
      expected: 'enforce',
    },
    {
      because: 'a listed setting of the repo wins',
      operator: '{ schedule: "0 1 * * *", repoMaySet: [schedule] }',
      repo: '{ schedule: "0 2 * * *" }',
      settings: ({ schedule }) => schedule,
      expected: '0 2 * * *',
    },
    {
      because: 'a listed setting that the repo leaves out is the operator’s',
      operator: '{ schedule: "0 1 * * *", repoMaySet: [schedule] }',
      repo: '{}',
      settings: ({ schedule }) => schedule,
      expected: '0 1 * * *',
    },
    {
      because: 'an object allows everything below it, and what the repo leaves out stays',
      operator: '{ limits: { updates: 1, deletions: 2 }, repoMaySet: [limits] }',
      repo: '{ limits: { updates: 3, hourlyCost: 4 } }',
      settings: ({ limits }) => limits,
      expected: {
        updates: { count: 3 },
        deletions: { count: 2 },
        deletionsPerDay: 5,
        hourlyCost: 4,
        disruption: {},
      },
    },
    {
      because: 'a map of values is laid over, too',
      operator: '{ prices: { A4000: 1, P4000: 2 }, repoMaySet: [prices] }',
      repo: '{ prices: { A4000: 3 } }',
      settings: ({ prices }) => prices,
      expected: { A4000: 3, P4000: 2 },
    },
    {
      because: 'a list is replaced as a whole',
      operator: '{ prune: [machines], repoMaySet: [prune] }',
      repo: '{ prune: [] }',
      settings: ({ prune }) => prune,
      expected: [],
    },
    {
      because: 'a variable overrides both',
      operator: '{ timezone: UTC, repoMaySet: [timezone] }',
      repo: '{ timezone: Europe/Berlin }',
      overrides: { env: { HOLDFAST_TIMEZONE: 'Asia/Tokyo' } },
      settings: ({ timezone }) => timezone,
      expected: 'Asia/Tokyo',
    },
    {
      because: 'a flag overrides the variable',
      operator: '{ timezone: UTC, repoMaySet: [timezone] }',
      repo: '{ timezone: Europe/Berlin }',
      overrides: { env: { HOLDFAST_TIMEZONE: 'Asia/Tokyo' }, flags: { timezone: 'Asia/Seoul' } },
      settings: ({ timezone }) => timezone,
      expected: 'Asia/Seoul',
    },
    {
      because: 'a variable overrides repoMaySet like any setting',
      operator: '{ repoMaySet: [] }',
      repo: '{ watch: false }',
      overrides: { env: { HOLDFAST_REPO_MAY_SET: '[watch]' } },
      settings: ({ watch }) => watch,
      expected: false,
    },
    {
      because: 'the rate that the operator set is the ceiling',
      operator: '{ throttle: { requestsPerSecond: 3 } }',
      repo: '{}',
      settings: ({ throttle }) => [throttle.requestsPerSecond, throttle.ceiling],
      expected: [3, undefined],
    },
  ])('$because', async ({ operator, repo: written, overrides, settings, expected }) => {
    expect(settings(await settingsOf(operator, written, overrides))).toEqual(expected);
  });
});

describe('what the repo may not set is a problem at its key', () => {
  const refused = (place: string, path: string, tail = ', or list it there in repoMaySet') =>
    `holdfast.yaml:${place} not-allowed: ${path} of settings is not for holdfast.yaml to set; set it in OPS${tail}`;

  it.each<{ because: string; operator: string; repo: string; problems: readonly string[] }>([
    {
      because: 'nothing is listed by default',
      operator: '{}',
      repo: '{ mode: enforce, limits: { updates: 100% } }',
      problems: [refused('1:13', 'mode'), refused('1:28', 'limits')],
    },
    {
      because: 'a listed member does not allow its siblings',
      operator: '{ repoMaySet: [limits.updates] }',
      repo: '{ limits: { updates: 1, deletions: 100% } }',
      problems: [refused('1:35', 'limits.deletions')],
    },
    {
      because: 'a listed member does not allow another value in place of the object',
      operator: '{ repoMaySet: [limits.updates] }',
      repo: '{ limits: null }',
      problems: [refused('1:13', 'limits')],
    },
    {
      because: 'a part of a word is not a part of a path',
      operator: '{ repoMaySet: [limits.updates] }',
      repo: '{ limit: { updates: 1 } }',
      problems: [refused('1:13', 'limit', '')],
    },
    {
      because: 'a key with a dot is not a path',
      operator: '{ repoMaySet: [limits.updates] }',
      repo: '{ "limits.deletions": 9 }',
      problems: [refused('1:13', 'limits.deletions')],
    },
    {
      because: 'what is never listable says only where to set it',
      operator: '{}',
      repo: '{ server: { token: null }, repoMaySet: [mode] }',
      problems: [refused('1:13', 'server', ''), refused('1:38', 'repoMaySet', '')],
    },
    {
      because: 'an unknown setting is not the repo’s to set either',
      operator: '{}',
      repo: '{ mod: enforce }',
      problems: [refused('1:13', 'mod', '')],
    },
    {
      because: 'a value that is allowed must be right',
      operator: '{ repoMaySet: [schedule, limits] }',
      repo: '{ schedule: 5, limits: { update: 1 } }',
      problems: [
        'holdfast.yaml:1:23 wrong-value: schedule of settings is 5; it takes a cron expression such as "*/5 * * * *" or null',
        'holdfast.yaml:1:36 unknown-field: unknown field "update" in limits of settings; did you mean updates?',
      ],
    },
    {
      because: 'a wrong value of the operator is a problem even if the repo overrides it',
      operator: '{ timezone: Mars, repoMaySet: [timezone] }',
      repo: '{ timezone: UTC }',
      problems: [
        'OPS:1:23 wrong-value: timezone of settings is "Mars"; it takes a time zone such as Europe/Berlin or UTC',
      ],
    },
  ])('$because', async ({ operator, repo: written, problems }) => {
    const place = await placeOf(`settings: ${operator}`, repo(written));
    expect(await place.problems()).toEqual(problems);
  });

  it('with a Git source, also without an operator’s file', async () => {
    const directory = await directoryOf(repo('{ mode: enforce, watch: false }'));
    const loaded = await loadDesired(directory, catalog, {
      source: 'git',
      env: { HOLDFAST_REPO_MAY_SET: '[watch]' },
    });
    expect(problemsIn(loaded)).toEqual([
      'holdfast.yaml:1:13 not-allowed: mode of settings is not for holdfast.yaml to set; set it in the file of --settings, or list it there in repoMaySet',
    ]);
  });
});

describe('repoMaySet lists settings that exist, and none that are the operator’s alone', () => {
  it.each([
    [
      'limit.updates',
      'unknown-field: repoMaySet names "limit.updates", which is not a setting; did you mean limits.updates?',
    ],
    [
      'shedule',
      'unknown-field: repoMaySet names "shedule", which is not a setting; did you mean schedule?',
    ],
    [
      'notify.on',
      'unknown-field: repoMaySet names "notify.on", which is not a setting; did you mean notify?',
    ],
    ['', 'unknown-field: repoMaySet names "", which is not a setting'],
    [
      'repoMaySet',
      'not-allowed: repoMaySet cannot list repoMaySet: only the operator sets repoMaySet, because it would lift itself',
    ],
    [
      'secrets.env',
      'not-allowed: repoMaySet cannot list secrets.env: only the operator sets secrets, because it says which secrets a config may read',
    ],
    [
      'server.listen',
      'not-allowed: repoMaySet cannot list server.listen: only the operator sets server, because it says who may reach the daemon',
    ],
    [
      'store',
      'not-allowed: repoMaySet cannot list store: only the operator sets store, because it says where Holdfast keeps its own state',
    ],
    [
      'git.nothing',
      'not-allowed: repoMaySet cannot list git.nothing: only the operator sets git, because it says where the config comes from',
    ],
  ])('%s', async (path, problem) => {
    const place = await placeOf(`settings: { repoMaySet: [mode, "${path}"] }`, repo('{}'));
    expect(await place.problems()).toEqual([`OPS:1:32 ${problem}`]);
  });

  it.each([
    { files: repo('{ repoMaySet: [mode] }'), env: {}, at: 'holdfast.yaml:1:13' },
    { files: repo('{}'), env: { HOLDFAST_REPO_MAY_SET: '[]' }, at: 'HOLDFAST_REPO_MAY_SET:1:1' },
  ])('without --settings it is a problem at $at', async ({ files, env, at }) => {
    const loaded = await loadDesired(await directoryOf(files), catalog, { env });
    expect(problemsIn(loaded)).toEqual([
      `${at} misplaced: repoMaySet of settings applies to the operator’s settings file only; give that with --settings FILE, and set it there`,
    ]);
  });
});

describe('the operator’s file', () => {
  it.each<{ because: string; text: string; repo?: string; problems: readonly string[] }>([
    { because: 'anchors may stand beside the settings', text: 'x-a: 1\nsettings:', problems: [] },
    {
      because: 'it holds nothing else',
      text: 'settings: {}\nmachines: {}',
      problems: [
        'OPS:2:1 misplaced: the operator’s settings file holds settings only; "machines" goes into another file',
      ],
    },
    {
      because: 'an empty file is most likely being written',
      text: '',
      problems: [
        'OPS:1:1 missing-field: the operator’s settings file has no settings; write settings: {} for the defaults',
      ],
    },
    {
      because: 'what the repo may set is not known then, so nothing is said of it',
      text: 'settings: [',
      repo: '{ mode: enforce }',
      problems: [expect.stringMatching(/^OPS:1:\d+ syntax: /)],
    },
  ])('$because', async ({ text, repo: written = '{}', problems }) => {
    const place = await placeOf(text, repo(written));
    expect(await place.problems()).toEqual(problems);
  });

  it.each<{ because: string; change: (path: string) => Promise<unknown>; says: string }>([
    {
      because: 'it is missing',
      change: (path) => rename(path, `${path}.away`),
      says: 'unreadable: the operator’s settings file "OPS" does not exist',
    },
    {
      because: 'everybody can write it',
      change: (path) => chmod(path, 0o666),
      says: 'unreadable: the operator’s settings file "OPS" can be written by other users (mode 0666); make sure that nobody changed it and chmod go-w it',
    },
    {
      because: 'it is not a file',
      change: async (path) => {
        await rename(path, `${path}.away`);
        await mkdir(path);
      },
      says: 'unreadable: the operator’s settings file "OPS" is not a regular file',
    },
    {
      because: 'it leads into the config directory',
      change: async (path) => {
        await rename(path, `${path}.away`);
        await symlink('../config/holdfast.yaml', path);
      },
      says: 'misplaced: the operator’s settings file "OPS" is in the config directory, so whoever may change the config may change it; put it elsewhere',
    },
  ])('is refused with the option’s name: $because', async ({ change, says }) => {
    const place = await placeOf('settings: {}', repo('{}'));
    await change(place.path);
    expect(await place.problems()).toEqual([`--settings:1:1 ${says}`]);
  });

  it.runIf(process.getuid?.() === 0)('is refused if it belongs to another user', async () => {
    const place = await placeOf('settings: {}', repo('{}'));
    await chown(place.path, 65_534, 65_534);
    const byVariable = { path: place.path, by: 'HOLDFAST_SETTINGS' } as const;
    expect(await place.problems({ operator: byVariable })).toEqual([
      'HOLDFAST_SETTINGS:1:1 unreadable: the operator’s settings file "OPS" belongs to user 65534, and Holdfast runs as user 0; run it as the owner, or change the owner with chown',
    ]);
  });

  it('may be a link, as in a ConfigMap, or have a second name', async () => {
    const place = await placeOf('settings: {}', repo('{}'));
    await rename(place.path, `${place.path}.data`);
    await symlink('settings.yaml.data', place.path);
    await link(`${place.path}.data`, `${place.path}.second`);
    expect(await place.problems()).toEqual([]);
  });

  it('names secrets relative to itself, anywhere, and Holdfast’s own', async () => {
    const { path, load } = await placeOf(
      'settings: { server: { token: { file: ../token } }, notify: [{ slack: { env: HOLDFAST_X } }], secrets: { env: [] } }',
      repo('{}'),
    );
    const loaded = await load();
    expect(loaded.ok && loaded.settings).toMatchObject({
      server: { token: { from: 'file', path: join(dirname(path), '../token') } },
      notify: [{ target: { from: 'env', name: 'HOLDFAST_X' } }],
    });
    expect(loaded.ok && loaded.settings.server.token).not.toHaveProperty('within');
  });

  it('is among the inputs: its content, its permissions, and where it leads', async () => {
    const { directory, path, load } = await placeOf('settings: {}', repo('{}'));
    const { inputs } = await load();
    const isSame = async () => (await configChanged(directory, inputs, {})).hash === inputs.hash;
    expect(await isSame()).toBe(true);
    await chmod(path, 0o666);
    expect(await isSame()).toBe(false);
    await chmod(path, 0o600);
    expect(await isSame()).toBe(true);
    await writeFile(path, 'settings: { mode: enforce }');
    expect(await isSame()).toBe(false);
  });
});

describe('variables in the settings that the repo may set', () => {
  const notify = (name: string) => repo(`{ notify: [{ slack: { env: ${name} } }] }`);
  it.each([
    { name: 'PAPERSPACE_API_KEY', rule: 'own-credential', because: 'it would be sent away' },
    { name: 'DATABASE_PASSWORD', rule: 'not-allowed', because: 'secrets.env binds the repo' },
    { name: 'TEAM_HOOK', rule: undefined, because: 'secrets.env matches it' },
  ])('$name: $because', async ({ name, rule }) => {
    const operator = 'settings: { secrets: { env: [TEAM_*] }, repoMaySet: [notify] }';
    const place = await placeOf(operator, notify(name));
    const problems = await place.problems();
    expect(problems.map((problem) => problem.split(' ')[1])).toEqual(
      rule === undefined ? [] : [`${rule}:`],
    );
  });

  it('nor may they name the file of the API key', async () => {
    const place = await placeOf(
      'settings: { repoMaySet: [notify] }',
      repo('{ notify: [{ slack: { file: key } }] }'),
    );
    await addFiles(place.directory, { key: 'hunter2' });
    const env = { PAPERSPACE_API_KEY_FILE: join(place.directory, 'key') };
    expect(await place.problems({ env })).toEqual([
      'holdfast.yaml:1:39 own-credential: notify[0].slack of settings: the file "key" holds a credential of Holdfast, which no config may read',
    ]);
  });
});

describe('secrets.env says which variables the desired state may read', () => {
  const secret = (name: string) => `teamSecrets: { s: { value: { env: ${name} } } }`;
  const problem = (name: string, list: string) =>
    `1:35 not-allowed: value of teamSecrets/s names ${name}, which secrets.env of settings does not allow (${list}); the operator can add it there; write { env: NAME }, { file: PATH }, { sops: FILE, key: a.b }, { from: PROVIDER, key: K } or { keep: true }`;

  it.each<{
    because: string;
    name: string;
    settings?: string;
    overrides?: Overrides;
    list?: string;
  }>([
    { because: 'unless it is set, a directory may read any', name: 'PASSWORD' },
    {
      because: 'a pattern matches',
      name: 'TEAM_TOKEN',
      settings: '{ secrets: { env: [A, TEAM_*] } }',
    },
    {
      because: 'no pattern matches',
      name: 'PASSWORD',
      settings: '{ secrets: { env: [A, TEAM_*] } }',
      list: '[A, TEAM_*]',
    },
    {
      because: 'an empty list allows nothing',
      name: 'A',
      settings: '{ secrets: { env: [] } }',
      list: '[]',
    },
    {
      because: 'a list without HOLDFAST_SECRET_* does not allow those',
      name: 'HOLDFAST_SECRET_A',
      settings: '{ secrets: { env: [TEAM_*] } }',
      list: '[TEAM_*]',
    },
    {
      because: 'a variable sets it',
      name: 'PASSWORD',
      overrides: { env: { HOLDFAST_SECRETS_ENV: '[TEAM_*]' } },
      list: '[TEAM_*]',
    },
    {
      because: 'with a Git source the default binds',
      name: 'PASSWORD',
      overrides: { source: 'git' },
      list: '[HOLDFAST_SECRET_*]',
    },
    {
      because: 'with a Git source the default allows these',
      name: 'HOLDFAST_SECRET_A',
      overrides: { source: 'git' },
    },
  ])('$name: $because', async ({ name, settings = '{}', overrides, list }) => {
    const git = overrides?.source === 'git';
    const directory = await directoryOf({
      'team.yaml': secret(name),
      ...(git ? {} : repo(settings)),
    });
    expect(problemsIn(await loadDesired(directory, catalog, overrides))).toEqual(
      list === undefined ? [] : [problem(name, list)],
    );
  });

  it('never allows Holdfast’s own', async () => {
    const place = await placeOf('settings: { secrets: { env: ["*"] } }', {
      'team.yaml': secret('PAPERSPACE_API_KEY'),
    });
    expect(await place.problems()).toEqual([
      expect.stringMatching(
        /^1:35 own-credential: value of teamSecrets\/s names PAPERSPACE_API_KEY/,
      ),
    ]);
  });

  it.each([
    ['*', 'A', true],
    ['A', 'A', true],
    ['A', 'AB', false],
    ['A', 'a', false],
    ['A*', 'A', true],
    ['*_KEY', 'MY_KEY', true],
    ['*_KEY', '_KEYS', false],
    ['A*B*C', 'AxBxC', true],
    ['A*B*C', 'AxCxB', false],
    ['A*A', 'A', false],
    ['AB*BC', 'ABC', false],
    ['*A*A*', 'A', false],
    ['A**B', 'AB', true],
  ])('%s and %s: %s', async (pattern, name, allowed) => {
    const files = { ...repo(`{ secrets: { env: ["${pattern}"] } }`), 'team.yaml': secret(name) };
    const { ok } = await loadDesired(await directoryOf(files), catalog);
    expect(ok).toBe(allowed);
  });

  it('takes names of variables', async () => {
    const loaded = await loadDesired(
      await directoryOf(repo('{ secrets: { env: [TEAM-*] } }')),
      catalog,
    );
    expect(problemsIn(loaded)).toEqual([
      'holdfast.yaml:1:30 wrong-value: secrets.env[0] of settings is "TEAM-*"; it takes the name of a variable, such as TEAM_TOKEN or TEAM_*',
    ]);
  });
});
