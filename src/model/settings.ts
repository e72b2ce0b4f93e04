import type { AlertClass } from './notify/alert.ts';
import type { Budget } from './money/budget.ts';
import type { SecretSource } from './resource.ts';
import type { Labels } from './selection/labels.ts';
import type { SinkName, Target } from './notify/sinks.ts';

/** A provider of secrets that the operator defines. `timeout` is in milliseconds. */
export type SecretProvider =
  | {
      readonly type: 'exec';
      /** The program and its arguments, one of which contains `{key}`. */
      readonly command: readonly string[];
      readonly timeout: number;
      /** The variables that the program gets beside `PATH`, `HOME`, and `LANG`. */
      readonly env: readonly string[];
    }
  | {
      readonly type: 'vault';
      readonly url: string;
      readonly mount: string;
      readonly tokenFile: string;
      readonly timeout: number;
    };

/** The providers of secrets, by name. */
export type SecretProviders = Readonly<Record<string, SecretProvider>>;

/** How much may change in one pass: a percentage of a kind's live resources, or a number of them. */
export type Limit = { readonly percent: number } | { readonly count: number };

/** The formats of stored reports. */
export const reportFormats = ['json', 'text', 'markdown', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** A window for writes: it opens at each time of the cron expression, for `duration` milliseconds. */
export interface MaintenanceWindow {
  readonly cron: string;
  readonly duration: number;
}

/** Which alerts go to a sink, and when. */
export interface Routing {
  readonly on: readonly AlertClass[];
  /** The kinds whose alerts it gets; null: all. Alerts without a resource go to every sink. */
  readonly kinds: readonly string[] | null;
  /** The labels of resources whose alerts it gets: all of them; empty: any. */
  readonly labels: Labels;
  /** The complete passes in a row that must find an alert before it opens. */
  readonly settle: number;
  /** Milliseconds between reminders of open alerts; null: none. */
  readonly remind: number | null;
}

/** A sink, and what goes to it. */
export type Notification = Routing & SinkTarget;

/** A sink with its settings. */
export type SinkTarget = {
  [Name in SinkName]: { readonly sink: Name; readonly target: Target<Name> };
}[SinkName];

/** What a request to the server may ask for. */
export const permissions = ['read', 'reconcile', 'approve', 'suspend'] as const;

export type Permission = (typeof permissions)[number];

/** The name of `settings.server.token` in logs and in the audit. */
export const serverToken = 'server.token';

/** A token of the server that may do only what it lists. */
export interface NamedToken {
  /** Names the token in logs and in the audit. */
  readonly name: string;
  readonly token: SecretSource;
  readonly may: readonly Permission[];
}

/** How a Git server is asked for access. */
export type GitAuth =
  | { readonly type: 'token'; readonly token: SecretSource }
  | { readonly type: 'basic'; readonly username: string; readonly password: SecretSource }
  | { readonly type: 'sshKey'; readonly file: string; readonly knownHosts: string }
  | {
      readonly type: 'githubApp';
      readonly id: string;
      readonly installation: string;
      readonly key: SecretSource;
    };

/** The Git repository of the config. */
export interface GitSettings {
  readonly url: string;
  /** A branch, a tag, or a full commit id. */
  readonly ref: string;
  /** The config directory inside the repository. */
  readonly path: string;
  /** Milliseconds between two lookups of the ref. */
  readonly interval: number;
  readonly auth: GitAuth | null;
  /** The path of an allowed-signers file; null: signatures are not checked. */
  readonly signers: string | null;
  /** Null: no webhook is accepted. */
  readonly webhookSecret: SecretSource | null;
  /** The forge that shows the results of passes; null: none. */
  readonly forge: { readonly api: string; readonly token: SecretSource } | null;
  /** The directory of the clones: beside the store, or beside the reports if the store is a database. */
  readonly clones: string;
}

/** Where the store is. A path that begins with `./` is relative to the working directory. */
export type StoreSettings =
  | {
      readonly type: 'sqlite';
      readonly path: string;
      /**
       * The store of a simulated team. It protects nothing real, so it may be in a directory that others can write to,
       * such as /tmp.
       */
      readonly simulated?: true;
    }
  | { readonly type: 'postgres'; readonly url: string };

/** The settings of a workspace (INTERFACE 2.2) with all defaults filled in. Durations are in milliseconds. */
export interface Settings {
  readonly mode: 'observe' | 'enforce';
  /** A cron expression; null: a pass runs only after a change or on request. */
  readonly schedule: string | null;
  readonly timezone: string;
  readonly watch: boolean;
  /** Milliseconds between two requests for the newest machine events; null: they are not read. */
  readonly events: number | null;
  readonly throttle: {
    readonly requestsPerSecond: number;
    /**
     * The upper bound of an adaptive rate if `requestsPerSecond` is not configured; a configured rate is itself the
     * bound.
     */
    readonly ceiling?: number;
    readonly burst: number;
    readonly concurrency: number;
    readonly adaptive: boolean;
  };
  readonly requests: { readonly timeout: number; readonly retries: number };
  readonly visibility: number;
  /**
   * Milliseconds for which creates and deletes wait after another replica did not hand the workspace over: what it sent
   * may still arrive.
   */
  readonly grace: number;
  /** Kinds whose orphans are deleted. */
  readonly prune: readonly string[];
  readonly limits: {
    readonly updates: Limit;
    readonly deletions: Limit;
    readonly deletionsPerDay: number;
    /** USD per hour; null: no limit. */
    readonly hourlyCost: number | null;
    /** How many resources of a kind may be stopped for a change at a time; a kind that is not listed has no limit. */
    readonly disruption: Readonly<Record<string, number>>;
  };
  readonly budgets: readonly Budget[];
  readonly windows: readonly MaintenanceWindow[];
  readonly store: StoreSettings;
  readonly reports: {
    readonly directory: string;
    readonly formats: readonly ReportFormat[];
    readonly keep: number;
  };
  readonly notify: readonly Notification[];
  readonly metrics: {
    /** The keys of the labels of resources that `holdfast_resources` has. */
    readonly labels: readonly string[];
  };
  readonly server: {
    readonly host: string;
    readonly port: number;
    /**
     * The URL under which people reach the server, behind a proxy or a port mapping; null: only the names of the
     * listening address are accepted.
     */
    readonly publicUrl: string | null;
    /** Its source may be unset while the server listens on loopback. */
    readonly token: SecretSource | null;
    /** Further tokens, each of which may do only what it lists. */
    readonly tokens: readonly NamedToken[];
  };
  readonly secrets: {
    /** The names of variables, with `*` for any characters. Binds if it was set, and always with a Git source. */
    readonly env: readonly string[];
    readonly providers: SecretProviders;
  };
  /** Paths of settings, such as `limits.updates`, that `holdfast.yaml` may set beside the operator's settings file. */
  readonly repoMaySet: readonly string[];
  readonly git: GitSettings | null;
  /** The pattern of the directories that are a workspace each; null: the config is one. */
  readonly workspaces: string | null;
  /** The API key; null: that of the environment. */
  readonly apiKey: SecretSource | null;
  /** USD per hour, by machine type. */
  readonly prices: Readonly<Record<string, number>>;
}
