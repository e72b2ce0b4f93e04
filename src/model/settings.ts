import type { WriteOnly } from './resource.ts';

/** Where a secret of the settings is read when it is needed; never its text. */
export type SecretSource = Extract<WriteOnly, { readonly from: 'env' | 'file' | 'sops' }>;

/** How much may change in one pass: a share of a kind's live resources in percent, or a number of them. */
export type Limit = { readonly percent: number } | { readonly count: number };

/** The formats in which reports are kept. */
export const reportFormats = ['json', 'text', 'markdown', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** What can be told of a pass. */
export const notifiable = ['drift', 'failure', 'blocked'] as const;
export type Notifiable = (typeof notifiable)[number];

/** When writes are allowed: from each time that the cron expression names, for `duration` milliseconds. */
export interface MaintenanceWindow {
  readonly cron: string;
  readonly duration: number;
}

/** Where the address of a webhook stands: in the settings, or where secrets are. */
export type WebhookUrl = Exclude<WriteOnly, { readonly from: 'keep' }>;

/** Who is told of what. `secret` signs what is posted to a webhook. */
export type Notification =
  | { readonly to: 'slack'; readonly url: SecretSource; readonly on: readonly Notifiable[] }
  | {
      readonly to: 'webhook';
      readonly url: WebhookUrl;
      readonly secret: SecretSource | null;
      readonly on: readonly Notifiable[];
    };

/** The repository that the config directory is pulled from; `interval` in milliseconds. */
export interface GitSettings {
  readonly url: string;
  readonly branch: string;
  /** The config directory inside the repository. */
  readonly path: string;
  readonly interval: number;
  readonly auth: SecretSource | null;
  readonly webhookSecret: SecretSource | null;
}

/** Where state is kept. A path that begins with `./` is taken from the working directory. */
export type StoreSettings =
  | {
      readonly type: 'sqlite';
      readonly path: string;
      /** It belongs to a simulated team: nothing real rests on it, so it may stand where others can write, such as in /tmp. */
      readonly simulated?: true;
    }
  | { readonly type: 'postgres'; readonly url: string };

/** The settings of a workspace (INTERFACE 2.2), every one set; durations are milliseconds. */
export interface Settings {
  readonly mode: 'observe' | 'enforce';
  /** A cron expression, or null: only on change or request. */
  readonly schedule: string | null;
  readonly timezone: string;
  readonly watch: boolean;
  readonly throttle: {
    readonly requestsPerSecond: number;
    /** What an adaptive rate never exceeds, where nobody set `requestsPerSecond`; a rate that was set is the ceiling itself. */
    readonly ceiling?: number;
    readonly burst: number;
    readonly concurrency: number;
    readonly adaptive: boolean;
  };
  readonly requests: { readonly timeout: number; readonly retries: number };
  readonly visibility: number;
  /** Kinds whose orphans are deleted. */
  readonly prune: readonly string[];
  readonly limits: {
    readonly updates: Limit;
    readonly deletions: Limit;
    readonly deletionsPerDay: number;
    /** USD; null: none. */
    readonly hourlyCost: number | null;
  };
  readonly windows: readonly MaintenanceWindow[];
  readonly store: StoreSettings;
  readonly reports: {
    readonly directory: string;
    readonly formats: readonly ReportFormat[];
    readonly keep: number;
  };
  readonly notify: readonly Notification[];
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Where people reach it, as a proxy or a port mapping shows it; null: only under the names of the listening address. */
    readonly publicUrl: string | null;
    /** What it names may be unset while the server listens on loopback. */
    readonly token: SecretSource | null;
  };
  readonly git: GitSettings | null;
  /** USD an hour by machine type. */
  readonly prices: Readonly<Record<string, number>>;
}
