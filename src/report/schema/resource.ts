import { Type } from 'typebox';
import { statuses } from '../../model/pass/plan.ts';
import {
  address,
  changes,
  dateTime,
  described,
  listOf,
  number,
  oneOf,
  orNull,
  string,
} from './fields.ts';

/** The schema of a resource in a report. */
export const resource = Type.Object({
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
