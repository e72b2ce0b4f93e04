import { Type, type TUnsafe } from 'typebox';
import type { Spec } from '../../../model/resource.ts';
import type { FieldSchema } from '../../../model/kind/schema.ts';

const closed = { additionalProperties: false } as const;

const seconds = (description: string, minimum: number) =>
  Type.Optional(Type.Number({ description, minimum, maximum: 1000 }));

const header = Type.Object(
  { name: Type.String(), value: Type.String({ sensitive: true }) },
  closed,
);

/** The fields of an HTTP check that a command check must not have. */
const httpFields = {
  path: Type.Optional(Type.String({ description: 'The path that is requested.', minLength: 1 })),
  host: Type.Optional(Type.String({ description: 'The Host header.' })),
  port: Type.Optional(
    Type.Number({
      description: 'The port that is requested.',
      exclusiveMinimum: 0,
      maximum: 65_535,
    }),
  ),
  headers: Type.Optional(
    Type.Array(header, {
      description: 'Additional headers.',
      examples: [[{ name: 'x-check', value: 'one' }], [{ name: 'x-check', value: 'two' }]],
    }),
  ),
};

const requires = (field: string): FieldSchema => ({
  required: [field],
  properties: { [field]: {} },
});

/** Returns the schema of a health check: an HTTP request or a command (schemas HttpHealthCheck and ExecHealthCheck). */
const checkSchema = (description: string) =>
  Type.Unsafe<Spec>({
    ...Type.Object(
      {
        ...httpFields,
        exec: Type.Optional(
          Type.Object(
            {
              command: Type.Array(Type.String(), {
                description: 'A command and its arguments, run in the container.',
              }),
            },
            { description: 'A command to run in place of an HTTP request.', ...closed },
          ),
        ),
        timeoutSeconds: seconds('The timeout of a probe in seconds.', 1),
        initialDelaySeconds: seconds('Seconds before the first probe.', 0),
        periodSeconds: seconds('Seconds between two probes.', 1),
        failureThreshold: seconds(
          'The number of failed probes after which a replica is unhealthy.',
          1,
        ),
      },
      {
        description,
        examples: [{ path: '/alive', port: 80 }, { exec: { command: ['true'] } }],
        ...closed,
      },
    ),
    oneOf: [requires('path'), requires('exec')],
    dependentSchemas: {
      exec: { properties: { host: false, port: false, headers: false } },
    },
  }) as TUnsafe<Spec> & FieldSchema;

/** Returns the field for the health checks of a deployment (schema HealthChecks). */
export const healthChecks = (description: string) =>
  Type.Optional(
    Type.Object(
      {
        liveness: Type.Optional(checkSchema('Decides whether a replica is restarted.')),
        readiness: Type.Optional(checkSchema('Decides whether a replica receives requests.')),
        startup: Type.Optional(checkSchema('Decides whether a replica has started.')),
      },
      { description, ...closed },
    ),
  );

/**
 * Removes from a merged config the forms that its declared parts replace. Declared parts are merged over live ones, so
 * a check whose form or spelling was changed has both; the form that is live is the old one.
 */
export function withoutReplacedForms(config: Spec, live: Spec): Spec {
  const spellings = ['healthChecks', 'healthchecks'];
  const kept = without(
    config,
    live,
    spellings.map((spelling) => [spelling]),
  );
  return Object.fromEntries(
    Object.entries(kept).map(([key, checks]) => [
      key,
      spellings.includes(key) ? mapEach(checks as Spec, live[key] as Spec | undefined) : checks,
    ]),
  );
}

const mapEach = (checks: Spec, live: Spec = {}): Spec =>
  Object.fromEntries(
    Object.entries(checks).map(([key, check]) => [
      key,
      without(check as Spec, (live[key] ?? {}) as Spec, [Object.keys(httpFields), ['exec']]),
    ]),
  );

/** Removes the fields of live forms from an object that has fields of another form too. */
function without(value: Spec, live: Spec, forms: readonly (readonly string[])[]): Spec {
  const present = forms.filter((form) => form.some((key) => key in value));
  const old = present.filter((form) => form.some((key) => key in live));
  if (present.length < 2 || old.length === present.length) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !old.flat().includes(key)));
}
