import { Type, type Static, type TProperties, type TSchema } from 'typebox';
import { statuses, verbs } from '../model/pass/plan.ts';

const string = (description: string) => Type.String({ description });
const dateTime = (description: string) => Type.String({ description, format: 'date-time' });
const number = (description: string) => Type.Number({ description });
const count = (description: string) => Type.Integer({ description, minimum: 0 });
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const described = <Properties extends TProperties>(description: string, properties: Properties) =>
  Type.Object(properties, { description });
const listOf = <Schema extends TSchema>(description: string, items: Schema) =>
  Type.Array(items, { description });
const oneOf = <const Words extends readonly string[]>(description: string, words: Words) =>
  Type.Enum([...words] as Words[number][], { description });

const countsByWord = <const Words extends readonly string[]>(words: Words) =>
  Object.fromEntries(words.map((word) => [word, count(`The number of ${word}.`)])) as {
    [Word in Words[number]]: ReturnType<typeof count>;
  };

const address = {
  kind: string('The kind as in YAML, such as machines.'),
  name: string('The name of the resource.'),
};

const changes = listOf(
  'The differences between desired and observed.',
  Type.Object({
    path: string('The path of the field, such as s3Config.bucket.'),
    desired: Type.Unknown({ description: 'The declared value; "(secret)" for a secret.' }),
    observed: Type.Unknown({ description: 'The value that the API lists.' }),
  }),
);

const resource = Type.Object({
  ...address,
  id: orNull(string('The live id; null: it has none, or it is unknown.')),
  status: oneOf('The status of the resource.', statuses),
  changes,
  unverifiable: listOf(
    'Declared fields that the API never shows, so that they cannot be compared.',
    Type.String(),
  ),
  reason: orNull(string('The reason for the status, if there is one.')),
  since: dateTime('When it got this status.'),
  readings: Type.Optional(
    Type.Record(Type.String(), orNull(dateTime('When the relation was last read; null: never.')), {
      description:
        'When the relations that are not read in every pass were last read, by relation.',
    }),
  ),
  cost: Type.Optional(
    described('Its cost in USD/h; absent: its kind has none that is counted.', {
      hourly: orNull(number('What it costs; null: not known.')),
      change: Type.Optional(
        orNull(number('The change by its actions; null: not known; absent: it has none.')),
      ),
    }),
  ),
  labels: Type.Optional(
    Type.Record(Type.String(), string('The value of the label.'), {
      description: 'Its labels; not set: it has none.',
    }),
  ),
  included: Type.Optional(
    string('In a report on a selection: why it is in it without being selected.'),
  ),
  wake: Type.Optional(
    described('Its timetable is overridden; absent: it is not.', {
      until: dateTime('Until when it runs.'),
      by: string('Who asked for it: a token’s name, or cli:USER.'),
    }),
  ),
  expiry: Type.Optional(
    described('Its expiry, from 48 hours before it on; absent: it is not near.', {
      at: string('The time as declared, RFC 3339.'),
      onExpiry: oneOf('What happens then.', ['report', 'off', 'delete']),
      state: oneOf('near: within 48 hours; imminent: within 4 hours; over: it has expired.', [
        'near',
        'imminent',
        'over',
      ]),
    }),
  ),
  source: orNull(
    described('The position of its declaration; null: it is not declared.', {
      file: string('The path of the file from the config directory.'),
      line: Type.Integer({ description: 'Counts from 1.', minimum: 1 }),
      column: Type.Integer({ description: 'Counts from 1.', minimum: 1 }),
      blame: Type.Optional(
        orNull(
          described('With a Git source, who last changed the line; null: the history is missing.', {
            commit: string('The full id of the commit.'),
            author: string('The name of its author.'),
            at: dateTime('When the author made it.'),
          }),
        ),
      ),
    }),
  ),
});

const action = Type.Object({
  id: string('kind/name:verb, or kind/name:verb(relation/member).'),
  verb: oneOf('The verb of the action.', verbs),
  ...address,
  relation: orNull(string('The relation that it changes; null: it acts on the resource itself.')),
  member: orNull(string('The member of that relation.')),
  resourceId: orNull(string('The live id; null: unknown, as before a create.')),
  liveName: Type.Optional(
    string('For a deletion: the name of the live resource, if it differs from `name`.'),
  ),
  changes,
  requires: listOf('The ids of the actions that must be done before it.', Type.String()),
  outcome: oneOf('The outcome of the action.', [
    'planned',
    'done',
    'failed',
    'blocked',
    'pending',
    'skipped',
  ]),
  error: orNull(string('Why it is not done; null: it is done, or planned.')),
  note: orNull(string('Further information about the action for people.')),
  attempts: count('The number of attempts in this pass.'),
});

const usage = {
  requests: count('The requests of this pass, retries included.'),
  retries: count('The retries among them.'),
  rateLimited: count('The requests that the API answered with 429.'),
  waitedMs: number('The sum of the milliseconds that requests waited for the throttle.'),
};

const throttle = described('The state of the throttle at the end of the pass.', {
  rate: number('The allowed requests per second.'),
  waiting: count('The requests that wait to be sent.'),
  running: count('The requests in flight.'),
  refused: count('The requests since the start of the process that the API answered with 429.'),
  headroom: number('The share of the rate that was not used in the last five seconds.'),
});

const hourly = described('Rates in USD/h.', {
  managed: number('The rate of the declared machines.'),
  unmanaged: number('The rate of all other machines.'),
  change: number('The change by the plan.'),
});

const budget = Type.Object({
  name: string('Its name.'),
  monthly: number('USD in a month, in UTC.'),
  warn: orNull(number('The per cent of monthly from which it warns; null: it does not.')),
  hold: Type.Boolean({ description: 'Blocks what raises the cost once it is spent.' }),
  spent: number('USD that its resources have cost this month.'),
  known: Type.Boolean({ description: 'false: they cost at least that.' }),
  state: oneOf('warn: as much is spent as warn says; over: all of it.', ['ok', 'warn', 'over']),
});

const report = Type.Object(
  {
    schema: Type.Literal('holdfast/report/v1'),
    pass: string('The id of the pass, a ULID.'),
    workspace: string('The team.'),
    trigger: oneOf('The trigger of the pass.', [
      'cli',
      'schedule',
      'change',
      'git',
      'webhook',
      'request',
      'event',
      'start',
    ]),
    revision: string('The sha256 of the desired state.'),
    digest: string('The sha256 of the plan.'),
    mode: oneOf('Whether the pass was allowed to act: enforce, or observe.', [
      'observe',
      'enforce',
    ]),
    startedAt: dateTime('When the pass began.'),
    finishedAt: dateTime('When the pass ended.'),
    snapshot: Type.Optional(
      described('The snapshot of the team that was planned against; absent: the team itself.', {
        takenAt: dateTime('When it was taken.'),
        ageSeconds: count('Its age when the plan was made.'),
      }),
    ),
    suspended: Type.Optional(
      described('The suspension of everything; absent: there is none.', {
        at: dateTime('When it began.'),
        by: orNull(string('Who suspended: a token’s name, or cli:USER; null: unknown.')),
        reason: orNull(string('Why; null: nobody said.')),
        until: orNull(dateTime('When it ends by itself; null: only a resume ends it.')),
      }),
    ),
    stages: Type.Optional(
      listOf(
        'How long its stages took. Earlier versions did not say.',
        Type.Object({
          stage: oneOf('The stage.', ['observe', 'plan', 'apply']),
          milliseconds: count('The time in milliseconds.'),
        }),
      ),
    ),
    git: Type.Optional(
      described('The commit of the config; absent: a directory.', {
        url: string('The repository.'),
        ref: string('The branch, tag, or commit that is followed.'),
        commit: string('The full id of the commit.'),
        author: string('Its author, with e-mail address.'),
        committedAt: dateTime('When it was committed.'),
        subject: string('The first line of its message.'),
        verified: orNull(
          described('Who signed it; null: signatures are not checked.', {
            by: string('The principal in the allowed-signers file.'),
            key: string('The fingerprint of the key.'),
          }),
        ),
      }),
    ),
    only: Type.Optional(
      listOf(
        'The selectors of `--only`; not set: the report is about the whole team.',
        Type.String(),
      ),
    ),
    complete: Type.Boolean({ description: 'false: a list could not be read completely.' }),
    incomplete: listOf(
      'The lists that could not be read completely.',
      Type.Object({
        kind: string('The kind, or the list of a relation.'),
        error: string('The error that ended it.'),
      }),
    ),
    summary: described('The number of resources by status, and of actions by verb.', {
      ...countsByWord(statuses),
      actions: described('The number of actions by verb, without blocked ones.', {
        ...countsByWord(verbs),
      }),
    }),
    resources: listOf('All declared, bound, or live resources.', resource),
    actions: listOf('The actions, in an order in which they can run.', action),
    api: described('The API requests of the pass.', { ...usage, throttle }),
    estimate: described('The estimated requests and time of the plan.', {
      requests: count('The number of API requests.'),
      seconds: number('The seconds at the rate that is allowed now.'),
    }),
    cost: described(
      'The cost of machines: the usage of those that are not off, and the storage of all.',
      {
        currency: Type.Literal('USD'),
        unpriced: listOf('The machine types without a known rate.', Type.String()),
        known: Type.Optional(
          described('Whether the sums are complete. Earlier versions did not say.', {
            hourly: Type.Boolean({ description: 'All live resources have a known rate.' }),
            change: Type.Boolean({ description: 'All changes have a known price.' }),
          }),
        ),
        hourly,
        monthly: described('USD per average month of 730 hours.', {
          change: number('The change by the plan.'),
        }),
      },
    ),
    budgets: Type.Optional(
      Type.Union([listOf('The budgets.', budget), Type.Null()], {
        description:
          'The budgets at the start of the pass; not set: there are none; null: they could not be checked, as without a store.',
      }),
    ),
  },
  { title: 'Holdfast: report' },
);

/** The type that the report's schema describes. */
export type DescribedReport = Static<typeof report>;

/** The JSON Schema of a report, `holdfast/report/v1` (INTERFACE 4). Later versions may add properties to reports. */
export const reportSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...report,
});
