import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultClasses } from '../../src/model/notify/alert.ts';
import type { Settings } from '../../src/model/settings.ts';
import {
  resolveSettings,
  type ResolvedSettings,
} from '../../src/desired/settings/resolveSettings.ts';
import type { FilledSettings } from '../../src/desired/settings/settingsSchema.ts';
import { typedSettings } from '../../src/desired/settings/typedSettings.ts';
import type { Overrides } from '../../src/desired/load.ts';
import { load, problemsOf } from '../fixtures/desired/directory.ts';

const settingsOf = async (yaml: string, overrides?: Overrides): Promise<Settings> => {
  const loaded = await load({ 'holdfast.yaml': yaml }, overrides);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.settings;
};

const only = (resolved: ResolvedSettings): Settings => {
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.problems));
  return resolved.settings;
};

const defaults: Settings = {
  mode: 'observe',
  schedule: '*/5 * * * *',
  timezone: 'UTC',
  watch: true,
  events: 15_000,
  throttle: { requestsPerSecond: 10, burst: 20, concurrency: 8, adaptive: true, ceiling: 50 },
  requests: { timeout: 30_000, retries: 5 },
  visibility: 120_000,
  grace: 30_000,
  prune: [],
  limits: {
    updates: { percent: 30 },
    deletions: { percent: 10 },
    deletionsPerDay: 5,
    hourlyCost: null,
    disruption: {},
  },
  budgets: [],
  windows: [],
  store: { type: 'sqlite', path: './.holdfast/state.db' },
  reports: { directory: './.holdfast/reports', formats: ['json'], keep: 100 },
  notify: [],
  metrics: { labels: [] },
  server: {
    host: '127.0.0.1',
    port: 8080,
    publicUrl: null,
    token: { from: 'env', name: 'HOLDFAST_TOKEN' },
    tokens: [],
  },
  secrets: { env: ['HOLDFAST_SECRET_*'], providers: {} },
  repoMaySet: [],
  git: null,
  workspaces: null,
  apiKey: null,
  prices: {},
};

describe('defaults', () => {
  it.each<{ name: string; because: string; yaml: string }>([
    { name: 'no settings', because: 'the file may have only x- keys', yaml: 'x-a: 1' },
    { name: 'null', because: 'it counts as an empty map', yaml: 'settings:' },
    { name: 'an empty map', because: 'every setting has a default', yaml: 'settings: {}' },
    {
      name: 'empty sections',
      because: 'each of their settings has a default',
      yaml: 'settings: { throttle: {}, limits: {} }',
    },
  ])('$name: $because', async ({ yaml }) => {
    expect(await settingsOf(yaml)).toEqual(defaults);
  });

  it('are available without a config directory', () => {
    expect(only(resolveSettings(undefined, {}, {}))).toEqual(defaults);
  });
});

describe('written settings', () => {
  it.each<{ name: string; because: string; yaml: string; settings: Partial<Settings> }>([
    {
      name: 'durations',
      because: 'they are converted to milliseconds',
      yaml: 'requests: { timeout: 1500ms }, visibility: 1h30m',
      settings: { requests: { timeout: 1500, retries: 5 }, visibility: 5_400_000 },
    },
    {
      name: 'limits',
      because: 'a percentage or a number',
      yaml: 'limits: { updates: 7, deletions: 2.5%, deletionsPerDay: 0, hourlyCost: 12.5, disruption: {} }',
      settings: {
        limits: {
          updates: { count: 7 },
          deletions: { percent: 2.5 },
          deletionsPerDay: 0,
          hourlyCost: 12.5,
          disruption: {},
        },
      },
    },
    {
      name: 'no schedule',
      because: 'null: passes run only on change or request',
      yaml: 'schedule: null',
      settings: { schedule: null },
    },
    {
      name: 'seconds and names in cron',
      because: 'node-cron supports them',
      yaml: 'schedule: "30 0 2 * * Mon-Fri", timezone: Europe/Berlin',
      settings: { schedule: '30 0 2 * * Mon-Fri', timezone: 'Europe/Berlin' },
    },
    {
      name: 'windows',
      because: 'each has a start and a duration',
      yaml: 'windows: [{ cron: "0 2 * * *", duration: 2h }]',
      settings: { windows: [{ cron: '0 2 * * *', duration: 7_200_000 }] },
    },
    {
      name: 'providers of secrets',
      because: 'each is a program or a Vault',
      yaml: 'secrets: { providers: { op: { exec: [op, read, "op://gpu/{key}"], timeout: 5s, env: [OP_TOKEN] }, v: { vault: "https://vault.example", auth: { tokenFile: /run/token } } } }',
      settings: {
        secrets: {
          env: ['HOLDFAST_SECRET_*'],
          providers: {
            op: {
              type: 'exec',
              command: ['op', 'read', 'op://gpu/{key}'],
              timeout: 5000,
              env: ['OP_TOKEN'],
            },
            v: {
              type: 'vault',
              url: 'https://vault.example',
              mount: 'secret',
              tokenFile: '/run/token',
              timeout: 10_000,
            },
          },
        },
      },
    },
    {
      name: 'PostgreSQL',
      because: 'several replicas share it',
      yaml: 'store: postgres://holdfast@db/holdfast',
      settings: { store: { type: 'postgres', url: 'postgres://holdfast@db/holdfast' } },
    },
    {
      name: 'notifications',
      because: 'all classes, kinds, and labels, unless they are listed',
      yaml: 'notify: [{ slack: { env: S }, on: [drift], match: { kinds: [machines], labels: { owner: ml } }, remind: 1d }, { webhook: { url: "https://a.example/x", secret: { env: K } }, settle: 1 }, { webhook: { url: { env: W } } }]',
      settings: {
        notify: [
          {
            sink: 'slack',
            target: { from: 'env', name: 'S' },
            on: ['drift'],
            kinds: ['machines'],
            labels: { owner: 'ml' },
            settle: 2,
            remind: 86_400_000,
          },
          {
            sink: 'webhook',
            target: {
              url: { from: 'value', value: 'https://a.example/x' },
              secret: { from: 'env', name: 'K' },
            },
            on: [...defaultClasses],
            kinds: null,
            labels: {},
            settle: 1,
            remind: null,
          },
          {
            sink: 'webhook',
            target: { url: { from: 'env', name: 'W' }, secret: null },
            on: [...defaultClasses],
            kinds: null,
            labels: {},
            settle: 2,
            remind: null,
          },
        ],
      },
    },
    {
      name: 'budgets',
      because: 'a name is made of what the budget is about',
      yaml: 'budgets: [{ monthly: 2000 }, { name: ML, match: { labels: { owner: ml } }, monthly: 0.5, warn: null, hold: true }, { match: { kinds: [machines], labels: { owner: web, env: prod } }, monthly: 1, warn: 62.5% }]',
      settings: {
        budgets: [
          {
            name: 'team',
            match: { kinds: null, labels: {} },
            monthly: 2000,
            warn: 80,
            hold: false,
          },
          {
            name: 'ML',
            match: { kinds: null, labels: { owner: 'ml' } },
            monthly: 0.5,
            warn: null,
            hold: true,
          },
          {
            name: 'machines owner=web, env=prod',
            match: { kinds: ['machines'], labels: { owner: 'web', env: 'prod' } },
            monthly: 1,
            warn: 62.5,
            hold: false,
          },
        ],
      },
    },
    {
      name: 'mails',
      because: 'the URL of the mail server holds a password',
      yaml: 'notify: [{ email: { to: [a@example.com], from: b@example.com, smtp: { env: M } } }]',
      settings: {
        notify: [
          {
            sink: 'email',
            target: {
              to: ['a@example.com'],
              from: 'b@example.com',
              smtp: { from: 'env', name: 'M' },
            },
            on: [...defaultClasses],
            kinds: null,
            labels: {},
            settle: 2,
            remind: null,
          },
        ],
      },
    },
    {
      name: 'PagerDuty',
      because: 'its API has a known URL',
      yaml: 'notify: [{ pagerduty: { routingKey: { env: K } }, remind: null }]',
      settings: {
        notify: [
          {
            sink: 'pagerduty',
            target: {
              routingKey: { from: 'env', name: 'K' },
              url: 'https://events.pagerduty.com/v2/enqueue',
            },
            on: [...defaultClasses],
            kinds: null,
            labels: {},
            settle: 2,
            remind: null,
          },
        ],
      },
    },
    {
      name: 'Alertmanager',
      because: 'it forgets alerts of which it is not reminded',
      yaml: 'notify: [{ alertmanager: { url: "http://a:9093" } }, { alertmanager: { url: { env: U }, auth: { env: T } }, remind: 1d }]',
      settings: {
        notify: [
          {
            sink: 'alertmanager',
            target: { url: { from: 'value', value: 'http://a:9093' }, auth: null },
            on: [...defaultClasses],
            kinds: null,
            labels: {},
            settle: 2,
            remind: 3_600_000,
          },
          {
            sink: 'alertmanager',
            target: { url: { from: 'env', name: 'U' }, auth: { from: 'env', name: 'T' } },
            on: [...defaultClasses],
            kinds: null,
            labels: {},
            settle: 2,
            remind: 86_400_000,
          },
        ],
      },
    },
    {
      name: 'IPv6 addresses',
      because: 'they are written in brackets',
      yaml: 'server: { listen: "[::1]:0", token: null }',
      settings: { server: { host: '::1', port: 0, publicUrl: null, token: null, tokens: [] } },
    },
    {
      name: 'named tokens',
      because: 'each may do only what it lists',
      yaml: 'server: { tokens: [{ name: ci, token: { env: CI }, may: [read, approve] }] }',
      settings: {
        server: {
          ...defaults.server,
          tokens: [{ name: 'ci', token: { from: 'env', name: 'CI' }, may: ['read', 'approve'] }],
        },
      },
    },
    {
      name: 'a public address',
      because: 'a proxy may serve under another name and path',
      yaml: 'server: { listen: "0.0.0.0:80", publicUrl: "https://gpu.example.com/holdfast", token: null }',
      settings: {
        server: {
          host: '0.0.0.0',
          port: 80,
          publicUrl: 'https://gpu.example.com/holdfast',
          token: null,
          tokens: [],
        },
      },
    },
    {
      name: 'git',
      because: 'everything except the URL has a default',
      yaml: 'git: { url: "https://example.com/team.git" }',
      settings: {
        git: {
          url: 'https://example.com/team.git',
          ref: 'main',
          path: '.',
          interval: 60_000,
          auth: null,
          signers: null,
          webhookSecret: null,
          forge: null,
          clones: '.holdfast/git',
        },
      },
    },
    {
      name: 'git with a store in a database',
      because: 'the clones are beside the reports',
      yaml: 'git: { url: "https://example.com/team.git" }, store: "postgres://db/h", reports: { directory: /data/reports }',
      settings: {
        git: expect.objectContaining({ clones: '/data/git' }),
        store: { type: 'postgres', url: 'postgres://db/h' },
        reports: { ...defaults.reports, directory: '/data/reports' },
      },
    },
    {
      name: 'git with everything',
      because: 'paths are made absolute, and branch is another name of ref',
      yaml: 'git: { url: "git@example.com:team.git", branch: next, path: gpu, interval: 5m, auth: { sshKey: { file: key }, knownHosts: /etc/hosts-known }, verify: { signers: /etc/signers }, webhookSecret: { env: HOOK }, forge: { api: "https://api.github.com", token: { env: FORGE } } }',
      settings: {
        git: {
          url: 'git@example.com:team.git',
          ref: 'next',
          path: 'gpu',
          interval: 300_000,
          auth: {
            type: 'sshKey',
            file: expect.stringMatching(/\/config\/key$/) as unknown as string,
            knownHosts: '/etc/hosts-known',
          },
          signers: '/etc/signers',
          webhookSecret: { from: 'env', name: 'HOOK' },
          forge: { api: 'https://api.github.com', token: { from: 'env', name: 'FORGE' } },
          clones: '.holdfast/git',
        },
      },
    },
    {
      name: 'prune and prices',
      because: 'kinds of the catalog, and any machine type',
      yaml: 'prune: [machines], prices: { A4000: 0.76 }',
      settings: { prune: ['machines'], prices: { A4000: 0.76 } },
    },
  ])('$name: $because', async ({ yaml, settings }) => {
    expect(await settingsOf(`settings: { ${yaml} }`)).toEqual({ ...defaults, ...settings });
  });

  it('supports anchors, and paths of secrets relative to the config directory', async () => {
    const { server, git } = await settingsOf(
      'x-s: &s { file: secrets/token }\nsettings: { server: { token: *s }, git: { url: https://x, auth: { token: { sops: s.yaml, key: git.token } } } }',
    );
    expect(server.token).toEqual({
      from: 'file',
      path: expect.stringMatching(/\/config\/secrets\/token$/),
      within: expect.stringMatching(/\/config$/),
    });
    expect(git?.auth).toEqual({
      type: 'token',
      token: {
        from: 'sops',
        path: expect.stringMatching(/\/config\/s\.yaml$/),
        within: expect.stringMatching(/\/config$/),
        key: 'git.token',
      },
    });
  });
});

describe('a wrong value in the file is a problem, even if it is overridden', () => {
  it.each<{
    settings: string;
    env: Record<string, string>;
    problem: string | undefined;
    because: string;
  }>([
    {
      settings: '{ mode: enfroce }',
      env: { HOLDFAST_MODE: 'enforce' },
      problem:
        '1:19 wrong-value: mode of settings is "enfroce"; it takes observe or enforce; did you mean enforce?',
      because: 'the variable may be gone tomorrow',
    },
    {
      settings: '{ throttle: 5 }',
      env: { HOLDFAST_THROTTLE_BURST: '9' },
      problem: '1:23 wrong-value: throttle of settings is 5; it takes a map',
      because: 'overriding a part does not make it a map',
    },
    {
      settings: '{ budgets: [{ monthly: 5, match: { kinds: [machine] } }] }',
      env: { HOLDFAST_BUDGETS: '[]' },
      problem:
        '1:54 unknown-kind: budgets[0].match.kinds names "machine", which is not a kind; did you mean machines?',
      because: 'it would count nothing',
    },
    {
      settings: '{ budgets: [{ monthly: 0 }] }',
      env: { HOLDFAST_BUDGETS: '[]' },
      problem: '1:34 wrong-value: budgets[0].monthly of settings is 0; it takes at least 0.01',
      because: 'it would always be spent',
    },
    {
      settings: '{ budgets: [{ monthly: 5, warn: 0% }] }',
      env: { HOLDFAST_BUDGETS: '[]' },
      problem:
        '1:43 wrong-value: budgets[0].warn of settings is "0%"; it takes a percentage above 0, such as 80%',
      because: 'it would always warn',
    },
    {
      settings: '{ budgets: [{ match: { labels: { owner: ml } } }] }',
      env: {},
      problem: '1:23 missing-field: missing field "monthly" in budgets[0] of settings',
      because: 'a budget is an amount',
    },
    {
      settings:
        '{ budgets: [{ monthly: 5, match: { labels: { owner: ml } } }, { monthly: 9, name: owner=ml }] }',
      env: { HOLDFAST_BUDGETS: '[]' },
      problem:
        '1:73 wrong-value: budgets of settings has two budgets named "owner=ml"; give each its own name',
      because: 'nobody could tell their alerts apart',
    },
    {
      settings: '{ notify: [{ slack: { env: S }, match: { labels: { owner: "m*" } } }] }',
      env: { HOLDFAST_NOTIFY: '[]' },
      problem:
        '1:69 wrong-value: notify[0].match.labels.owner of settings is "m*"; it takes printable text without * and without spaces around it, such as ml-platform',
      because: 'a label is compared as it is, so the star would match nothing',
    },
    {
      settings: '{ metrics: { labels: [cost.a, owner, cost-a] } }',
      env: {},
      problem:
        '1:48 conflict: metrics.labels names "cost.a" and "cost-a", which are both label_cost_a for Prometheus',
      because: 'two labels of one name would be one',
    },
    {
      settings: '{ metrics: { labels: ["a b"] } }',
      env: {},
      problem:
        '1:33 wrong-value: metrics.labels[0] of settings is "a b"; it takes letters and digits, with . _ - between them, such as owner',
      because: 'no resource can have such a label',
    },
    {
      settings: '{ prune: [machins] }',
      env: { HOLDFAST_PRUNE: '[]' },
      problem:
        '1:21 unknown-kind: prune names "machins", which is not a kind; did you mean machines?',
      because: 'prune is checked against the catalog, too',
    },
    {
      settings: '{ visibility: 999d, requests: { timeout: soon } }',
      env: { HOLDFAST_VISIBILITY: '2m', HOLDFAST_REQUESTS: '{ timeout: 5s }' },
      problem: '1:25 wrong-value: visibility of settings is "999d"; it takes at most 7d',
      because: 'limits are no exception',
    },
    {
      settings: '{ git: { branch: next } }',
      env: { HOLDFAST_GIT_URL: 'https://b' },
      problem: undefined,
      because: 'a variable may provide what is missing in the file',
    },
    {
      settings: '{ schedule: "*/90 * * * *" }',
      env: { HOLDFAST_SCHEDULE: 'null' },
      problem:
        '1:23 wrong-value: schedule of settings is "*/90 * * * *": the step in "*/90" is larger than the range of the minute field, so only its first value would match; write for example "0 */2 * * *"',
      because: 'it would be wrong without the variable',
    },
  ])('$settings: $because', async ({ settings, env, problem }) => {
    const problems = await problemsOf({ 'holdfast.yaml': `settings: ${settings}` }, { env });
    expect(problems[0]).toBe(problem && `holdfast.yaml:${problem}`);
  });
});

describe('a setting that is for another place', () => {
  it.each<{
    settings: string;
    env?: Record<string, string>;
    problems: readonly string[];
    because: string;
  }>([
    {
      settings: '{ mode: x, git: { url: https://a }, notify: [{ slack: { env: A } }] }',
      problems: [
        'holdfast.yaml:1:19 wrong-value: mode of settings is "x"; it takes observe or enforce',
        'holdfast.yaml:1:27 misplaced: set git elsewhere',
        'holdfast.yaml:1:55 misplaced: set notify elsewhere',
      ],
      because: 'each has its own position, and is reported together with other problems',
    },
    {
      settings: '{ git: null, notify: [] }',
      problems: [],
      because: 'a setting that is not set is not a problem',
    },
    {
      settings: '{}',
      env: { HOLDFAST_GIT_URL: 'https://a' },
      problems: ['HOLDFAST_GIT_URL:1:1 misplaced: set git elsewhere'],
      because: 'the message names the variable',
    },
  ])('$settings: $because', async ({ settings, env = {}, problems }) => {
    const files = { 'holdfast.yaml': `settings: ${settings}` };
    const unsupported = ['git', 'notify'].map((path) => ({
      path: [path],
      message: `set ${path} elsewhere`,
    }));
    expect(await problemsOf(files, { env, unsupported })).toEqual(problems);
  });
});

describe('git', () => {
  const ways = 'it takes one: token, username with password, sshKey with knownHosts or githubApp';
  it.each<{ git: string; problems: readonly string[]; because: string }>([
    {
      git: '{ url: https://a, ref: x, branch: y }',
      problems: ['1:44 wrong-value: git of settings has both ref and branch; write ref'],
      because: 'they are two names of one setting',
    },
    {
      git: '{ url: https://a, auth: {} }',
      problems: [`1:42 wrong-value: git.auth of settings has no way of access; ${ways}`],
      because: 'an empty map would be no access',
    },
    {
      git: '{ url: https://a, auth: { token: { env: A }, sshKey: { file: k } } }',
      problems: [`1:42 wrong-value: git.auth of settings has 2 ways of access; ${ways}`],
      because: 'which one is meant is not known',
    },
    {
      git: '{ url: https://a, auth: { username: ada } }',
      problems: ['1:42 missing-field: missing field "password" in git.auth of settings'],
      because: 'a name alone gives no access',
    },
    {
      git: '{ url: https://a, auth: { sshKey: { file: k } } }',
      problems: ['1:42 missing-field: missing field "knownHosts" in git.auth of settings'],
      because: 'a server whose key is not known may be another one',
    },
    {
      git: '{ url: "git@h:t", auth: { sshKey: { env: KEY }, knownHosts: k } }',
      problems: [
        '1:52 wrong-value: git.auth.sshKey of settings is read by ssh; write { file: PATH }',
      ],
      because: 'ssh takes a file',
    },
    {
      git: '{ url: /srv/team.git }',
      problems: [
        '1:25 wrong-value: git.url “/srv/team.git” is not the address of a repository that Holdfast reads; expected https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH, or file:///PATH',
      ],
      because: 'an address that cannot be used has a position, as any other wrong value',
    },
    {
      git: '{ url: "https://a:hunter2@h/t" }',
      problems: [
        '1:25 wrong-value: git.url must not contain a password or a token; put it into git.auth, as `token` or as `username` and `password`',
      ],
      because: 'a credential is not quoted',
    },
    {
      git: '{ url: "git@h:t" }',
      problems: [
        '1:25 wrong-value: git.auth must have `sshKey` and `knownHosts`, since git.url is an ssh address',
      ],
      because: 'without auth, only the address has a position',
    },
    {
      git: '{ url: "git@h:t", auth: { token: { env: A } } }',
      problems: [
        '1:42 wrong-value: git.auth must have `sshKey` and `knownHosts`, since git.url is an ssh address',
      ],
      because: 'the way of access does not fit the address',
    },
  ])('$git: $because', async ({ git, problems }) => {
    expect(await problemsOf({ 'holdfast.yaml': `settings: { git: ${git} }` })).toEqual(
      problems.map((problem) => `holdfast.yaml:${problem}`),
    );
  });

  it('compares the address with the way of access only where all settings are known', async () => {
    const files = {
      'holdfast.yaml': 'settings: { git: { auth: { sshKey: { file: k }, knownHosts: k } } }',
    };
    expect(await problemsOf(files, { env: { HOLDFAST_GIT_URL: 'git@h:t' } })).toEqual([]);
    expect(await problemsOf(files, { env: { HOLDFAST_GIT_URL: 'https://h' } })).toEqual([
      'holdfast.yaml:1:26 wrong-value: git.auth.sshKey needs an ssh address in git.url; for https use `token`, or `username` and `password`',
    ]);
    const url = { 'holdfast.yaml': 'settings: { git: { url: "git@h:t" } }' };
    const env = { HOLDFAST_GIT_AUTH: '{ sshKey: { file: k }, knownHosts: k }' };
    expect(await problemsOf(url, { env })).toEqual([]);
  });
});

it('typedSettings throws for settings that were not validated', () => {
  const filled = { requests: { timeout: 'soon', retries: 5 }, limits: {}, windows: [] };
  expect(() => typedSettings(filled as unknown as FilledSettings, { isRateSet: false })).toThrow(
    'settings were not checked before they were typed',
  );
});

describe('the ceiling of the rate is the configured rate, or 50 by default', () => {
  it.each<{ because: string; yaml: string; overrides: Overrides; expected: object }>([
    {
      because: 'no rate is set',
      yaml: '',
      overrides: {},
      expected: { requestsPerSecond: 10, ceiling: 50 },
    },
    {
      because: 'only another field of the throttle is set',
      yaml: 'settings: { throttle: { burst: 5 } }',
      overrides: {},
      expected: { requestsPerSecond: 10, ceiling: 50 },
    },
    {
      because: 'the file sets it',
      yaml: 'settings: { throttle: { requestsPerSecond: 5 } }',
      overrides: {},
      expected: { requestsPerSecond: 5 },
    },
    {
      because: 'the file sets the default value explicitly',
      yaml: 'settings: { throttle: { requestsPerSecond: 10 } }',
      overrides: {},
      expected: { requestsPerSecond: 10 },
    },
    {
      because: 'a variable sets it',
      yaml: '',
      overrides: { env: { HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '60' } },
      expected: { requestsPerSecond: 60 },
    },
    {
      because: 'a variable sets the whole throttle',
      yaml: '',
      overrides: { env: { HOLDFAST_THROTTLE: '{ requestsPerSecond: 3 }' } },
      expected: { requestsPerSecond: 3 },
    },
    {
      because: 'a flag sets it',
      yaml: '',
      overrides: { flags: { 'throttle.requestsPerSecond': '0.5' } },
      expected: { requestsPerSecond: 0.5 },
    },
  ])('$because', async ({ yaml, overrides, expected }) => {
    const { requestsPerSecond, ceiling } = (await settingsOf(yaml, overrides)).throttle;
    expect({ requestsPerSecond, ...(ceiling !== undefined && { ceiling }) }).toEqual(expected);
  });
});

describe('flags override the environment, which overrides the file, which overrides defaults', () => {
  const yaml =
    'settings: { mode: observe, throttle: { burst: 3, concurrency: 3 }, git: { url: https://a } }';

  it.each<{
    name: string;
    because: string;
    overrides: Overrides;
    settings: (settings: Settings) => unknown;
    expected: unknown;
  }>([
    {
      name: 'the environment',
      because: 'it overrides the file',
      overrides: { env: { HOLDFAST_MODE: 'enforce' } },
      settings: ({ mode }) => mode,
      expected: 'enforce',
    },
    {
      name: 'an empty variable',
      because: 'it counts as unset',
      overrides: { env: { HOLDFAST_MODE: '' } },
      settings: ({ mode }) => mode,
      expected: 'observe',
    },
    {
      name: 'a flag',
      because: 'it overrides the environment',
      overrides: { env: { HOLDFAST_MODE: 'observe' }, flags: { mode: 'enforce' } },
      settings: ({ mode }) => mode,
      expected: 'enforce',
    },
    {
      name: 'one of several members',
      because: 'the others stay as written',
      overrides: {
        env: { HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '2.5' },
        flags: { 'throttle.burst': '9' },
      },
      settings: ({ throttle }) => throttle,
      expected: { requestsPerSecond: 2.5, burst: 9, concurrency: 3, adaptive: true },
    },
    {
      name: 'a whole section, and a member of it',
      because: 'the member overrides the section',
      overrides: {
        env: { HOLDFAST_LIMITS: '{ updates: 1, deletions: 2 }', HOLDFAST_LIMITS_DELETIONS: '50%' },
      },
      settings: ({ limits: { updates, deletions } }) => [updates, deletions],
      expected: [{ count: 1 }, { percent: 50 }],
    },
    {
      name: 'strings',
      because:
        'for string settings they are not parsed as YAML: a cron expression could begin like an alias',
      overrides: { env: { HOLDFAST_SCHEDULE: '*/7 * * * *', HOLDFAST_STORE: 'sqlite:: #x' } },
      settings: ({ schedule, store }) => [schedule, store],
      expected: ['*/7 * * * *', { type: 'sqlite', path: ': #x' }],
    },
    {
      name: 'a nullable string',
      because: 'it is not parsed as YAML either',
      overrides: { env: { HOLDFAST_SERVER_PUBLIC_URL: 'https://gpu.example.com' } },
      settings: ({ server }) => server.publicUrl,
      expected: 'https://gpu.example.com',
    },
    {
      name: 'null',
      because: 'it means the same as in the file',
      overrides: {
        env: {
          HOLDFAST_SCHEDULE: 'null',
          HOLDFAST_GIT: 'null',
          HOLDFAST_LIMITS_HOURLY_COST: 'null',
        },
      },
      settings: ({ schedule, git }) => [schedule, git],
      expected: [null, null],
    },
    {
      name: 'a number for a percentage or a number',
      because: 'it is parsed as YAML',
      overrides: { env: { HOLDFAST_LIMITS_UPDATES: '7' } },
      settings: ({ limits }) => limits.updates,
      expected: { count: 7 },
    },
    {
      name: 'only a comment',
      because: 'it sets nothing',
      overrides: { env: { HOLDFAST_PRUNE: '# none' } },
      settings: ({ prune }) => prune,
      expected: [],
    },
    {
      name: 'the file of a secret, in a variable',
      because: 'its path is relative to the working directory, and may be anywhere',
      overrides: { env: { HOLDFAST_SERVER_TOKEN: '{ file: ../token }' } },
      settings: ({ server }) => server.token,
      expected: { from: 'file', path: resolve('../token') },
    },
    {
      name: 'lists and maps',
      because: 'they are parsed as YAML or JSON',
      overrides: {
        env: {
          HOLDFAST_PRUNE: '[machines]',
          HOLDFAST_PRICES: '{"A4000":1}',
          HOLDFAST_WATCH: 'false',
        },
      },
      settings: ({ prune, prices, watch }) => [prune, prices, watch],
      expected: [['machines'], { A4000: 1 }, false],
    },
    {
      name: 'a secret',
      because: 'the variable itself holds it, so it is read when needed and never stored',
      overrides: { env: { HOLDFAST_SERVER_TOKEN: 'hunter2', HOLDFAST_GIT_AUTH_TOKEN: 'x' } },
      settings: ({ server, git }) => [server.token, git?.auth],
      expected: [
        { from: 'env', name: 'HOLDFAST_SERVER_TOKEN' },
        { type: 'token', token: { from: 'env', name: 'HOLDFAST_GIT_AUTH_TOKEN' } },
      ],
    },
    {
      name: 'the address of a daemon',
      because: 'commands that talk to one use HOLDFAST_SERVER, which sets no setting',
      overrides: { env: { HOLDFAST_SERVER: 'https://holdfast.example.com' } },
      settings: ({ server }) => server.host,
      expected: '127.0.0.1',
    },
    {
      name: 'a member of an unset section',
      because: 'the section is created',
      overrides: { env: { HOLDFAST_GIT_URL: 'https://b', HOLDFAST_GIT_WEBHOOK_SECRET: 'x' } },
      settings: ({ git }) => [git?.url, git?.webhookSecret],
      expected: ['https://b', { from: 'env', name: 'HOLDFAST_GIT_WEBHOOK_SECRET' }],
    },
    {
      name: 'unrelated variables',
      because:
        'Kubernetes sets HOLDFAST_PORT for a service of that name, and HOLDFAST_TOKEN is not a setting',
      overrides: {
        env: { HOLDFAST_PORT: 'tcp://10.0.0.1:80', HOLDFAST_TOKEN: 'x', HOLDFAST_MOOD: 'y' },
      },
      settings: (settings) => settings.server.token,
      expected: { from: 'env', name: 'HOLDFAST_TOKEN' },
    },
  ])('$name: $because', async ({ overrides, settings, expected }) => {
    expect(settings(await settingsOf(yaml, overrides))).toEqual(expected);
  });

  it.each<{ name: string; because: string; overrides: Overrides; problems: readonly string[] }>([
    {
      name: 'variables',
      because: 'the message has the name in place of a line',
      overrides: { env: { HOLDFAST_MODE: 'enfroce', HOLDFAST_LIMITS_DELETIONS_PER_DAY: 'many' } },
      problems: [
        'HOLDFAST_LIMITS_DELETIONS_PER_DAY:1:1 wrong-value: limits.deletionsPerDay of settings is "many"; it takes a whole number',
        'HOLDFAST_MODE:1:1 wrong-value: mode of settings is "enfroce"; it takes observe or enforce; did you mean enforce?',
      ],
    },
    {
      name: 'YAML in variables',
      because: 'it may be invalid, and then has a column',
      overrides: { env: { HOLDFAST_PRUNE: '[machines', HOLDFAST_LIMITS: '{ update: 1 }' } },
      problems: [
        'HOLDFAST_LIMITS:1:3 unknown-field: unknown field "update" in limits of settings; did you mean updates?',
        expect.stringMatching(/^HOLDFAST_PRUNE:1:10 syntax: /),
      ],
    },
    {
      name: 'several values in a variable',
      because: 'none of them would take effect, unnoticed',
      overrides: { env: { HOLDFAST_PRUNE: '[machines]\n---\n[snapshots]' } },
      problems: ['HOLDFAST_PRUNE:1:1 wrong-value: one value is wanted here, not 2 documents'],
    },
    {
      name: 'members of an unset section',
      because: 'the rest of the section is missing',
      overrides: { env: { HOLDFAST_GIT_BRANCH: 'next' } },
      problems: ['HOLDFAST_GIT_BRANCH:1:1 missing-field: missing field "url" in git of settings'],
    },
    {
      name: 'flags',
      because: 'the message names them as typed; a secret is not accepted as a flag',
      overrides: { flags: { 'throttle.requestsPerSecond': '0', 'server.token': 'hunter2' } },
      problems: [
        '--server-token:1:1 plain-secret: server.token of settings is a secret in plain text; write { env: NAME }, { file: PATH } or { sops: FILE, key: a.b }',
        '--throttle-requests-per-second:1:1 wrong-value: throttle.requestsPerSecond of settings is 0; it takes at least 0.01',
      ],
    },
  ])('$name are wrong: $because', async ({ overrides, problems }) => {
    expect(await problemsOf({ 'holdfast.yaml': '' }, overrides)).toEqual(problems);
  });
});
