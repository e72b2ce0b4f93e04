import { Type, type Static } from 'typebox';
import { statuses, verbs } from '../../model/pass/plan.ts';
import { action } from './action.ts';
import {
  count,
  countsByWord,
  dateTime,
  described,
  listOf,
  number,
  oneOf,
  orNull,
  string,
} from './fields.ts';
import { resource } from './resource.ts';

const usage = {
  requests: count('The requests of this pass, retries included.'),
  retries: count('The retries among them.'),
  rateLimited: count('The requests that the API answered with 429.'),
  waitedMs: number('The sum of the milliseconds that requests waited for the throttle.'),
};

const throttle = described(
  'The state of the throttle at the end of the pass. Not set by the first versions.',
  {
    rate: number('The allowed requests per second.'),
    waiting: count('The requests that wait to be sent.'),
    running: count('The requests in flight.'),
    refused: count('The requests since the start of the process that the API answered with 429.'),
    headroom: number('The share of the rate that was not used in the last five seconds.'),
  },
);

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
    api: described('The API requests of the pass.', {
      ...usage,
      throttle: Type.Optional(throttle),
    }),
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
