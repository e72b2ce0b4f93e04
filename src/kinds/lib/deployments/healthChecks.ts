import { Type, type TUnsafe } from 'typebox';
import type { Spec } from '../../../model/resource.ts';
import type { FieldSchema } from '../../../model/schema.ts';

const closed = { additionalProperties: false } as const;

const seconds = (description: string, minimum: number) =>
  Type.Optional(Type.Number({ description, minimum, maximum: 1000 }));

const header = Type.Object(
  { name: Type.String(), value: Type.String({ sensitive: true }) },
  closed,
);

/** What a check over HTTP has, and a check by a command has not. */
const overHttp = {
  path: Type.Optional(Type.String({ description: 'The path that is called.', minLength: 1 })),
  host: Type.Optional(Type.String({ description: 'The host header.' })),
  port: Type.Optional(
    Type.Number({ description: 'The port that is called.', exclusiveMinimum: 0, maximum: 65_535 }),
  ),
  headers: Type.Optional(
    Type.Array(header, {
      description: 'More headers.',
      examples: [[{ name: 'x-check', value: 'one' }], [{ name: 'x-check', value: 'two' }]],
    }),
  ),
};

const having = (field: string): FieldSchema => ({ required: [field], properties: { [field]: {} } });

/** A health check (schemas HttpHealthCheck and ExecHealthCheck): over HTTP, or by a command. */
const checkSchema = (description: string) =>
  Type.Unsafe<Spec>({
    ...Type.Object(
      {
        ...overHttp,
        exec: Type.Optional(
          Type.Object(
            {
              command: Type.Array(Type.String(), {
                description: 'A command and its arguments, run in the container.',
              }),
            },
            { description: 'In place of a path.', ...closed },
          ),
        ),
        timeoutSeconds: seconds('After how many seconds a try has failed.', 1),
        initialDelaySeconds: seconds('Seconds before the first try.', 0),
        periodSeconds: seconds('Seconds between two tries.', 1),
        failureThreshold: seconds('How many failed tries make it unhealthy.', 1),
      },
      {
        description,
        examples: [{ path: '/alive', port: 80 }, { exec: { command: ['true'] } }],
        ...closed,
      },
    ),
    oneOf: [having('path'), having('exec')],
    dependentSchemas: {
      exec: { properties: { host: false, port: false, headers: false } },
    },
  }) as TUnsafe<Spec> & FieldSchema;

/** The health checks of a deployment (schema HealthChecks). */
export const healthChecks = (description: string) =>
  Type.Optional(
    Type.Object(
      {
        liveness: Type.Optional(checkSchema('Whether a replica is to be started again.')),
        readiness: Type.Optional(checkSchema('Whether a replica gets requests.')),
        startup: Type.Optional(checkSchema('Whether a replica has come up.')),
      },
      { description, ...closed },
    ),
  );

/**
 * A config without the forms that its declared parts replace. Declared parts are laid over live ones, so a check whose form or
 * spelling was changed has both; what is live already is then the old one.
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
    Object.entries(checks).map(([key, one]) => [
      key,
      without(one as Spec, (live[key] ?? {}) as Spec, [Object.keys(overHttp), ['exec']]),
    ]),
  );

/** An object without the fields of those forms that are live, where it has fields of another form as well. */
function without(value: Spec, live: Spec, forms: readonly (readonly string[])[]): Spec {
  const present = forms.filter((form) => form.some((key) => key in value));
  const old = present.filter((form) => form.some((key) => key in live));
  if (present.length < 2 || old.length === present.length) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !old.flat().includes(key)));
}
