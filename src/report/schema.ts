import { Type, type Static, type TProperties, type TSchema } from 'typebox';
import { statuses, verbs } from '../model/pass/plan.ts';

const text = (description: string) => Type.String({ description });
const moment = (description: string) => Type.String({ description, format: 'date-time' });
const number = (description: string) => Type.Number({ description });
const count = (description: string) => Type.Integer({ description, minimum: 0 });
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const described = <Properties extends TProperties>(description: string, properties: Properties) =>
  Type.Object(properties, { description });
const listOf = <Schema extends TSchema>(description: string, items: Schema) =>
  Type.Array(items, { description });
const oneOf = <const Words extends readonly string[]>(description: string, words: Words) =>
  Type.Enum([...words] as Words[number][], { description });

const countOf = <const Words extends readonly string[]>(words: Words) =>
  Object.fromEntries(words.map((word) => [word, count(`How many are ${word}.`)])) as {
    [Word in Words[number]]: ReturnType<typeof count>;
  };

const address = {
  kind: text('The kind, as YAML names it: machines.'),
  name: text('The name of the resource.'),
};

const changes = listOf(
  'Where desired and observed differ.',
  Type.Object({
    path: text('The field: s3Config.bucket.'),
    desired: Type.Unknown({ description: 'What is declared; "(secret)" for a secret.' }),
    observed: Type.Unknown({ description: 'What the API lists.' }),
  }),
);

const resource = Type.Object({
  ...address,
  id: orNull(text('The live id; null: there is none, or it is not known.')),
  status: oneOf('How it stands with the resource.', statuses),
  changes,
  unverifiable: listOf(
    'Declared fields that the API never shows: never called in sync on faith.',
    Type.String(),
  ),
  reason: orNull(text('Why it is in this status, where that is to be said.')),
  since: moment('Since when it has been in this status.'),
  readings: Type.Optional(
    Type.Record(Type.String(), orNull(moment('When that was read; null: not yet.')), {
      description: 'When relations were read that are not read in every pass.',
    }),
  ),
  source: orNull(
    described('Where it is declared; null: nowhere.', {
      file: text('Named from the config directory.'),
      line: Type.Integer({ description: 'Counted from 1.', minimum: 1 }),
      column: Type.Integer({ description: 'Counted from 1.', minimum: 1 }),
    }),
  ),
});

const action = Type.Object({
  id: text('kind/name:verb, or kind/name:verb(relation/member).'),
  verb: oneOf('What is done.', verbs),
  ...address,
  relation: orNull(text('The relation that it is about; null: the resource itself.')),
  member: orNull(text('The member of that relation.')),
  resourceId: orNull(text('The live id; null: not known before a create.')),
  liveName: Type.Optional(
    text('On a deletion: the name of the live resource, where it differs from `name`.'),
  ),
  changes,
  requires: listOf('The ids of the actions that come before it.', Type.String()),
  outcome: oneOf('How it ended.', ['planned', 'done', 'failed', 'blocked', 'pending', 'skipped']),
  error: orNull(text('Why it is not done.')),
  note: orNull(text('What people should know beside that it was done.')),
  attempts: count('How often it was tried in this pass.'),
});

const usage = {
  requests: count('Requests of this pass, repeats included.'),
  retries: count('Those that were repeats.'),
  rateLimited: count('Those that the API answered with 429.'),
  waitedMs: number('Milliseconds that requests waited for the throttle, added up.'),
};

const throttle = described('How the client holds back, at the end of the pass.', {
  rate: number('Requests a second that are allowed.'),
  waiting: count('Requests that wait for their start.'),
  running: count('Requests under way.'),
  refused: count('Requests since the start that the API answered with 429.'),
  headroom: number('The share of the rate that was not used in the last five seconds.'),
});

const hourly = described('Rates in USD an hour.', {
  managed: number('Of the machines that are declared.'),
  unmanaged: number('Of the others.'),
  change: number('What the plan would change.'),
});

const report = Type.Object(
  {
    schema: Type.Literal('holdfast/report/v1'),
    pass: text('The id of the pass, a ULID.'),
    workspace: text('The team.'),
    trigger: oneOf('What asked for the pass.', [
      'cli',
      'schedule',
      'change',
      'git',
      'webhook',
      'request',
      'start',
    ]),
    revision: text('The sha256 of the desired state.'),
    digest: text('The sha256 of the plan.'),
    mode: oneOf('Whether the pass might act.', ['observe', 'enforce']),
    startedAt: moment('When it began.'),
    finishedAt: moment('When it ended.'),
    complete: Type.Boolean({ description: 'false: a listing did not end well.' }),
    incomplete: listOf(
      'The listings that did not end well.',
      Type.Object({ kind: text('What was listed.'), error: text('Why it broke off.') }),
    ),
    summary: described('How many there are of each sort.', {
      ...countOf(statuses),
      actions: described('Actions by verb; those that are held back are not counted.', {
        ...countOf(verbs),
      }),
    }),
    resources: listOf('Everything that is declared, bound or live.', resource),
    actions: listOf('In an order in which they can run.', action),
    api: described('What the pass asked of the API.', { ...usage, throttle }),
    estimate: described('What the plan takes.', {
      requests: count('API calls.'),
      seconds: number('At the rate that is allowed now.'),
    }),
    cost: described('What machines cost: usage of those that are not off, storage of all.', {
      currency: Type.Literal('USD'),
      unpriced: listOf('Machine types of which no rate is known.', Type.String()),
      hourly,
      monthly: described('USD in an average month of 730 hours.', {
        change: number('What the plan would change.'),
      }),
    }),
  },
  { title: 'Holdfast: report' },
);

/** A report as its schema describes it. */
export type DescribedReport = Static<typeof report>;

/** JSON Schema of a report, `holdfast/report/v1` (INTERFACE 4). What it does not name may be added to reports later. */
export const reportSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...report,
});
