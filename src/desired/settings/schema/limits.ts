import { Type } from 'typebox';
import { closed, dollars, integer, limit } from './fields.ts';

/** The limits of a pass, of a day, and of the cost. */
export const limits = Type.Object(
  {
    updates: limit('Resources updated in one pass.', '30%'),
    deletions: limit('Resources deleted or replaced in one pass.', '10%'),
    deletionsPerDay: integer('Deletions in 24 hours, all kinds together.', 5, 0),
    hourlyCost: Type.Union([dollars, Type.Null()], {
      description:
        'USD. Creates and starts that would raise the team’s hourly cost above it are blocked.',
      default: null,
    }),
    disruption: Type.Unsafe<Readonly<Record<string, number>>>(
      Type.Object(
        {},
        {
          description:
            'How many machines may be stopped for a change at a time: { machines: 1 }. The next is stopped when one is ready again.',
          additionalProperties: { type: 'integer', minimum: 1, maximum: 100_000 },
          propertyNames: { type: 'string', minLength: 1, maxLength: 128 },
          maxProperties: 100,
          default: {},
        },
      ),
    ),
  },
  closed,
);
