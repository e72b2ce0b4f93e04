import { Type, type Static, type TSchema } from 'typebox';
import type { SecretSource, WebhookUrl } from '../resource.ts';

/** A setting that is a secret: whoever knows the URL of a chat can write to it. */
const secret = (description: string) =>
  Type.Unsafe<SecretSource>(Type.String({ description, writeOnly: true, secret: true }));

/** A URL that may be a secret. */
const webUrl = (description: string) =>
  Type.Unsafe<WebhookUrl>(Type.String({ description, format: 'web-url', writeOnly: true }));

const address = (description: string) =>
  Type.String({ description, format: 'email', maxLength: 254 });

/** A sink that is not used unless it is set. */
const sink = <Schema extends TSchema>(description: string, schema: Schema) =>
  Type.Union([schema, Type.Null()], { description, default: null });

/**
 * The sinks that notifications can go to, and the settings of each. To add one, add its settings here, and a file with
 * its name to `src/notify/sinks/`.
 */
export const sinks = {
  slack: sink('A Slack webhook.', secret('Its URL.')),
  teams: sink('A workflow of Microsoft Teams.', secret('The URL of its webhook.')),
  discord: sink('A Discord webhook.', secret('Its URL.')),
  email: sink(
    'A mail.',
    Type.Object(
      {
        to: Type.Array(address('An address.'), {
          description: 'The addresses that get it.',
          minItems: 1,
          maxItems: 100,
          uniqueItems: true,
        }),
        from: address('The address that it comes from.'),
        smtp: secret('The URL of the mail server: smtp://USER:PASSWORD@HOST or smtps://….'),
      },
      { additionalProperties: false },
    ),
  ),
  pagerduty: sink(
    'A service of PagerDuty.',
    Type.Object(
      {
        routingKey: secret('The integration key of its Events API v2.'),
        url: Type.String({
          description: 'The URL of the Events API.',
          format: 'web-url',
          default: 'https://events.pagerduty.com/v2/enqueue',
        }),
      },
      { additionalProperties: false },
    ),
  ),
  alertmanager: sink(
    'An Alertmanager.',
    Type.Object(
      {
        url: webUrl('Its URL, without /api.'),
        auth: Type.Union([secret('A token.'), Type.Null()], {
          description: 'The bearer token of its requests.',
          default: null,
        }),
      },
      { additionalProperties: false },
    ),
  ),
  webhook: sink(
    'A webhook that receives CloudEvents.',
    Type.Object(
      {
        url: webUrl('Its URL.'),
        secret: Type.Union([secret('whsec_ and base64, or any text.'), Type.Null()], {
          description: 'The key that signs messages, as Standard Webhooks specifies.',
          default: null,
        }),
      },
      { additionalProperties: false },
    ),
  ),
} as const;

export type SinkName = keyof typeof sinks;

/** The settings of a sink. */
export type Target<Name extends SinkName> = NonNullable<Static<(typeof sinks)[Name]>>;

/** The names of all sinks. */
export const sinkNames = Object.keys(sinks) as readonly SinkName[];

/**
 * The sinks whose receivers keep an alert under a key until a message resolves it, and the greatest number of alerts in
 * a message to each. A message that must be sent again repeats no others.
 */
export const alertKeepers: { readonly [Name in SinkName]?: number } = {
  pagerduty: 1,
  alertmanager: 100,
};

/** Milliseconds between reminders to sinks that get some even if `remind` is not set: others forget nothing. */
export const defaultRemind = { alertmanager: 3_600_000 } as const satisfies {
  readonly [Name in SinkName]?: number;
};
