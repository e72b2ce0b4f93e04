import { Type, type Static, type TSchema } from 'typebox';
import type { FieldSchema } from '../../model/schema.ts';
import {
  notifiable,
  reportFormats,
  type SecretSource,
  type WebhookUrl,
} from '../../model/settings.ts';
import { isOfType } from '../validate/fieldForms.ts';

/** Keywords of a field beside its type. */
type More = Pick<FieldSchema, 'default' | 'description'> & Readonly<Record<string, unknown>>;

const closed = { additionalProperties: false } as const;
const text = (description: string, more: More = {}) =>
  Type.String({ description, maxLength: 2048, ...more });
const path = (description: string, byDefault: string) =>
  Type.String({ description, format: 'path', default: byDefault });
const duration = (description: string, longest: string, more: More = {}) =>
  text(`${description} Such as 30s, 2m or 1h30m; ${longest} at most.`, {
    format: 'time-span',
    longest,
    ...more,
  });
const flag = (description: string, byDefault: boolean) =>
  Type.Boolean({ description, default: byDefault });
const whole = (description: string, byDefault: number, minimum: number, maximum = 1_000_000) =>
  Type.Integer({ description, default: byDefault, minimum, maximum });
const dollars = Type.Number({ minimum: 0, maximum: 1_000_000 });
const secret = (description: string) =>
  Type.Unsafe<SecretSource>(Type.String({ description, writeOnly: true, secret: true }));

/** Null unless it is set. */
const optional = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Union([schema, Type.Null()], { description, default: null });

const limit = (description: string, byDefault: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.String({ format: 'share' })], {
    description: `${description} A share of a kind’s live resources, once there are 10, or a number.`,
    default: byDefault,
  });

const git = Type.Object(
  {
    url: text('The repository.', { minLength: 1 }),
    branch: text('The branch.', { minLength: 1, default: 'main' }),
    path: path('The config directory inside the repository.', '.'),
    interval: duration('How often it is fetched.', '1d', { default: '1m' }),
    auth: optional(secret('A token.'), 'A token for reading it.'),
    webhookSecret: optional(secret('The secret of the webhook.'), 'What GitHub signs pushes with.'),
  },
  closed,
);

const notification = Type.Object(
  {
    slack: optional(secret('The address of a Slack webhook.'), 'A Slack webhook.'),
    webhook: optional(
      Type.Unsafe<WebhookUrl>(Type.String({ format: 'web-url', writeOnly: true })),
      'An address that gets the report as JSON.',
    ),
    secret: optional(secret('A key.'), 'The key that signs what is posted to the webhook.'),
    on: Type.Array(Type.Enum([...notifiable]), {
      description: 'Of what.',
      uniqueItems: true,
      minItems: 1,
      default: [...notifiable],
    }),
  },
  { ...closed, sensitive: true },
);

/** All that is said of a setting is said here, its default included. */
const fullSettings = Type.Object(
  {
    mode: Type.Enum(['observe', 'enforce'], {
      description: 'observe: report only. enforce: act.',
      default: 'observe',
    }),
    schedule: Type.Union([Type.String({ format: 'cron-expression' }), Type.Null()], {
      description:
        'Cron, seconds optional; a time that the clock skips is not lost, and one that it shows twice counts twice. null: only on change or request.',
      default: '*/5 * * * *',
    }),
    timezone: text('The time zone of schedule and windows.', {
      format: 'time-zone',
      default: 'UTC',
    }),
    watch: flag('React to file changes.', true),
    throttle: Type.Object(
      {
        requestsPerSecond: Type.Number({
          description:
            'The most requests in a second, on average. Where it is not set, adaptive goes up to 50.',
          default: 10,
          minimum: 0.01,
          maximum: 1000,
        }),
        burst: whole(
          'Requests that may be sent at once after a pause. While adapting, fewer are.',
          20,
          1,
          10_000,
        ),
        concurrency: whole('Requests under way at once.', 8, 1, 256),
        adaptive: flag(
          'Find the rate out, from 1 a second to requestsPerSecond: slower when the API refuses, fails or slows down, and faster again while requests wait.',
          true,
        ),
      },
      closed,
    ),
    requests: Type.Object(
      {
        timeout: duration('How long an answer may take.', '1h', { default: '30s' }),
        retries: whole('Retries of what the server certainly did not do.', 5, 0, 100),
      },
      closed,
    ),
    visibility: duration('How long a created thing may be missing from lists.', '7d', {
      default: '2m',
    }),
    prune: Type.Array(Type.String({ maxLength: 128 }), {
      maxItems: 100,
      description: 'Kinds whose orphans are deleted.',
      uniqueItems: true,
      default: [],
    }),
    limits: Type.Object(
      {
        updates: limit('Changed resources in one pass.', '30%'),
        deletions: limit('Deleted or replaced resources in one pass.', '10%'),
        deletionsPerDay: whole('Deletions in 24 hours, over all kinds.', 5, 0),
        hourlyCost: Type.Union([dollars, Type.Null()], {
          description:
            'USD: creates and starts that would lift the team’s hourly rate over it are held.',
          default: null,
        }),
      },
      closed,
    ),
    windows: Type.Array(
      Type.Object(
        {
          cron: text('When a window opens.', { format: 'cron-expression' }),
          duration: duration('How long it stays open.', '31d'),
        },
        closed,
      ),
      { description: 'Writes only inside; reports always.', maxItems: 100, default: [] },
    ),
    store: text('sqlite:PATH, or postgres://… when several replicas run.', {
      format: 'store',
      default: 'sqlite:./.holdfast/state.db',
    }),
    reports: Type.Object(
      {
        directory: path('Where reports are kept.', './.holdfast/reports'),
        formats: Type.Array(Type.Enum([...reportFormats]), {
          description: 'In which formats.',
          uniqueItems: true,
          default: ['json'],
        }),
        keep: whole('How many passes are remembered.', 100, 1),
      },
      closed,
    ),
    notify: Type.Array(notification, {
      description: 'Who is told of what.',
      maxItems: 100,
      default: [],
    }),
    server: Type.Object(
      {
        listen: text('Host and port.', { format: 'listen-address', default: '127.0.0.1:8080' }),
        publicUrl: optional(
          text('A URL.', { format: 'public-url' }),
          'Where people reach the server, such as https://holdfast.example.com: a request under another name than this or the listening address is refused.',
        ),
        token: Type.Union([secret('A token.'), Type.Null()], {
          description: 'What requests must bear that change something, or come from elsewhere.',
          default: { env: 'HOLDFAST_TOKEN' },
        }),
      },
      closed,
    ),
    git: optional(git, 'The repository that the config directory is pulled from.'),
    prices: Type.Unsafe<Readonly<Record<string, number>>>(
      Type.Object(
        {},
        {
          description: 'USD an hour by machine type, where the live fleet does not show it.',
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

/** Settings as they are written, defaults filled in and secrets understood. */
export type FilledSettings = Static<typeof fullSettings>;

/** What may be left out is not required: what has a default, and what consists of such fields. */
function lenient(schema: FieldSchema): FieldSchema {
  const { required = [], properties, items, anyOf, ...rest } = schema;
  const needed = required.filter((name) => !isFilled(properties?.[name]));
  return {
    ...rest,
    ...(needed.length > 0 && { required: needed }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, lenient(field)]),
      ),
    }),
    ...(items && { items: lenient(items) }),
    ...(anyOf && { anyOf: anyOf.map(lenient) }),
  };
}

const isFilled = (schema: FieldSchema | undefined): boolean =>
  schema !== undefined && ('default' in schema || isOfType(schema, 'object'));

/** Settings as they are written, every field optional that has a default. */
export const settingsSchema = lenient(fullSettings as TSchema);
