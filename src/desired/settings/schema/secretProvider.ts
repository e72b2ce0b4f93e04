import { Type } from 'typebox';
import { closed, duration, optional, text } from './fields.ts';

/** An item of `secrets.providers`. */
export const secretProvider = Type.Object(
  {
    exec: optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { minItems: 2, maxItems: 100 }),
      'A program and its arguments, one of which contains {key}; its output is the secret.',
    ),
    env: optional(
      Type.Array(Type.String({ format: 'variable' }), { maxItems: 100, uniqueItems: true }),
      'The variables that the program gets beside PATH, HOME, and LANG.',
    ),
    vault: optional(
      text('A URL.', { format: 'web-url' }),
      'The URL of Vault or OpenBao, with https, or http on this machine. Keys are PATH#FIELD.',
    ),
    mount: optional(
      text('A path.', { minLength: 1 }),
      'The path of the key-value engine, version 2. Default: secret.',
    ),
    auth: optional(
      Type.Object(
        { tokenFile: Type.String({ format: 'path', description: 'The file of the token.' }) },
        closed,
      ),
      'How to authenticate to Vault. The token is read for each request.',
    ),
    timeout: optional(duration('A duration.', '5m'), 'How long one answer may take. Default: 10s.'),
  },
  closed,
);
