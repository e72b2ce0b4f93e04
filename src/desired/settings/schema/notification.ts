import { Type } from 'typebox';
import { alertClasses, defaultClasses } from '../../../model/notify/alert.ts';
import { sinks } from '../../../model/notify/sinks.ts';
import { labelsWith } from '../../declare/labels.ts';
import { closed, duration, integer, kinds, optional } from './fields.ts';

/** An item of `notify`: exactly one sink, and what goes to it. */
export const notification = Type.Object(
  {
    ...sinks,
    on: Type.Array(Type.Enum([...alertClasses]), {
      description: 'The classes of alerts.',
      uniqueItems: true,
      minItems: 1,
      default: [...defaultClasses],
    }),
    match: Type.Object(
      {
        kinds: optional(kinds, 'The kinds of resources.'),
        labels: labelsWith('The labels of resources: all of them, with these values.', {}),
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
