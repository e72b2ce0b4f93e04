import { Type } from 'typebox';
import { labelsWith, printableText } from '../../declare/labels.ts';
import { closed, flag, kinds, optional } from './fields.ts';

/** An item of `budgets`. */
export const budget = Type.Object(
  {
    name: optional(
      Type.Unsafe<string>(printableText),
      'The name in reports, alerts, and metrics. null: made from match, such as owner=ml.',
    ),
    match: Type.Object(
      {
        kinds: optional(kinds, 'The kinds of resources; null: all.'),
        labels: labelsWith('The labels of resources: all of them, with these values.', {}),
      },
      { ...closed, description: 'Only the cost of these resources.' },
    ),
    monthly: Type.Number({
      description: 'USD in a month of the calendar, in UTC.',
      minimum: 0.01,
      maximum: 1_000_000_000,
    }),
    warn: Type.Union([Type.String({ format: 'percentage' }), Type.Null()], {
      description: 'How much of monthly is spent when an alert opens. null: only all of it.',
      default: '80%',
    }),
    hold: flag(
      'Block what raises the cost of these resources once monthly is spent, or if the cost is not known.',
      false,
    ),
  },
  closed,
);
