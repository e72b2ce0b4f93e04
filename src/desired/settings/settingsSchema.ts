import { Type, type Static, type TSchema } from 'typebox';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { reportFormats } from '../../model/settings.ts';
import { mapSubschemas } from '../../model/kind/subschemas.ts';
import { isOfType } from '../validate/fieldForms.ts';
import { labelKey } from '../declare/labels.ts';
import {
  closed,
  dollars,
  duration,
  flag,
  integer,
  optional,
  path,
  secret,
  text,
} from './schema/fields.ts';
import { budget } from './schema/budget.ts';
import { git } from './schema/git.ts';
import { limits } from './schema/limits.ts';
import { notification } from './schema/notification.ts';
import { server } from './schema/server.ts';
import { secretProvider } from './schema/secretProvider.ts';

/** The only description of the settings, with their defaults. */
const fullSettings = Type.Object(
  {
    mode: Type.Enum(['observe', 'enforce'], {
      description: 'observe: report only. enforce: act.',
      default: 'observe',
    }),
    schedule: Type.Union([Type.String({ format: 'cron-expression' }), Type.Null()], {
      description:
        'Cron expression, seconds optional. A run at a time that the clock skips is not lost, and one at a time that occurs twice runs twice. null: passes run only on change, event, or request.',
      default: '*/5 * * * *',
    }),
    timezone: text('The time zone of schedule and windows.', {
      format: 'time-zone',
      default: 'UTC',
    }),
    watch: flag('React to file changes.', true),
    events: Type.Union([duration('An interval.', '1d'), Type.Null()], {
      description:
        'How often the newest machine events are read, in one request. An event that Holdfast did not cause starts a pass. Such as 15s or 1m; at most 1d. null: never.',
      default: '15s',
    }),
    throttle: Type.Object(
      {
        requestsPerSecond: Type.Number({
          description:
            'Maximum average requests per second. If it is not set, an adaptive throttle goes up to 50.',
          default: 10,
          minimum: 0.01,
          maximum: 1000,
        }),
        burst: integer(
          'Requests that may be sent at once after a pause; fewer while the rate adapts.',
          20,
          1,
          10_000,
        ),
        concurrency: integer('Maximum concurrent requests.', 8, 1, 256),
        adaptive: flag(
          'Adapt the rate between 1 per second and requestsPerSecond: slower when the API throttles, fails, or slows down; faster again while requests wait.',
          true,
        ),
      },
      closed,
    ),
    requests: Type.Object(
      {
        timeout: duration('How long a response may take.', '1h', { default: '30s' }),
        retries: integer(
          'Retries of requests that the server certainly did not carry out.',
          5,
          0,
          100,
        ),
      },
      closed,
    ),
    visibility: duration('How long a created resource may be missing from lists.', '7d', {
      default: '2m',
    }),
    grace: duration(
      'How long creates and deletes wait after another replica did not hand the workspace over.',
      '1h',
      { default: '30s' },
    ),
    prune: Type.Array(Type.String({ maxLength: 128 }), {
      maxItems: 100,
      description: 'Kinds whose orphans are deleted.',
      uniqueItems: true,
      default: [],
    }),
    limits,
    budgets: Type.Array(budget, {
      description:
        'USD that the team, or resources by kind and label, may cost in a month. The costs that passes recorded count.',
      maxItems: 100,
      default: [],
    }),
    windows: Type.Array(
      Type.Object(
        {
          cron: text('When a window opens.', { format: 'cron-expression' }),
          duration: duration('How long it stays open.', '31d'),
        },
        closed,
      ),
      {
        description: 'Writes only inside a window; reports always. Empty: no restriction.',
        maxItems: 100,
        default: [],
      },
    ),
    store: text('sqlite:PATH, or postgres://… when several replicas run.', {
      format: 'store',
      default: 'sqlite:./.holdfast/state.db',
    }),
    reports: Type.Object(
      {
        directory: path('Where reports are kept.', './.holdfast/reports'),
        formats: Type.Array(Type.Enum([...reportFormats]), {
          description: 'The formats of reports.',
          uniqueItems: true,
          default: ['json'],
        }),
        keep: integer('How many passes are kept.', 100, 1),
      },
      closed,
    ),
    notify: Type.Array(notification, {
      description: 'Where alerts are sent: a sink, and which alerts go to it.',
      maxItems: 100,
      default: [],
    }),
    metrics: Type.Object(
      {
        labels: Type.Array(Type.Unsafe<string>(labelKey), {
          description:
            'Labels of resources that holdfast_resources has, such as owner. Each value is a series of its own; of one label, at most 100.',
          uniqueItems: true,
          maxItems: 10,
          default: [],
        }),
      },
      closed,
    ),
    server,
    secrets: Type.Object(
      {
        env: Type.Array(Type.String({ format: 'variable-pattern' }), {
          description:
            'The environment variables that { env: NAME } in the desired state may read, with * for any characters. Unless it is set, a config directory may read all but Holdfast’s own.',
          uniqueItems: true,
          maxItems: 100,
          default: ['HOLDFAST_SECRET_*'],
        }),
        providers: Type.Unsafe<Readonly<Record<string, Static<typeof secretProvider>>>>(
          Type.Object(
            {},
            {
              description:
                'Where { from: NAME, key: K } of the desired state reads secrets, by NAME.',
              additionalProperties: secretProvider,
              propertyNames: { type: 'string', minLength: 1, maxLength: 128 },
              maxProperties: 100,
              default: {},
            },
          ),
        ),
      },
      closed,
    ),
    repoMaySet: Type.Array(Type.String({ maxLength: 128 }), {
      description:
        'With --settings: the settings that holdfast.yaml of the config directory may set, such as schedule, limits.updates, or limits for all of them.',
      uniqueItems: true,
      maxItems: 100,
      default: [],
    }),
    git: optional(git, 'The repository that the config is read from, in place of --config.'),
    workspaces: optional(
      text('A pattern.', { format: 'directory-pattern' }),
      'The directories of the config that are a workspace each, such as teams/*, with * for any characters of a name.',
    ),
    apiKey: optional(
      secret('A key.'),
      'The API key, such as { file: /run/keys/{workspace} }, in which {workspace} stands for the name of the workspace. Without workspaces, the default is PAPERSPACE_API_KEY or PAPERSPACE_API_KEY_FILE.',
    ),
    prices: Type.Unsafe<Readonly<Record<string, number>>>(
      Type.Object(
        {},
        {
          description:
            'USD per hour by machine type, for types whose price no live machine has shown; or for each publicIps, privateNetworks, snapshots, customTemplates, and for each GB of sharedDrives, which are counted only with a price.',
          additionalProperties: dollars,
          propertyNames: { type: 'string', minLength: 1, maxLength: 128 },
          maxProperties: 1000,
          default: {},
        },
      ),
    ),
  },
  closed,
);

/** Settings as written, with defaults filled in and secrets resolved. */
export type FilledSettings = Static<typeof fullSettings>;

/** Makes fields optional that have a default, or are objects of such fields. */
function lenient(schema: FieldSchema): FieldSchema {
  const { required = [], ...rest } = schema;
  const needed = required.filter((name) => !isFilled(schema.properties?.[name]));
  return { ...mapSubschemas(rest, lenient), ...(needed.length > 0 && { required: needed }) };
}

const isFilled = (schema: FieldSchema | undefined): boolean =>
  schema !== undefined && ('default' in schema || isOfType(schema, 'object'));

/** The schema of settings as written: every field with a default is optional. */
export const settingsSchema = lenient(fullSettings as TSchema);
