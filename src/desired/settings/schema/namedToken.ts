import { Type } from 'typebox';
import { permissions } from '../../../model/settings.ts';
import { closed, secret, text } from './fields.ts';

/** An item of `server.tokens`. */
export const namedToken = Type.Object(
  {
    name: text('The name of the token in logs and in the audit.', { format: 'token-name' }),
    token: secret('The token.'),
    may: Type.Array(Type.Enum([...permissions]), {
      description: 'What it may do.',
      uniqueItems: true,
      minItems: 1,
    }),
  },
  closed,
);
