import { dirname, join, resolve } from 'node:path';
import type {
  GitAuth,
  GitSettings,
  Limit,
  Notification,
  SecretProvider,
  Settings,
  SinkTarget,
  StoreSettings,
} from '../../model/settings.ts';
import { budgetNameOf, type Budget } from '../../model/money/budget.ts';
import { defaultRemind, sinkNames, type SinkName } from '../../model/notify/sinks.ts';
import type { SecretSource } from '../../model/resource.ts';
import { workspacePlaceholder } from '../../model/workspaceName.ts';
import type { FilledSettings } from './settingsSchema.ts';
import { durationOf, listenOf, percentOf } from '../validate/textForms.ts';

/** The highest rate of an adaptive throttle if no rate is set, in requests per second. */
const defaultCeiling = 50;

/**
 * Converts validated settings to the program's units: durations to milliseconds, addresses to host and port. A rate
 * that the user set (`isRateSet`) is never exceeded. `workspace`: of several, the one that the settings are for.
 */
export function typedSettings(
  filled: FilledSettings,
  {
    isRateSet,
    workspace,
  }: { readonly isRateSet: boolean; readonly workspace?: string | undefined },
): Settings {
  const { throttle, requests, limits, windows, git, server } = filled;
  return {
    ...filled,
    throttle: isRateSet ? throttle : { ...throttle, ceiling: defaultCeiling },
    requests: { ...requests, timeout: milliseconds(requests.timeout) },
    events: filled.events === null ? null : milliseconds(filled.events),
    visibility: milliseconds(filled.visibility),
    grace: milliseconds(filled.grace),
    limits: {
      ...limits,
      updates: limitOf(limits.updates),
      deletions: limitOf(limits.deletions),
    },
    budgets: filled.budgets.map(budgetOf),
    windows: windows.map(({ cron, duration }) => ({ cron, duration: milliseconds(duration) })),
    store: storeOf(filled.store),
    notify: filled.notify.flatMap(notificationsOf),
    server: serverOf(server),
    secrets: {
      ...filled.secrets,
      providers: Object.fromEntries(
        Object.entries(filled.secrets.providers).map(([name, one]) => [name, providerOf(one)]),
      ),
    },
    git: git && gitOf(git, filled),
    ...(workspace === undefined ? {} : ofWorkspace(filled, workspace)),
  };
}

/** The settings that differ between workspaces by their name alone. */
const ofWorkspace = (
  { apiKey, reports, server }: FilledSettings,
  workspace: string,
): Pick<Settings, 'apiKey' | 'reports' | 'server'> => ({
  apiKey: apiKey && named(apiKey, workspace),
  reports: { ...reports, directory: join(reports.directory, workspace) },
  server: serverOf(server, `/workspaces/${workspace}`),
});

/** The source of a secret with the name of the workspace in place of its placeholder. */
const named = (source: SecretSource, workspace: string): SecretSource => {
  const text = JSON.stringify(source).replaceAll(workspacePlaceholder, workspace);
  return JSON.parse(text) as SecretSource;
};

const milliseconds = (text: string): number => checked(durationOf(text));

const limitOf = (limit: number | string): Limit =>
  typeof limit === 'number' ? { count: limit } : { percent: checked(percentOf(limit)) };

const budgetOf = (budget: FilledSettings['budgets'][number]): Budget => ({
  ...budget,
  name: budget.name ?? budgetNameOf(budget.match),
  warn: budget.warn === null ? null : checked(percentOf(budget.warn)),
});

/** `path`: the pages of the workspace, below the public URL. */
const serverOf = (
  { listen, publicUrl, token, tokens }: FilledSettings['server'],
  path = '',
): Settings['server'] => ({
  ...addressOf(listen),
  publicUrl: path === '' || publicUrl === null ? publicUrl : publicUrl.replace(/\/+$/, '') + path,
  token,
  tokens,
});

const addressOf = (text: string): { host: string; port: number } => checked(listenOf(text));

function storeOf(text: string): StoreSettings {
  const sqlite = 'sqlite:';
  return text.startsWith(sqlite)
    ? { type: 'sqlite', path: text.slice(sqlite.length) }
    : { type: 'postgres', url: text };
}

/** The notification of an item: exactly one sink is set. */
const notificationsOf = ({
  on,
  match,
  settle,
  remind,
  ...targets
}: FilledSettings['notify'][number]): readonly Notification[] =>
  sinkNames
    .filter((sink) => targets[sink] !== null)
    .map((sink) => ({
      ...({ sink, target: targets[sink] } as SinkTarget),
      on,
      kinds: match.kinds,
      labels: match.labels,
      settle,
      remind: remind === null ? defaultRemindOf(sink) : milliseconds(remind),
    }));

const defaultRemindOf = (sink: SinkName): number | null =>
  sink in defaultRemind ? defaultRemind[sink as keyof typeof defaultRemind] : null;

/** A provider: exactly one of `exec` and `vault` is set. */
function providerOf(provider: FilledSettings['secrets']['providers'][string]): SecretProvider {
  // Defaults are not filled in below a name.
  const { exec, env, vault, mount, auth, timeout } = provider;
  const time = milliseconds(timeout ?? '10s');
  return exec
    ? { type: 'exec', command: exec, env: env ?? [], timeout: time }
    : {
        type: 'vault',
        url: checked(vault ?? undefined),
        mount: mount ?? 'secret',
        tokenFile: checked(auth?.tokenFile),
        timeout: time,
      };
}

/** `checkGit` has found one way of access, with all of its parts. */
function gitOf(
  git: NonNullable<FilledSettings['git']>,
  { store, reports }: FilledSettings,
): GitSettings {
  const { url, ref, branch, path, interval, auth, verify, webhookSecret, forge } = git;
  return {
    url,
    ref: ref ?? branch ?? 'main',
    path,
    interval: milliseconds(interval),
    auth: auth && authOf(auth),
    signers: verify && resolve(verify.signers),
    webhookSecret,
    forge,
    clones: clonesBeside(storeOf(store), reports),
  };
}

const clonesBeside = (store: StoreSettings, reports: FilledSettings['reports']): string =>
  join(dirname(store.type === 'sqlite' ? store.path : reports.directory), 'git');

function authOf(auth: NonNullable<NonNullable<FilledSettings['git']>['auth']>): GitAuth {
  const { token, username, password, sshKey, knownHosts, githubApp } = auth;
  if (token) return { type: 'token', token };
  if (githubApp) return { type: 'githubApp', ...githubApp };
  if (username !== null && password) return { type: 'basic', username, password };
  const file = sshKey?.from === 'file' ? sshKey.path : undefined;
  return {
    type: 'sshKey',
    file: checked(file),
    knownHosts: resolve(checked(knownHosts ?? undefined)),
  };
}

function checked<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('settings were not checked before they were typed');
  return value;
}
