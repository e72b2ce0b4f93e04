import { Type, type Static, type TSchema } from 'typebox';
import type { FieldSchema } from '../../model/schema.ts';
import { alertClasses } from '../../model/alert.ts';
import type { SecretSource } from '../../model/resource.ts';
import { permissions, reportFormats } from '../../model/settings.ts';
import { sinks } from '../../model/sinks.ts';
import { mapSubschemas } from '../../model/subschemas.ts';
import { isOfType } from '../validate/fieldForms.ts';

/** Keywords of a field in addition to its type. */
type Keywords = Pick<FieldSchema, 'default' | 'description'> & Readonly<Record<string, unknown>>;

const closed = { additionalProperties: false } as const;
const text = (description: string, keywords: Keywords = {}) =>
  Type.String({ description, maxLength: 2048, ...keywords });
const path = (description: string, defaultValue: string) =>
  Type.String({ description, format: 'path', default: defaultValue });
const duration = (description: string, maxDuration: string, keywords: Keywords = {}) =>
  text(`${description} Such as 30s, 2m, or 1h30m; at most ${maxDuration}.`, {
    format: 'time-span',
    maxDuration,
    ...keywords,
  });
const flag = (description: string, defaultValue: boolean) =>
  Type.Boolean({ description, default: defaultValue });
const integer = (description: string, defaultValue: number, minimum: number, maximum = 1_000_000) =>
  Type.Integer({ description, default: defaultValue, minimum, maximum });
const dollars = Type.Number({ minimum: 0, maximum: 1_000_000 });
const secret = (description: string) =>
  Type.Unsafe<SecretSource>(Type.String({ description, writeOnly: true, secret: true }));

/** A setting that is null unless it is set. */
const optional = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Union([schema, Type.Null()], { description, default: null });

const limit = (description: string, defaultValue: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.String({ format: 'share' })], {
    description: `${description} A percentage of the kind’s live resources, once there are 10, or a number.`,
    default: defaultValue,
  });

const git = Type.Object(
  {
    url: text('The repository.', { minLength: 1 }),
    ref: optional(
      text('A branch, a tag, or a full commit id.', { minLength: 1 }),
      'A branch, a tag, or a full commit id; null: main.',
    ),
    branch: optional(text('A branch.', { minLength: 1 }), 'Another name of ref.'),
    path: path('The config directory inside the repository.', '.'),
    interval: duration('How often ref is looked up.', '1d', { default: '1m' }),
    auth: optional(
      Type.Object(
        {
          token: optional(secret('A token.'), 'A token, over https.'),
          username: optional(text('A name.', { minLength: 1 }), 'A user, over https.'),
          password: optional(secret('A password.'), 'The password of the user.'),
          sshKey: optional(secret('A file.'), 'The file of a private key, over ssh.'),
          knownHosts: optional(
            text('A path.', { format: 'path' }),
            'The known-hosts file that has the key of the server.',
          ),
          githubApp: optional(
            Type.Object(
              {
                id: text('The id of the app.', { minLength: 1 }),
                installation: text('The id of its installation.', { minLength: 1 }),
                key: secret('Its private key.'),
              },
              closed,
            ),
            'A GitHub App.',
          ),
        },
        closed,
      ),
      'How the repository may be read: token; username and password; sshKey and knownHosts; or githubApp.',
    ),
    verify: optional(
      Type.Object({ signers: text('A path.', { format: 'path' }) }, closed),
      'Use only commits that a key in the allowed-signers file has signed.',
    ),
    webhookSecret: optional(
      secret('The secret of the webhook.'),
      'The secret that signs the forge’s push webhooks.',
    ),
    forge: optional(
      Type.Object(
        { api: text('The URL of its API.', { format: 'web-url' }), token: secret('A token.') },
        closed,
      ),
      'The forge that shows the status of commits and the drift issue.',
    ),
  },
  closed,
);

const notification = Type.Object(
  {
    ...sinks,
    on: Type.Array(Type.Enum([...alertClasses]), {
      description: 'The classes of alerts.',
      uniqueItems: true,
      minItems: 1,
      default: [...alertClasses],
    }),
    match: Type.Object(
      {
        kinds: optional(
          Type.Array(Type.String({ maxLength: 128 }), {
            uniqueItems: true,
            minItems: 1,
            maxItems: 100,
          }),
          'The kinds of resources.',
        ),
      },
      { ...closed, description: 'Only alerts of these resources.' },
    ),
    settle: integer('The complete passes in a row that must find an alert.', 2, 1, 100),
    remind: optional(
      duration('How often open alerts are repeated.', '31d'),
      'How often open alerts are repeated; null: never, or each hour for alertmanager.',
    ),
  },
  { ...closed, sensitive: true },
);

const secretProvider = Type.Object(
  {
    exec: optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { minItems: 2, maxItems: 100 }),
      'A program and its arguments, one of which contains {key}; its output is the secret.',
    ),
    env: optional(
      Type.Array(Type.String({ format: 'variable' }), { maxItems: 100, uniqueItems: true }),
      'The variables that the program gets beside PATH, HOME, and LANG.',
    ),
    vault: optional(
      text('A URL.', { format: 'web-url' }),
      'The URL of Vault or OpenBao, with https, or http on this machine. Keys are PATH#FIELD.',
    ),
    mount: optional(
      text('A path.', { minLength: 1 }),
      'The path of the key-value engine, version 2. Default: secret.',
    ),
    auth: optional(
      Type.Object(
        { tokenFile: Type.String({ format: 'path', description: 'The file of the token.' }) },
        closed,
      ),
      'How to authenticate to Vault. The token is read for each request.',
    ),
    timeout: optional(duration('A duration.', '5m'), 'How long one answer may take. Default: 10s.'),
  },
  closed,
);

const namedToken = Type.Object(
  {
    name: text('The name of the token in logs and in the audit.', { format: 'token-name' }),
    token: secret('The token.'),
    may: Type.Array(Type.Enum([...permissions]), {
      description: 'What it may do.',
      uniqueItems: true,
      minItems: 1,
    }),
  },
  closed,
);

/** The only description of the settings, with their defaults. */
const fullSettings = Type.Object(
  {
    mode: Type.Enum(['observe', 'enforce'], {
      description: 'observe: report only. enforce: act.',
      default: 'observe',
    }),
    schedule: Type.Union([Type.String({ format: 'cron-expression' }), Type.Null()], {
      description:
        'Cron expression, seconds optional. A run at a time that the clock skips is not lost, and one at a time that occurs twice runs twice. null: passes run only on change or request.',
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
    prune: Type.Array(Type.String({ maxLength: 128 }), {
      maxItems: 100,
      description: 'Kinds whose orphans are deleted.',
      uniqueItems: true,
      default: [],
    }),
    limits: Type.Object(
      {
        updates: limit('Resources updated in one pass.', '30%'),
        deletions: limit('Resources deleted or replaced in one pass.', '10%'),
        deletionsPerDay: integer('Deletions in 24 hours, all kinds together.', 5, 0),
        hourlyCost: Type.Union([dollars, Type.Null()], {
          description:
            'USD. Creates and starts that would raise the team’s hourly cost above it are blocked.',
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
    server: Type.Object(
      {
        listen: text('Host and port.', { format: 'listen-address', default: '127.0.0.1:8080' }),
        publicUrl: optional(
          text('A URL.', { format: 'public-url' }),
          'The URL of the server for people, such as https://holdfast.example.com. A request whose host is neither this nor the listening address is refused.',
        ),
        token: Type.Union([secret('A token.'), Type.Null()], {
          description:
            'Required of requests that change something or come from another host. It may do everything.',
          default: { env: 'HOLDFAST_TOKEN' },
        }),
        tokens: Type.Array(namedToken, {
          description: 'Further tokens, each of which may do only what it lists.',
          maxItems: 100,
          default: [],
        }),
      },
      closed,
    ),
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
    prices: Type.Unsafe<Readonly<Record<string, number>>>(
      Type.Object(
        {},
        {
          description: 'USD per hour by machine type, for types whose price no live machine shows.',
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
